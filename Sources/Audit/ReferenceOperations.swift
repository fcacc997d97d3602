internal import Engine
internal import Evaluation
internal import Networks

/// The operations of the float reference, derived from what its code does for each neuron, time step and spike. Lanes that only pad a row
/// are not counted.
struct ReferenceOperations {
    let layers: [Certificate.Layer]
    let multiplied: [Certificate.Multiplied]

    init(engine: any InferenceEngine, timeSteps: Int, images: [[UInt8]], progress: (Int) -> Void) throws {
        let network = engine.network
        let workspace = try engine.makeWorkspace(timeSteps: timeSteps)
        var synaptic = Array(repeating: 0, count: network.activity.layers.count)
        var spikes = Array(repeating: 0, count: network.activity.groups.count)
        for (index, image) in images.enumerated() {
            progress(index + 1)
            let inference = try workspace.infer(pixels: image)
            for (layer, steps) in inference.synapticOperations.enumerated() { synaptic[layer] += steps.reduce(0, +) }
            for (group, steps) in inference.spikes.enumerated() { spikes[group] += steps.reduce(0, +) }
        }
        let activity = network.activity
        let nodes = NodeOperations(
            network: network, images: images.count, timeSteps: timeSteps,
            synaptic: Dictionary(uniqueKeysWithValues: zip(activity.layers.map(\.node), synaptic)),
            spikes: Dictionary(uniqueKeysWithValues: zip(activity.groups.map(\.node), spikes)))
        layers = Self.rows(network, nodes, synaptic)
        multiplied = Self.causes(network, nodes)
    }

    private static func rows(_ network: Network, _ nodes: NodeOperations, _ synaptic: [Int]) -> [Certificate.Layer] {
        let owners = NodeOwners(network)
        var sums: [NodeOwners.Owner: Certificate.Operations] = [:]
        for node in network.features.indices {
            let owner = owners.owners[node]
            sums[owner] = (sums[owner] ?? .init()) + nodes.operations(of: node)
        }
        let input = network.activity.multiplying.map { layer in
            Certificate.Layer(
                name: layer.name, part: (layer.isInput ? PassPart.input : .products).rawValue,
                operations: sums[.layer(node: layer.node)] ?? .init())
        }
        let layers = network.activity.layers.enumerated().map { index, layer in
            Certificate.Layer(
                name: layer.name, part: PassPart(layer, in: network).rawValue, operations: sums[.layer(node: layer.node)] ?? .init(),
                synapticAdditions: nodes.addsRows(layer) ? synaptic[index] : 0, synapticOperations: synaptic[index])
        }
        let neurons = Certificate.Layer(name: "neurons", part: PassPart.neurons.rawValue, operations: sums[.neurons] ?? .init())
        let others = sums[.others].map { [Certificate.Layer(name: "others", part: "others", operations: $0)] } ?? []
        return input + layers + [neurons] + others
    }

    private static func causes(_ network: Network, _ nodes: NodeOperations) -> [Certificate.Multiplied] {
        var causes: [MultiplicationCause] = []
        var counts: [MultiplicationCause: Int] = [:]
        for node in network.features.indices {
            for (cause, count) in nodes.multiplications(of: node) where count > 0 {
                if counts[cause] == nil { causes.append(cause) }
                counts[cause, default: 0] += count
            }
        }
        return causes.map { cause in
            Certificate.Multiplied(
                cause: cause.text, multiplications: counts[cause] ?? 0, onSpikePath: cause.isOnSpikePath, instead: cause.instead)
        }
    }
}

/// Which row of a certificate each node's operations belong to.
private struct NodeOwners {
    enum Owner: Hashable {
        case layer(node: Int)
        case neurons
        case others
    }

    private(set) var owners: [Owner]

    init(_ network: Network) {
        let graph = network.graph
        owners = Array(repeating: .others, count: graph.nodes.count)
        let layers = network.activity.layers
        let own = Set(layers.map(\.node) + network.activity.multiplying.map(\.node))
        for (index, node) in graph.nodes.enumerated() {
            if case .neuron = node.operation {
                owners[index] = .neurons
            } else if own.contains(index) {
                owners[index] = .layer(node: index)
            } else if let first = node.inputs.first, case .layer = owners[first],
                network.features[first].isConstant == network.features[index].isConstant
            {
                // What stands behind a layer, such as its normalisation.
                owners[index] = owners[first]
            }
        }
        // What a layer reads its spikes through.
        for layer in layers {
            var index = graph.nodes[layer.node].inputs[0]
            while index != layer.source {
                owners[index] = .layer(node: layer.node)
                index = graph.nodes[index].inputs[0]
            }
        }
    }
}
