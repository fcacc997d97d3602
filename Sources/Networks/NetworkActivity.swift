/// A group of spiking neurons: one neuron node of the network.
package struct NeuronGroup: Sendable, Hashable {
    /// The module path in PyTorch.
    package var name: String
    /// Its node in the graph.
    package var node: Int
    package var channels: Int
    package var height: Int
    package var width: Int
    package var layout: SpikeLayout

    package var neurons: Int { channels * height * width }

    /// The shape of one image's spikes at one time step in PyTorch.
    package var shape: [Int] {
        switch layout {
        case .channels: [channels, height, width]
        case .rows: [height, channels, width]
        case .columns: [width, channels, height]
        case .tokens: [height * width, channels]
        case .shaped(let shape): shape
        }
    }
}

/// A linear layer on spikes or counts, and how many outputs a spike reaches.
package struct SynapticLayer: Sendable, Hashable {
    /// The module path in PyTorch.
    package var name: String
    /// Its node in the graph.
    package var node: Int
    /// The node whose spikes or counts reach it: what it reads, behind means and normalisations per channel, which become part of it.
    package var source: Int
    /// The largest count of its source, 1 for spikes.
    package var largest: Int
    /// The node of the counts or means that it reads itself; nil where these are spikes, or currents that stand behind spikes.
    package var counted: Int?
    /// Input channels.
    package var inputs: Int
    /// The grid of its source.
    package var height: Int
    package var width: Int
    package var connections: Connections

    package enum Connections: Sendable, Hashable {
        /// Outputs that a spike reaches at each output position that reads it.
        case convolution(outputs: Int, kernel: Extent2, stride: Extent2, padding: Extent2, dilation: Extent2)
        /// A map along one axis: a spike reaches every place of the axis.
        case mixing(fanOut: Int)
        /// Products of spikes with spikes: what a spike reaches depends on other spikes.
        case product(headChannels: Int)
    }

    /// For each row (or column) of the input, how many output rows read it.
    package func reach(ofRows: Bool) -> [Int] {
        let length = ofRows ? height : width
        guard case .convolution(_, let kernel, let stride, let padding, let dilation) = connections else {
            return Array(repeating: 1, count: length)
        }
        let (kernelLength, step, pad, spread) =
            ofRows
            ? (kernel.height, stride.height, padding.height, dilation.height) : (kernel.width, stride.width, padding.width, dilation.width)
        var reach = Array(repeating: 0, count: length)
        for output in 0..<((length + 2 * pad - spread * (kernelLength - 1) - 1) / step + 1) {
            for tap in 0..<kernelLength where reach.indices.contains(output * step + tap * spread - pad) {
                reach[output * step + tap * spread - pad] += 1
            }
        }
        return reach
    }

    /// Outputs that one spike reaches at each position that reads it.
    package var outputsPerPosition: Int {
        switch connections {
        case .convolution(let outputs, _, _, _, _): outputs
        case .mixing(let fanOut): fanOut
        case .product(let headChannels): headChannels
        }
    }

    /// Synaptic operations of one time step in which every neuron spikes.
    package var denseOperations: Int {
        switch connections {
        case .product(let headChannels):
            // Every pair of channels of a head at every position, for k with v and again for q with their sums.
            return 2 * height * width * inputs * headChannels
        default:
            return reach(ofRows: true).reduce(0, +) * reach(ofRows: false).reduce(0, +) * inputs * outputsPerPosition * largest
        }
    }
}

/// A layer that multiplies real numbers: the first convolution, or one on currents that run through the network.
package struct MultiplyingLayer: Sendable, Hashable {
    package var name: String
    package var node: Int
    /// Multiply-accumulates of one evaluation.
    package var operations: Int
    /// Whether it reads what depends on the image alone, and so is evaluated once an image whatever the number of time steps.
    package var isInput: Bool

    package init(name: String, node: Int, operations: Int, isInput: Bool) {
        self.name = name
        self.node = node
        self.operations = operations
        self.isInput = isInput
    }
}

/// What a network's neurons and layers are, derived from its graph.
package struct NetworkActivity: Sendable, Hashable {
    /// In the order of ``NetworkGraph/registered``.
    package let groups: [NeuronGroup]
    /// In the order of ``NetworkGraph/registered``.
    package let layers: [SynapticLayer]
    /// In the order of computation.
    package let multiplying: [MultiplyingLayer]

    /// - Parameter features: the graph's.
    package init(_ graph: NetworkGraph, features: [Feature]) {
        var groups: [NeuronGroup] = []
        var layers: [SynapticLayer] = []
        for index in graph.registered {
            let node = graph.nodes[index]
            if case .neuron(let neuron) = node.operation {
                let feature = features[index]
                groups.append(
                    NeuronGroup(
                        name: node.name, node: index, channels: feature.channels, height: feature.height, width: feature.width,
                        layout: neuron.layout))
            }
            if let layer = Self.layer(graph, features, index) { layers.append(layer) }
        }
        self.groups = groups
        self.layers = layers
        multiplying = graph.nodes.indices.compactMap { index in
            guard let operations = Self.multiplications(graph, features, index) else { return nil }
            return MultiplyingLayer(
                name: graph.nodes[index].name, node: index, operations: operations,
                isInput: features[graph.nodes[index].inputs[0]].isConstant)
        }
    }

    /// Multiply-accumulates of the layers that read the image, once an image.
    package var inputOperations: Int { multiplying.reduce(0) { $0 + ($1.isInput ? $1.operations : 0) } }

    /// Indices into ``groups`` in the order in which spikes pass through them within a time step, so that of two evaluations' first
    /// difference all others may follow.
    package var groupsInDataFlow: [Int] { groups.indices.sorted { groups[$0].node < groups[$1].node } }

    /// Neurons of all groups.
    package var neurons: Int { groups.reduce(0) { $0 + $1.neurons } }

    /// The node that a layer reads, means and normalisations per channel left out: they fold into a layer that pads nothing.
    private static func source(_ graph: NetworkGraph, _ index: Int) -> Int? {
        guard var source = graph.nodes[index].inputs.first else { return nil }
        guard case .convolution(let convolution) = graph.nodes[index].operation, convolution.padding == .zero else { return source }
        while true {
            switch graph.nodes[source].operation {
            case .mean, .total: break
            case .normalisation(let normalisation) where normalisation.axis == .channel: break
            default: return source
            }
            source = graph.nodes[source].inputs[0]
        }
    }

    private static func layer(_ graph: NetworkGraph, _ features: [Feature], _ index: Int) -> SynapticLayer? {
        let node = graph.nodes[index]
        guard let source = source(graph, index) else { return nil }
        let input = features[source]
        let connections: SynapticLayer.Connections
        switch node.operation {
        case .convolution(let convolution) where !input.isCurrent:
            connections = Self.connections(convolution, graph)
        case .mix(let mixing) where !input.isCurrent:
            connections = .mixing(fanOut: mixing.axis == .rows ? input.height : input.width)
        case .product(let heads, _):
            connections = .product(headChannels: input.channels / heads)
        default:
            return nil
        }
        return SynapticLayer(
            name: node.name, node: index, source: source, largest: input.whole?.largest ?? 1,
            counted: node.inputs.first { features[$0].whole.map { $0.largest > 1 } ?? false }, inputs: input.channels,
            height: input.height, width: input.width, connections: connections)
    }

    private static func multiplications(_ graph: NetworkGraph, _ features: [Feature], _ index: Int) -> Int? {
        let node = graph.nodes[index]
        guard let source = source(graph, index), features[source].isCurrent else { return nil }
        let output = features[index]
        switch node.operation {
        case .convolution(let convolution):
            // As a layer on spikes has operations where every neuron spikes: nothing is multiplied with padding.
            let input = features[node.inputs[0]]
            return SynapticLayer(
                name: node.name, node: index, source: node.inputs[0], largest: 1, inputs: input.channels, height: input.height,
                width: input.width, connections: connections(convolution, graph)
            ).denseOperations
        case .mix(let mixing):
            return output.neurons * (mixing.axis == .rows ? output.height : output.width)
        default:
            return nil
        }
    }

    private static func connections(_ convolution: Convolution, _ graph: NetworkGraph) -> SynapticLayer.Connections {
        let shape = graph.tensorShapes[convolution.weight] ?? []
        return .convolution(
            outputs: shape[0] / convolution.groups, kernel: kernel(shape), stride: convolution.stride, padding: convolution.padding,
            dilation: convolution.dilation)
    }

    static func kernel(_ shape: [Int]) -> Extent2 { shape.count == 4 ? Extent2(shape[2], shape[3]) : .one }
}
