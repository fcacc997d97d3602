import Diagnostics
import Networks

/// What Spiking ResNet and SEW-ResNet have in common: a stem with pooling and four layers of blocks, in two spellings.
struct ResidualNetwork: Sendable, Hashable {
    struct Block: Sendable, Hashable {
        /// Channels of the first convolutions, and of the last one.
        var width: Int
        var outputs: Int
    }

    /// How a block's branch joins its shortcut: a sum before the last neuron, or spikes with spikes behind it.
    enum Joining: Sendable, Hashable {
        case sum
        case spikes(Connection)
    }

    /// Whether names are those of the published ImageNet weights, `conv1.module.0`, and not SpikingJelly's.
    var isOriginal: Bool
    /// Whether blocks have three convolutions.
    var hasBottlenecks: Bool
    var stem = 64
    var layers: [[Block]]
    var classes = 1000
    var imageSize = 224
    var neuron: NeuronChoice
    var joining: Joining

    static func recognises(_ shapes: TensorShapes) -> Bool {
        shapes.has("conv1.weight") && shapes.names.contains { $0.hasPrefix("layer1.0.conv1.") || $0.hasPrefix("layer2.0.conv1.") }
    }

    static func isOriginal(_ shapes: TensorShapes) -> Bool { shapes.names.contains { $0.contains(".conv1.module.0.") } }

    /// The network of published sizes: 18 or 34 layers of basic blocks, 50, 101 or 152 of bottlenecks.
    init(depths: [Int], isOriginal: Bool, hasBottlenecks: Bool, neuron: NeuronChoice, joining: Joining) {
        layers = depths.enumerated().map { layer, depth in
            let width = 64 << layer
            return Array(repeating: Block(width: width, outputs: hasBottlenecks ? 4 * width : width), count: depth)
        }
        (self.isOriginal, self.hasBottlenecks, self.neuron, self.joining) = (isOriginal, hasBottlenecks, neuron, joining)
    }

    /// - Throws: `network.unrecognised`, `network.invalid-options`.
    init(_ shapes: TensorShapes, _ questions: inout NetworkQuestions, neuron: NeuronChoice, joining: Joining) throws(Failure) {
        let isOriginal = Self.isOriginal(shapes)
        let hasBottlenecks = shapes.names.contains { $0.hasPrefix("layer1.0.conv3.") }
        let suffix = isOriginal ? ".module.0.weight" : ".weight"
        guard shapes.shape(of: "conv1.weight").map({ Array($0.dropFirst(2)) == [7, 7] }) ?? true else {
            throw Failure(
                .unrecognisedNetwork, "The first convolution is not one of 7x7, and nothing tells its stride and whether pooling follows.",
                remedy: "Describe the network: --network FILE.json.")
        }
        let stem = shapes.size("conv1.weight", axis: 0) ?? shapes.size("bn1.weight", axis: 0) ?? 64
        var last = stem
        layers = (1...4).map { layer in
            (0..<max(1, shapes.count("layer\(layer)."))).map { index in
                let path = "layer\(layer).\(index)"
                let width = shapes.size("\(path).conv1\(suffix)", axis: 0) ?? last
                last = shapes.size("\(path).conv\(hasBottlenecks ? 3 : 2)\(suffix)", axis: 0) ?? last
                return Block(width: width, outputs: last)
            }
        }
        guard let classes = shapes.size("fc.weight", axis: 0) ?? shapes.size("fc.bias", axis: 0) else {
            throw Failure(
                .unrecognisedNetwork, "The tensors are like those of a ResNet, but nothing tells its classes (fc.weight).",
                remedy: "Give the whole state dict of one network.")
        }
        (self.isOriginal, self.hasBottlenecks, self.neuron, self.joining) = (isOriginal, hasBottlenecks, neuron, joining)
        (self.stem, self.classes, imageSize) = (stem, classes, try questions.imageSize())
    }

    var answers: [NetworkSetting] {
        guard case .spikes(let connection) = joining else { return neuron.settings }
        return neuron.settings + [NetworkSetting(.connect, connection.rawValue)]
    }

    var sizes: [NetworkSize] {
        [NetworkSize("blocks", layers.map(\.count)), NetworkSize("channels", layers.map { $0.last?.outputs ?? 0 })]
    }

    var graph: NetworkGraph {
        var builder = GraphBuilder(inputSize: imageSize)
        var x = builder.convolution("conv1", builder.image, outputs: stem, inputs: 3, kernel: 7, stride: 2)
        x = builder.normalisation("bn1", x, features: stem)
        x = builder.neuron("sn1", x, neuron.neuron("sn1"))
        x = builder.add("maxpool", .maximumPool(PoolingWindow(kernel: Extent2(3), stride: Extent2(2), padding: .one)), x)
        var inputs = stem
        for (layer, blocks) in layers.enumerated() {
            for (index, block) in blocks.enumerated() {
                let stride = layer > 0 && index == 0 ? 2 : 1
                x = add(block, "layer\(layer + 1).\(index)", x, inputs: inputs, stride: stride, to: &builder)
                inputs = block.outputs
            }
        }
        let mean = builder.add("avgpool", .mean, x)
        _ = builder.linear("fc", mean, outputs: classes, inputs: inputs)
        return builder.graph
    }

    private func add(
        _ block: Block, _ path: String, _ x: GraphBuilder.Value, inputs: Int, stride: Int, to builder: inout GraphBuilder
    ) -> GraphBuilder.Value {
        let widths = [inputs, block.width] + (hasBottlenecks ? [block.width] : []) + [block.outputs]
        let (last, strided) = (widths.count - 1, hasBottlenecks ? 2 : 1)
        var branch = x
        for number in 1...last {
            let names = unitNames(path, number)
            branch = builder.convolution(
                names.convolution, branch, outputs: widths[number], inputs: widths[number - 1],
                kernel: hasBottlenecks && number != 2 ? 1 : 3, stride: number == strided ? stride : 1)
            branch = builder.normalisation(names.normalisation, branch, features: widths[number])
            if number < last { branch = spike("\(path).sn\(number)", branch, &builder) }
        }
        var shortcut = x
        if stride > 1 || inputs != block.outputs {
            let names = shortcutNames(path)
            shortcut = builder.convolution(names.convolution, x, outputs: block.outputs, inputs: inputs, stride: stride)
            shortcut = builder.normalisation(names.normalisation, shortcut, features: block.outputs)
            if joining != .sum { shortcut = spike(names.neuron, shortcut, &builder) }
        }
        let neuronPath = "\(path).sn\(last)"
        guard case .spikes(let connection) = joining else {
            return spike(neuronPath, builder.add("\(path).sum", .sum, branch, shortcut), &builder)
        }
        branch = spike(neuronPath, branch, &builder)
        switch connection {
        case .add: return builder.add("\(path).add", .sum, shortcut, branch)
        case .and: return builder.add("\(path).and", .and, shortcut, branch)
        // SpikingJelly's bottleneck has the two the other way round.
        case .iand where hasBottlenecks && !isOriginal: return builder.add("\(path).iand", .iand, branch, shortcut)
        case .iand: return builder.add("\(path).iand", .iand, shortcut, branch)
        }
    }

    private func spike(_ path: String, _ x: GraphBuilder.Value, _ builder: inout GraphBuilder) -> GraphBuilder.Value {
        builder.neuron(path, x, neuron.neuron(path))
    }

    private func unitNames(_ path: String, _ number: Int) -> (convolution: String, normalisation: String) {
        isOriginal
            ? ("\(path).conv\(number).module.0", "\(path).conv\(number).module.1") : ("\(path).conv\(number)", "\(path).bn\(number)")
    }

    private func shortcutNames(_ path: String) -> (convolution: String, normalisation: String, neuron: String) {
        guard isOriginal else { return ("\(path).downsample.0", "\(path).downsample.1", "\(path).downsample_sn") }
        let module = joining == .sum ? "\(path).downsample.module" : "\(path).downsample.0.module"
        return ("\(module).0", "\(module).1", "\(path).downsample.1")
    }
}
