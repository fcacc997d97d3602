import Diagnostics
import Networks
import SpikeKernels

/// A whole network with float32 weights and double precision sums. Immutable: threads share it, each with a ``FloatPass`` of its own.
///
/// Every sum has one fixed order and no fused or reassociated operation, so results are the same bits on every machine and thread count. Double precision
/// keeps rounding from deciding spikes: in float32 a potential within 1e-7 of the threshold fires or not by the order of summation.
struct FloatNetwork: Sendable {
    /// A node with its weights.
    enum Step: Sendable {
        case convolution(FloatConvolution)
        case mixing(FloatMixing)
        /// - measured: the node that a calibration measures.
        case normalisation(BatchNorm, measured: Int)
        case neuron(NeuronStep, group: Int)
        /// - layer: nil where nobody reads the products.
        case product(heads: Int, exponent: Int, layer: Int?)
        /// What takes no weights.
        case plain(Operation)
    }

    let network: Network
    let steps: [Step]
    /// The nodes whose values each node needs, those it computes with first.
    let reads: [[Int]]
    /// The synaptic layers that each node's spikes or counts are read by.
    let readers: [[Int]]
    /// The synaptic layers that read each node's counts or means themselves.
    let countReaders: [[Int]]

    /// Bytes of the weights that grow with the network's width twice; all else is little beside them.
    var weightBytes: Int {
        steps.reduce(0) { sum, step in
            switch step {
            case .convolution(let convolution): sum + convolution.weightBytes
            case .mixing(let mixing): sum + mixing.weightBytes
            default: sum
            }
        }
    }

    /// - Throws: `parameters.unusable`.
    init(_ parameters: Parameters) throws(Failure) {
        try parameters.check()
        network = parameters.network
        let graph = network.graph
        let groups = Dictionary(uniqueKeysWithValues: network.activity.groups.enumerated().map { ($1.node, $0) })
        let layers = Dictionary(uniqueKeysWithValues: network.activity.layers.enumerated().map { ($1.node, $0) })
        let tensors = parameters.tensors
        let used = graph.usedNodes
        var steps: [Step] = []
        var reads = graph.nodes.map(\.inputs)
        var readers: [[Int]] = Array(repeating: [], count: graph.nodes.count)
        for (index, node) in graph.nodes.enumerated() {
            switch node.operation {
            case .convolution(let convolution):
                steps.append(.convolution(FloatConvolution(convolution, tensors)))
                if let layer = layers[index], used.contains(index) { readers[network.activity.layers[layer].source].append(layer) }
            case .mix(let mixing):
                steps.append(.mixing(FloatMixing(mixing, tensors)))
                if let layer = layers[index], used.contains(index) { readers[network.activity.layers[layer].source].append(layer) }
            case .normalisation(let normalisation):
                let measured = graph.measuredNode(ofNormalisation: index)
                if measured != node.inputs[0] { reads[index].append(measured) }
                steps.append(.normalisation(BatchNorm(normalisation, tensors), measured: measured))
            case .neuron(let neuron):
                guard let group = groups[index] else { preconditionFailure("every neuron node is a group") }
                steps.append(.neuron(NeuronStep(neuron, tensors), group: group))
            case .product(let heads, let exponent):
                guard let layer = layers[index] else { preconditionFailure("every product node is a layer") }
                steps.append(.product(heads: heads, exponent: exponent, layer: used.contains(index) ? layer : nil))
            default:
                steps.append(.plain(node.operation))
            }
        }
        self.steps = steps
        self.reads = reads
        self.readers = readers
        var countReaders: [[Int]] = Array(repeating: [], count: graph.nodes.count)
        for (index, layer) in network.activity.layers.enumerated() where used.contains(layer.node) {
            if let counted = layer.counted { countReaders[counted].append(index) }
        }
        self.countReaders = countReaders
    }
}

extension NetworkGraph {
    /// The node whose values a normalisation's statistics are taken of: what it reads, or where it stands behind a mean over positions, with
    /// which it commutes, what the mean reads.
    fileprivate func measuredNode(ofNormalisation node: Int) -> Int {
        let input = nodes[node].inputs[0]
        guard case .normalisation(let normalisation) = nodes[node].operation, normalisation.axis == .channel,
            nodes[input].operation == .mean
        else { return input }
        return nodes[input].inputs[0]
    }
}
