import Checkpoints
import Networks
import Testing

/// Synaptic operations of one time step counted the slow way, from PyTorch's spikes: for every output of a layer, look at each input in its
/// receptive field and count the spikes.
struct NaiveSynapses {
    let network: Network
    let image: Int
    let step: Int
    let golden: SafetensorsFile

    func count(_ layer: SynapticLayer) throws -> Int {
        let node = network.graph.nodes[layer.node]
        let values = try values(layer.source)
        switch node.operation {
        case .convolution(let convolution): return count(values, convolution, layer, input: network.features[layer.source])
        case .mix(let mixing):
            let feature = network.features[layer.source]
            return values.reduce(0) { $0 + $1 * (mixing.axis == .rows ? feature.height : feature.width) }
        case .product(let heads, _):
            let (q, k, v) = (values, try self.values(node.inputs[1]), try self.values(node.inputs[2]))
            let feature = network.features[layer.source]
            let width = feature.channels / heads
            var operations = 0
            for position in 0..<feature.positions {
                for row in 0..<feature.channels {
                    for column in 0..<feature.channels where row / width == column / width {
                        operations += k[row * feature.positions + position] * v[column * feature.positions + position]
                        operations += q[row * feature.positions + position]
                    }
                }
            }
            return operations
        default:
            Issue.record("\(layer.name) is no layer on spikes")
            return 0
        }
    }

    /// The same with each input of the layer that is not 0 counted once.
    func countEffective(_ layer: SynapticLayer) throws -> Int {
        let node = network.graph.nodes[layer.node]
        guard let whole = network.features[node.inputs[0]].whole, whole.largest > 1, case .convolution(let convolution) = node.operation
        else { return try count(layer) }
        return count(try values(node.inputs[0]).map { min($0, 1) }, convolution, layer, input: network.features[node.inputs[0]])
    }

    /// Whole numbers of spikes that a node gives, `[channel][row][column]` flattened; what they are divided by is left out.
    private func values(_ index: Int) throws -> [Int] {
        let node = network.graph.nodes[index]
        let feature = network.features[index]
        func input(_ place: Int) throws -> [Int] { try values(node.inputs[place]) }
        switch node.operation {
        case .neuron(let neuron): return try spikes(node.name, feature, neuron.layout)
        case .sum: return try node.inputs.map { try values($0) }.reduce(Array(repeating: 0, count: feature.neurons)) { zip($0, $1).map(+) }
        case .concatenate: return try node.inputs.flatMap { try values($0) }
        case .and: return try zip(input(0), input(1)).map { $0 & $1 }
        case .iand: return try zip(input(0), input(1)).map { $0 & (1 - $1) }
        case .flatten: return try input(0)
        case .gate:
            let (spikes, gate) = (try input(0), try input(1))
            let isPerChannel = gate.count == feature.channels
            return spikes.enumerated().map { place, spike in
                spike * gate[isPerChannel ? place / feature.positions : place % feature.positions]
            }
        case .maximumPool(let window): return pooled(try input(0), node, feature, window) { $0.max() ?? 0 }
        case .averagePool(let window): return pooled(try input(0), node, feature, window) { $0.reduce(0, +) }
        case .mean, .total:
            let positions = network.features[node.inputs[0]].positions
            let all = try input(0)
            return (0..<feature.channels).map { all[$0 * positions..<($0 + 1) * positions].reduce(0, +) }
        default:
            Issue.record("\(node.name) gives no whole numbers")
            return []
        }
    }

    private func spikes(_ name: String, _ feature: Feature, _ layout: SpikeLayout) throws -> [Int] {
        let shape = try golden.shape("spikes/\(name)")
        let size = shape.dropFirst(2).reduce(1, *)
        try #require(size == feature.neurons)
        let first = (step * shape[1] + image) * size
        let own = try golden.bytes("spikes/\(name)")[first..<first + size].map { Int($0) }
        let (channels, height, width) = (feature.channels, feature.height, feature.width)
        return (0..<size).map { place in
            let (channel, row, column) = (place / (height * width), place / width % height, place % width)
            switch layout {
            case .channels, .shaped: return own[place]
            case .rows: return own[(row * channels + channel) * width + column]
            case .columns: return own[(column * channels + channel) * height + row]
            case .tokens: return own[(row * width + column) * channels + channel]
            }
        }
    }

    private func pooled(
        _ values: [Int], _ node: NetworkGraph.Node, _ output: Feature, _ window: PoolingWindow, _ join: ([Int]) -> Int
    ) -> [Int] {
        let input = network.features[node.inputs[0]]
        return (0..<output.neurons).map { place in
            let (channel, row, column) = (place / output.positions, place / output.width % output.height, place % output.width)
            var own: [Int] = []
            for y in 0..<window.kernel.height {
                for x in 0..<window.kernel.width {
                    let inputRow = row * window.stride.height + y - window.padding.height
                    let inputColumn = column * window.stride.width + x - window.padding.width
                    guard (0..<input.height).contains(inputRow), (0..<input.width).contains(inputColumn) else { continue }
                    own.append(values[(channel * input.height + inputRow) * input.width + inputColumn])
                }
            }
            return join(own)
        }
    }

    private func count(_ values: [Int], _ convolution: Convolution, _ layer: SynapticLayer, input: Feature) -> Int {
        let shape = network.graph.tensorShapes[convolution.weight] ?? []
        let output = network.features[layer.node]
        // Behind a mean, a layer reads every position.
        guard input.positions == 1 || network.features[network.graph.nodes[layer.node].inputs[0]].positions > 1 else {
            return values.reduce(0, +) * shape[0]
        }
        let kernel = shape.count == 4 ? Extent2(shape[2], shape[3]) : .one
        var operations = 0
        for group in 0..<convolution.groups {
            for position in 0..<output.positions {
                var read = 0
                for channel in group * shape[1]..<(group + 1) * shape[1] {
                    for tap in 0..<kernel.height * kernel.width {
                        let row =
                            position / output.width * convolution.stride.height + tap / kernel.width * convolution.dilation.height
                            - convolution.padding.height
                        let column =
                            position % output.width * convolution.stride.width + tap % kernel.width * convolution.dilation.width
                            - convolution.padding.width
                        guard (0..<input.height).contains(row), (0..<input.width).contains(column) else { continue }
                        read += values[(channel * input.height + row) * input.width + column]
                    }
                }
                operations += read * shape[0] / convolution.groups
            }
        }
        return operations
    }
}
