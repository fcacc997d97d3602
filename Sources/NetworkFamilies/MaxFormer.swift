import Diagnostics
import Networks

/// Max-Former: three stages on currents, with depthwise convolutions in the first two and attention of spikes in the last.
enum MaxFormer: NetworkFamily {
    struct Configuration: Sendable, Hashable {
        /// Channels of the first convolution, and of the three stages.
        var stem: Int
        var channels: [Int]
        /// Hidden channels of each block's MLP, by stage.
        var hidden: [[Int]]
        /// Sides of the depthwise kernels of the first and the second stage.
        var kernels = [7, 5]
        var heads: Int
        var classes = 1000
        var imageSize = 224
        var neuron = NeuronChoice()
    }

    static let name = "max-former"
    static let timeSteps = 4
    static let preprocessing = PublishedPreprocessing(interpolation: "bicubic", cropFraction: 0.95)

    static var published: [Publication<Configuration>] {
        func network(_ channels: Int, _ accuracies: [PublishedAccuracy] = []) -> Publication<Configuration> {
            Publication(
                "max-former-10-\(channels)",
                Configuration(
                    stem: channels / 8, channels: [channels / 4, channels / 2, channels],
                    hidden: [[channels], [2 * channels, 2 * channels], Array(repeating: 4 * channels, count: 7)], heads: channels / 64),
                accuracies)
        }
        let source = "Spiking Neural Networks Need High-Frequency Information, NeurIPS 2025"
        return [network(384), network(512), network(768, [PublishedAccuracy(top1: 82.39, timeSteps: 4, source: source)])]
    }

    private static let mixers = ["conv5", "conv"]

    static func recognises(_ shapes: TensorShapes, _ arguments: SavedArguments) -> Bool {
        shapes.has("patch_embed1.embed1.embed_conv.weight") && shapes.names.contains { $0.hasPrefix("stage3.0.attn.") }
    }

    static func configuration(_ shapes: TensorShapes, _ questions: inout NetworkQuestions) throws(Failure) -> Configuration {
        let channels = ["patch_embed1.embed2", "patch_embed2.max_embed1", "patch_embed3.max_embed1"].compactMap {
            shapes.size("\($0).embed_conv.weight", axis: 0)
        }
        guard let stem = shapes.size("patch_embed1.embed1.embed_conv.weight", axis: 0), channels.count == 3,
            let classes = shapes.size("head.weight", axis: 0) ?? shapes.size("head.bias", axis: 0)
        else {
            throw untold(["embedding (patch_embed1.embed1.embed_conv.weight, …) or classes (head.weight)"])
        }
        let hidden = (0..<3).map { stage in
            (0..<shapes.count("stage\(stage + 1).")).map { block in
                shapes.size("stage\(stage + 1).\(block).mlp.fc1_conv.weight", axis: 0) ?? 4 * channels[stage]
            }
        }
        let kernels = mixers.enumerated().map { stage, name in
            shapes.size("stage\(stage + 1).0.mixer.\(name).weight", axis: 2) ?? [7, 5][stage]
        }
        let heads = try questions.heads(told: nil, assumed: max(1, channels[2] / 64))
        return Configuration(
            stem: stem, channels: channels, hidden: hidden, kernels: kernels, heads: heads, classes: classes,
            imageSize: try questions.imageSize(), neuron: try questions.neuron(assumed: NeuronChoice(), shapes))
    }

    static func answers(_ configuration: Configuration) -> [NetworkSetting] {
        configuration.neuron.settings + [NetworkSetting(.heads, "\(configuration.heads)")]
    }

    static func sizes(_ configuration: Configuration) -> [NetworkSize] {
        [NetworkSize("blocks", configuration.hidden.map(\.count)), NetworkSize("channels", configuration.channels)]
    }

    static func graph(_ configuration: Configuration) -> NetworkGraph {
        var layers = TransformerLayers(inputSize: configuration.imageSize, neuron: configuration.neuron)
        var x = embedPixels(configuration, &layers)
        for stage in 0..<3 {
            let channels = configuration.channels[stage]
            if stage > 0 { x = embed(x, "patch_embed\(stage + 1)", outputs: channels, inputs: configuration.channels[stage - 1], &layers) }
            for (block, hidden) in configuration.hidden[stage].enumerated() {
                let path = "stage\(stage + 1).\(block)"
                if stage < 2 {
                    x = mix(x, "\(path).mixer", mixers[stage], channels: channels, kernel: configuration.kernels[stage], &layers)
                } else {
                    let tokens = (0..<4).reduce(configuration.imageSize) { length, _ in (length + 1) / 2 }
                    x = attend(x, "\(path).attn", channels: channels, heads: configuration.heads, tokens: tokens * tokens, &layers)
                }
                let names = ["fc1", "fc2"].map { TransformerLayers.names("\(path).mlp.\($0)") }
                x = layers.mlp(x, "\(path).mlp", names[0], names[1], channels: channels, hidden: hidden, joinsEqualWidths: false)
            }
        }
        return layers.head(x, channels: configuration.channels[2], classes: configuration.classes)
    }

    private static func unit(
        _ path: String, _ x: GraphBuilder.Value, outputs: Int, inputs: Int, kernel: Int = 3, stride: Int = 1,
        _ layers: inout TransformerLayers
    ) -> GraphBuilder.Value {
        layers.unit(
            "\(path).embed_conv", "\(path).embed_bn", x, outputs: outputs, inputs: inputs, kernel: kernel, stride: stride, bias: false)
    }

    private static func embedPixels(_ configuration: Configuration, _ layers: inout TransformerLayers) -> GraphBuilder.Value {
        let (path, outputs) = ("patch_embed1", configuration.channels[0])
        let stem = unit("\(path).embed1", layers.builder.image, outputs: configuration.stem, inputs: 3, stride: 2, &layers)
        let spikes = layers.spike("\(path).embed2.embed_lif", stem)
        let x = unit("\(path).embed2", spikes, outputs: outputs, inputs: configuration.stem, stride: 2, &layers)
        let inner = layers.spike("\(path).embed3.embed_lif", x)
        let branch = unit("\(path).embed3", inner, outputs: outputs, inputs: outputs, &layers)
        let shortcut = unit("\(path).embed4", spikes, outputs: outputs, inputs: configuration.stem, kernel: 1, stride: 2, &layers)
        return layers.builder.add("\(path).sum", .sum, branch, shortcut)
    }

    private static func embed(
        _ x: GraphBuilder.Value, _ path: String, outputs: Int, inputs: Int, _ layers: inout TransformerLayers
    ) -> GraphBuilder.Value {
        let spikes = layers.spike("\(path).max_embed1.embed_lif", x)
        var branch = unit("\(path).max_embed1", spikes, outputs: outputs, inputs: inputs, &layers)
        branch = layers.spike("\(path).embed1.embed_lif", layers.pool("\(path).max_embed1.pool", branch))
        branch = unit("\(path).embed1", branch, outputs: outputs, inputs: outputs, &layers)
        let shortcut = unit("\(path).max_embed2", spikes, outputs: outputs, inputs: inputs, kernel: 1, &layers)
        return layers.builder.add("\(path).sum", .sum, branch, layers.pool("\(path).max_embed2.pool", shortcut))
    }

    private static func mix(
        _ x: GraphBuilder.Value, _ path: String, _ name: String, channels: Int, kernel: Int, _ layers: inout TransformerLayers
    ) -> GraphBuilder.Value {
        let spikes = layers.spike("\(path).\(name)_neuron", x)
        let branch = layers.unit(
            "\(path).\(name)", "\(path).\(name)_bn", spikes, outputs: channels, inputs: channels, kernel: kernel, groups: channels)
        return layers.builder.add("\(path).sum", .sum, branch, x)
    }

    private static func attend(
        _ x: GraphBuilder.Value, _ path: String, channels: Int, heads: Int, tokens: Int, _ layers: inout TransformerLayers
    ) -> GraphBuilder.Value {
        let layout = SpikeLayout.shaped([channels, tokens])
        let spikes = layers.spike("\(path).x_lif", x)
        func project(_ letter: String) -> GraphBuilder.Value {
            let current = layers.unit(
                "\(path).\(letter)_conv", "\(path).\(letter)_bn", spikes, outputs: channels, inputs: channels, bias: false, axes: 1)
            return layers.spike("\(path).\(letter)_lif", current, layout: layout)
        }
        let (q, k, v) = (project("q"), project("k"), project("v"))
        let product = layers.builder.add("\(path).product", .product(heads: heads, exponent: -3), q, k, v)
        let attention = layers.spike("\(path).attn_lif", product, threshold: 0.5, layout: layout)
        let branch = layers.unit("\(path).proj_conv", "\(path).proj_bn", attention, outputs: channels, inputs: channels, axes: 1)
        return layers.builder.add("\(path).sum", .sum, branch, x)
    }
}
