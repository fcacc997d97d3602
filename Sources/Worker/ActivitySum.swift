internal import Engine
internal import Evaluation
package import Networks

/// Sums of a shard's spikes and synaptic operations, by layer and time step.
struct ActivitySum {
    private let neurons: [Int]
    private let groups: Int
    private var spikes: [[Int]]
    private var operations: [[Int]]
    private var images = 0

    init(layers: ModelLayers, timeSteps: Int) {
        neurons = layers.groups.map(\.neurons)
        groups = layers.groups.count
        spikes = layers.groups.map { _ in [Int](repeating: 0, count: timeSteps) }
        operations = layers.synapses.map { _ in [Int](repeating: 0, count: timeSteps) }
    }

    mutating func add(_ inference: Inference) {
        images += 1
        for group in spikes.indices {
            for step in spikes[group].indices { spikes[group][step] += inference.spikes[group][step] }
        }
        for layer in operations.indices {
            for step in operations[layer].indices { operations[layer][step] += inference.synapticOperations[layer][step] }
        }
    }

    /// Rows of `layer_activity`: neuron groups first, synaptic layers after them, as the model's layers are numbered.
    var rows: [LayerActivity] {
        guard images > 0 else { return [] }
        var rows: [LayerActivity] = []
        for group in spikes.indices {
            for (step, count) in spikes[group].enumerated() {
                rows.append(
                    LayerActivity(
                        layer: group, timeStep: step + 1, images: images, spikes: count, neurons: neurons[group] * images,
                        synapticOperations: 0))
            }
        }
        for layer in operations.indices {
            for (step, count) in operations[layer].enumerated() {
                rows.append(
                    LayerActivity(
                        layer: groups + layer, timeStep: step + 1, images: images, spikes: 0, neurons: 0, synapticOperations: count))
            }
        }
        return rows
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
