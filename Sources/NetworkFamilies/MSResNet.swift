import Diagnostics
import Networks

/// MS-ResNet: currents run through, every convolution of a block stands behind a neuron, and shortcuts are of currents.
enum MSResNet: NetworkFamily {
    enum Spelling: Sendable, Hashable {
        /// SpikingJelly's.
        case zoo
        /// The published code's.
        case original
    }

    struct Configuration: Sendable, Hashable {
        var spelling: Spelling
        /// Channels of the stem's convolutions: one of 7x7, or three of 3x3.
        var stem: [Int]
        /// Whether pooling follows the stem, and the first layer keeps the grid.
        var hasPooledStem = false
        /// Output channels of the blocks of four layers: of the first and the second convolution.
        var layers: [[ResidualNetwork.Block]]
        var classes = 1000
        var imageSize = 224
        var neuron: NeuronChoice

        /// Whether the stem has three convolutions, and shortcuts pool.
        var isDeep: Bool { stem.count == 3 }
    }

    static let name = "ms-resnet"
    static let timeSteps = 6
    static let preprocessing = PublishedPreprocessing(interpolation: "bilinear", cropFraction: 0.875)

    private static func neuron(_ spelling: Spelling) -> NeuronChoice {
        NeuronChoice(tau: 4.0 / 3, threshold: 0.5, decaysInput: false, isStrict: spelling == .original)
    }

    static var published: [Publication<Configuration>] {
        func network(_ number: Int, _ depths: [Int], _ stem: [Int]) -> Publication<Configuration> {
            let layers = depths.enumerated().map { layer, depth in
                Array(repeating: ResidualNetwork.Block(width: 64 << layer, outputs: 64 << layer), count: depth)
            }
            return Publication(
                "\(name)-\(number)", Configuration(spelling: .original, stem: stem, layers: layers, neuron: neuron(.original)))
        }
        return [
            network(18, [2, 2, 2, 2], [64]), network(34, [3, 4, 6, 3], [64]), network(104, [3, 8, 32, 8], [64, 64, 64]),
        ]
    }

    static func recognises(_ shapes: TensorShapes, _ arguments: SavedArguments) -> Bool {
        let isOriginal = shapes.names.contains { $0.hasPrefix("conv2_x.") && $0.contains(".residual_function.") }
        return isOriginal || shapes.has("stem.0.weight") && shapes.names.contains { $0.hasPrefix("layer4.0.conv1.") }
    }

    static func configuration(_ shapes: TensorShapes, _ questions: inout NetworkQuestions) throws(Failure) -> Configuration {
        let spelling: Spelling = shapes.has("stem.0.weight") ? .zoo : .original
        let names = Names(spelling: spelling, isDeep: shapes.has("conv1.2.weight"))
        let first = "\(names.stem).0.weight"
        let stem = (0..<(names.isDeep ? 3 : 1)).compactMap { shapes.size("\(names.stem).\($0).weight", axis: 0) }
        guard let classes = shapes.size("\(names.head).weight", axis: 0), stem.count == (names.isDeep ? 3 : 1) else {
            throw untold(["stem (\(first)) or classes (\(names.head).weight)"])
        }
        guard shapes.shape(of: first).map({ Array($0.dropFirst(2)) }) == (names.isDeep ? [3, 3] : [7, 7]) else {
            throw untold(["stem's stride: its first convolution is not one of 7x7 (\(first))"])
        }
        var last = stem[stem.count - 1]
        let layers = (1...4).map { layer in
            (0..<max(1, shapes.count("\(names.layer(layer))."))).map { index in
                let block = names.block("\(names.layer(layer)).\(index)")
                let width = shapes.size("\(block.convolutions[0]).weight", axis: 0) ?? last
                last = shapes.size("\(block.convolutions[1]).weight", axis: 0) ?? width
                return ResidualNetwork.Block(width: width, outputs: last)
            }
        }
        let hasFirstShortcut = shapes.names.contains { $0.hasPrefix("layer1.0.downsample.") }
        return Configuration(
            spelling: spelling, stem: stem, hasPooledStem: spelling == .zoo && !hasFirstShortcut && layers[0][0].outputs == stem.last,
            layers: layers, classes: classes, imageSize: try questions.imageSize(),
            neuron: try questions.neuron(assumed: neuron(spelling), shapes))
    }

    static func answers(_ configuration: Configuration) -> [NetworkSetting] { configuration.neuron.settings }

    static func sizes(_ configuration: Configuration) -> [NetworkSize] {
        let layers = configuration.layers
        return [NetworkSize("blocks", layers.map(\.count)), NetworkSize("channels", layers.map { $0.last?.outputs ?? 0 })]
    }

    static func graph(_ configuration: Configuration) -> NetworkGraph {
        let names = Names(spelling: configuration.spelling, isDeep: configuration.isDeep)
        var builder = GraphBuilder(inputSize: configuration.imageSize)
        var x = builder.image
        var inputs = 3
        for (index, outputs) in configuration.stem.enumerated() {
            x = builder.convolution(
                "\(names.stem).\(index)", x, outputs: outputs, inputs: inputs, kernel: configuration.isDeep ? 3 : 7,
                stride: index == 0 ? 2 : 1, bias: configuration.isDeep)
            inputs = outputs
        }
        x = builder.normalisation(names.stemNormalisation, x, features: inputs)
        if configuration.hasPooledStem {
            x = builder.add("stem.2", .maximumPool(PoolingWindow(kernel: Extent2(3), stride: Extent2(2), padding: .one)), x)
        }
        for (layer, blocks) in configuration.layers.enumerated() {
            for (index, block) in blocks.enumerated() {
                let stride = index == 0 && !(layer == 0 && configuration.hasPooledStem) ? 2 : 1
                let path = "\(names.layer(layer + 1)).\(index)"
                x = add(block, names.block(path), path, x, inputs, stride, configuration.neuron, &builder)
                inputs = block.outputs
            }
        }
        x = builder.neuron(names.headNeuron, x, configuration.neuron.neuron(names.headNeuron))
        x = builder.add("avgpool", .mean, x)
        _ = builder.linear(names.head, x, outputs: configuration.classes, inputs: inputs)
        return builder.graph
    }

    private static func add(
        _ block: ResidualNetwork.Block, _ names: Names.Block, _ path: String, _ x: GraphBuilder.Value, _ inputs: Int, _ stride: Int,
        _ neuron: NeuronChoice, _ builder: inout GraphBuilder
    ) -> GraphBuilder.Value {
        let widths = [inputs, block.width, block.outputs]
        var branch = x
        for index in 0..<2 {
            branch = builder.neuron(names.neurons[index], branch, neuron.neuron(names.neurons[index]))
            branch = builder.convolution(
                names.convolutions[index], branch, outputs: widths[index + 1], inputs: widths[index], kernel: 3,
                stride: index == 0 ? stride : 1)
            branch = builder.normalisation(names.normalisations[index], branch, features: widths[index + 1])
        }
        var shortcut = x
        if stride > 1 || inputs != block.outputs {
            var convolutionStride = stride
            if let pool = names.shortcutPool {
                shortcut = builder.add(pool, .averagePool(PoolingWindow(kernel: Extent2(stride), stride: Extent2(stride))), x)
                convolutionStride = 1
            }
            shortcut = builder.convolution(
                names.shortcutConvolution, shortcut, outputs: block.outputs, inputs: inputs, stride: convolutionStride)
            shortcut = builder.normalisation(names.shortcutNormalisation, shortcut, features: block.outputs)
        }
        return builder.add("\(path).sum", .sum, branch, shortcut)
    }
}
