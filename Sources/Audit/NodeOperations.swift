internal import Evaluation
internal import Networks

/// Operations of single nodes of the float reference over all images and time steps.
struct NodeOperations {
    let network: Network
    let images: Int
    let timeSteps: Int
    /// Synaptic operations by node.
    let synaptic: [Int: Int]
    /// Spikes by node.
    let spikes: [Int: Int]

    func operations(of node: Int) -> Certificate.Operations {
        let multiplications = multiplications(of: node).reduce(0) { $0 + $1.1 }
        let values = values(of: node)
        var operations = Certificate.Operations(multiplications: multiplications)
        switch network.graph.nodes[node].operation {
        case .convolution, .mix:
            operations.additions = synaptic[node].map { reads(node).isSpikes ? $0 : multiplications } ?? multiplications
        case .normalisation:
            operations.additions = values
        case .neuron(let neuron):
            operations.additions = values
            operations.comparisons = values
            if neuron.leak != .none { operations.subtractions = values }
        case .sum:
            operations.additions = values * (network.graph.nodes[node].inputs.count - 1)
        case .averagePool(let window):
            operations.additions = additions(node, values * window.kernel.height * window.kernel.width)
        case .mean, .total:
            operations.additions = additions(node, values * reads(node).positions)
        case .maximumPool(let window) where !network.features[node].isSpikes:
            operations.comparisons = values * window.kernel.height * window.kernel.width
        case .product:
            operations.additions = synaptic[node] ?? 0
        default:
            break
        }
        return operations
    }

    /// Why and how often a node multiplies.
    func multiplications(of node: Int) -> [(MultiplicationCause, Int)] {
        let values = values(of: node)
        let isInput = network.features[node].isConstant
        switch network.graph.nodes[node].operation {
        case .convolution, .mix:
            if let layer = network.activity.multiplying.first(where: { $0.node == node }) {
                let inputs = network.activity.multiplying.count(where: \.isInput)
                let cause: MultiplicationCause =
                    layer.isInput ? .inputLayer(inputs > 1 ? layer.name : nil) : .currents(layer.name)
                return [(cause, layer.operations * (layer.isInput ? images : images * timeSteps))]
            }
            guard let layer = network.activity.layers.first(where: { $0.node == node }), !reads(node).isSpikes else { return [] }
            if layer.source != network.graph.nodes[node].inputs[0] {
                return [(.rates, layer.inputs * layer.outputsPerPosition * images * timeSteps * network.features[node].positions)]
            }
            return [(.counts, synaptic[node] ?? 0)]
        case .normalisation(let normalisation):
            var causes: [(MultiplicationCause, Int)] = [(isInput ? .inputNormalisation : cause(of: normalisation, node), values)]
            if normalisation.timeScale != nil { causes.append((.timeScales, values)) }
            return causes
        case .neuron(let neuron):
            guard neuron.leak != .none else { return [] }
            return [(.leak(isHalf: neuron.leak == .tau(2)), values)]
        case .mean, .averagePool:
            return [(isInput ? .inputNormalisation : isReadThrough(node) ? .rates : .divisions, values)]
        case .scale:
            return [(.constants, values)]
        case .product:
            return [(.products, values)]
        default:
            return []
        }
    }

    /// Whether a layer adds rows for spikes, and multiplies nothing.
    func addsRows(_ layer: SynapticLayer) -> Bool { reads(layer.node).isSpikes }

    private func reads(_ node: Int) -> Feature { network.features[network.graph.nodes[node].inputs[0]] }

    /// Additions of pooling: those of spikes alone where it pools spikes.
    private func additions(_ node: Int, _ dense: Int) -> Int {
        let input = network.graph.nodes[node].inputs[0]
        return network.features[input].isSpikes ? min(dense, spikes[input] ?? dense) : dense
    }

    /// Values that a node gives over all images and time steps.
    private func values(of node: Int) -> Int {
        let feature = network.features[node]
        return feature.neurons * images * (feature.isConstant ? 1 : timeSteps)
    }

    private func cause(of normalisation: Normalisation, _ node: Int) -> MultiplicationCause {
        if isReadThrough(node) { return .rates }
        if reads(node).isSpikes { return .spikeNormalisation }
        let readers = network.graph.nodes.filter { $0.inputs.contains(node) }
        let reachesNeuronsAlone = readers.allSatisfy { if case .neuron = $0.operation { true } else { false } }
        switch normalisation.axis {
        case .token: return reachesNeuronsAlone ? .tokensOfNeurons : .tokensOfSums
        case .row, .column: return .axes
        case .channel: return .channels
        }
    }

    /// Whether a synaptic layer reads its spikes through this node.
    private func isReadThrough(_ node: Int) -> Bool {
        network.activity.layers.contains { layer in
            var index = network.graph.nodes[layer.node].inputs[0]
            while index != layer.source {
                if index == node { return true }
                index = network.graph.nodes[index].inputs[0]
            }
            return false
        }
    }
}
