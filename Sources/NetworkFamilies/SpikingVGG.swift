import Diagnostics
import Networks

/// Spiking VGG: convolutions of 3x3 with pooling between them, then three linear layers.
enum SpikingVGG: NetworkFamily {
    struct Layer: Sendable, Hashable {
        /// Of the convolution, as in `features.<index>`.
        var index: Int
        var outputs: Int
        var hasNormalisation: Bool
        /// Whether pooling follows.
        var isPooled: Bool

        var neuron: Int { index + (hasNormalisation ? 2 : 1) }
    }

    struct Configuration: Sendable, Hashable {
        var layers: [Layer]
        /// Side of the grid that the classifier reads.
        var grid = 7
        /// Outputs of the classifier's three layers.
        var classifier = [4096, 4096, 1000]
        var imageSize = 224
        var neuron = NeuronChoice()
    }

    static let name = "spiking-vgg"
    static let timeSteps = 4
    static let preprocessing = PublishedPreprocessing(interpolation: "bilinear", cropFraction: 0.875)

    static var published: [Publication<Configuration>] {
        let sizes: [(String, [Int])] = [
            ("11", [1, 1, 2, 2, 2]), ("13", [2, 2, 2, 2, 2]), ("16", [2, 2, 3, 3, 3]), ("19", [2, 2, 4, 4, 4]),
        ]
        return sizes.flatMap { number, depths in
            [false, true].map { hasNormalisation in
                Publication(
                    "\(name)-\(number)\(hasNormalisation ? "-bn" : "")", Configuration(layers: layers(depths, hasNormalisation)))
            }
        }
    }

    private static func layers(_ depths: [Int], _ hasNormalisation: Bool) -> [Layer] {
        var layers: [Layer] = []
        var index = 0
        for (group, depth) in depths.enumerated() {
            for number in 1...depth {
                let isPooled = number == depth
                layers.append(Layer(index: index, outputs: min(64 << group, 512), hasNormalisation: hasNormalisation, isPooled: isPooled))
                index += (hasNormalisation ? 3 : 2) + (isPooled ? 1 : 0)
            }
        }
        return layers
    }

    static func recognises(_ shapes: TensorShapes, _ arguments: SavedArguments) -> Bool {
        shapes.shape(of: "features.0.weight")?.count == 4 && shapes.has("classifier.0.weight")
    }

    static func configuration(_ shapes: TensorShapes, _ questions: inout NetworkQuestions) throws(Failure) -> Configuration {
        let convolutions = (0..<256).filter { shapes.shape(of: "features.\($0).weight")?.count == 4 }
        var layers = convolutions.map { index in
            Layer(
                index: index, outputs: shapes.size("features.\(index).weight", axis: 0) ?? 0,
                hasNormalisation: shapes.shape(of: "features.\(index + 1).weight")?.count == 1, isPooled: true)
        }
        for index in layers.indices.dropLast() {
            let gap = layers[index + 1].index - layers[index].neuron
            guard (1...2).contains(gap) else { throw untold(["layer behind features.\(layers[index].neuron)"]) }
            layers[index].isPooled = gap == 2
        }
        if let last = layers.indices.last { layers[last].isPooled = try questions.lastPool() }
        let classifier = ["classifier.0", "classifier.3", "classifier.6"].compactMap { shapes.size("\($0).weight", axis: 0) }
        guard let channels = layers.last?.outputs, let inputs = shapes.size("classifier.0.weight", axis: 1), classifier.count == 3,
            channels > 0
        else {
            throw untold(["classifier (classifier.0.weight, classifier.3.weight, classifier.6.weight)"])
        }
        guard let grid = (1...64).first(where: { $0 * $0 * channels == inputs }) else {
            throw untold(["grid: classifier.0 reads \(inputs) values, which are no square of \(channels) channels"])
        }
        let pools = layers.count(where: \.isPooled)
        let size = try questions.imageSize(assumed: min(grid << min(pools, 16), NetworkLimit.inputSize))
        guard (size >> pools) >= grid, (size >> pools).isMultiple(of: grid) else {
            throw untold([
                "pooling: \(pools) halvings of \(size) pixels give \(size >> pools), and classifier.0 reads a multiple of \(grid)"
            ])
        }
        return Configuration(
            layers: layers, grid: grid, classifier: classifier, imageSize: size, neuron: try questions.neuron(assumed: nil, shapes))
    }

    static func answers(_ configuration: Configuration) -> [NetworkSetting] {
        configuration.neuron.settings + [NetworkSetting(.lastPool, configuration.layers.last?.isPooled == false ? "no" : "yes")]
    }

    static func sizes(_ configuration: Configuration) -> [NetworkSize] {
        [NetworkSize("channels", configuration.layers.map(\.outputs)), NetworkSize("classifier", configuration.classifier)]
    }

    static func graph(_ configuration: Configuration) -> NetworkGraph {
        var builder = GraphBuilder(inputSize: configuration.imageSize)
        func spike(_ path: String, _ x: GraphBuilder.Value, layout: SpikeLayout = .channels) -> GraphBuilder.Value {
            builder.neuron(path, x, configuration.neuron.neuron(path, layout: layout))
        }
        var x = builder.image
        var channels = 3
        var side = configuration.imageSize
        for layer in configuration.layers {
            x = builder.convolution("features.\(layer.index)", x, outputs: layer.outputs, inputs: channels, kernel: 3, bias: true)
            channels = layer.outputs
            if layer.hasNormalisation { x = builder.normalisation("features.\(layer.index + 1)", x, features: channels) }
            x = spike("features.\(layer.neuron)", x)
            if layer.isPooled {
                let window = PoolingWindow(kernel: Extent2(2), stride: Extent2(2))
                x = builder.add("features.\(layer.neuron + 1)", .maximumPool(window), x)
                side /= 2
            }
        }
        let factor = side / configuration.grid
        if factor > 1 {
            x = builder.add("avgpool", .averagePool(PoolingWindow(kernel: Extent2(factor), stride: Extent2(factor))), x)
        }
        x = builder.add("flatten", .flatten, x)
        var inputs = channels * configuration.grid * configuration.grid
        for (number, outputs) in configuration.classifier.enumerated() {
            x = builder.linear("classifier.\(3 * number)", x, outputs: outputs, inputs: inputs)
            if number < 2 { x = spike("classifier.\(3 * number + 1)", x, layout: .shaped([outputs])) }
            inputs = outputs
        }
        return builder.graph
    }
}
