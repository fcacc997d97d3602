internal import Engine
internal import Evaluation
package import Networks

/// Sums of a shard's spikes and synaptic operations, by layer and time step.
struct ActivitySum {
    private var spikes: [[Int]]
    private var operations: [[Int]]
    private var effective: [[Int]]
    private var images = 0

    init(layers: ModelLayers, timeSteps: Int) {
        spikes = layers.groups.map { _ in [Int](repeating: 0, count: timeSteps) }
        operations = layers.synapses.map { _ in [Int](repeating: 0, count: timeSteps) }
        effective = layers.synapses.contains { $0.counted != nil } ? operations : []
    }

    mutating func add(_ inference: Inference) {
        images += 1
        for group in spikes.indices {
            for step in spikes[group].indices { spikes[group][step] += inference.spikes[group][step] }
        }
        for layer in operations.indices {
            for step in operations[layer].indices { operations[layer][step] += inference.synapticOperations[layer][step] }
        }
        for layer in effective.indices {
            for step in effective[layer].indices { effective[layer][step] += inference.effectiveOperations[layer][step] }
        }
    }

    /// The sums: neuron groups first, synaptic layers after them, as the model's layers are numbered; nil where there were no images.
    var activity: ShardActivity? {
        images > 0
            ? ShardActivity(images: images, counts: (spikes + operations).flatMap { $0 }, effective: effective.flatMap { $0 }) : nil
    }
}

/// A model's layers as they are numbered in the database: neuron groups, then synaptic layers.
package struct ModelLayers: Sendable {
    package let groups: [NeuronGroup]
    package let synapses: [SynapticLayer]

    package init(_ network: Network) {
        groups = network.activity.groups
        synapses = network.activity.layers
    }
}
