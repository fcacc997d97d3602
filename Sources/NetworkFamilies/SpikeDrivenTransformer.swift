import Diagnostics
import Networks

/// The first spike-driven transformer: attention that sums spikes over tokens and masks with them; currents run through.
enum SpikeDrivenTransformer: NetworkFamily {
    struct Configuration: Sendable, Hashable {
        /// Whether names are those of the published code, and not SpikingJelly's.
        var isOriginal = true
        /// Channels of the four steps of patch embedding.
        var embedding: [Int]
        /// After which of them the grid is halved.
        var pooling = [true, true, true, true]
        /// Hidden channels of each block's MLP.
        var hidden: [Int]
        var heads = 8
        var classes = 1000
        var imageSize = 224
        var neuron = NeuronChoice()
    }

    static let name = "spike-driven-transformer"
    static let timeSteps = 4
    static let preprocessing = PublishedPreprocessing(interpolation: "bicubic", cropFraction: 0.95)

    static var published: [Publication<Configuration>] {
        func network(_ blocks: Int, _ channels: Int, _ top1: Double) -> Publication<Configuration> {
            Publication(
                "sdt-\(blocks)-\(channels)",
                Configuration(
                    embedding: [channels / 8, channels / 4, channels / 2, channels],
                    hidden: Array(repeating: 4 * channels, count: blocks)),
                [PublishedAccuracy(top1: top1, timeSteps: 4, source: "Spike-driven Transformer, NeurIPS 2023")])
        }
        return [network(8, 384, 72.28), network(6, 512, 74.11), network(8, 512, 74.57), network(10, 512, 74.66), network(8, 768, 77.07)]
    }

    static func recognises(_ shapes: TensorShapes, _ arguments: SavedArguments) -> Bool {
        shapes.has("patch_embed.rpe_conv.weight") && shapes.names.contains { $0.hasSuffix(".0.attn.q_conv.weight") }
    }

    static func configuration(_ shapes: TensorShapes, _ questions: inout NetworkQuestions) throws(Failure) -> Configuration {
        let names = Names(isOriginal: !shapes.names.contains { $0.hasPrefix("blocks.") })
        let embedding = (0..<4).compactMap { shapes.size("\(names.embedding($0).convolution).weight", axis: 0) }
        guard embedding.count == 4, let classes = shapes.size("head.weight", axis: 0) ?? shapes.size("head.bias", axis: 0) else {
            throw untold(["embedding (\(names.embedding(0).convolution).weight, …) or classes (head.weight)"])
        }
        let hidden = (0..<shapes.count("\(names.blocks).")).map { block in
            shapes.size("\(names.mlp(block, 1).convolution).weight", axis: 0) ?? 4 * embedding[3]
        }
        let heads = try questions.heads(told: shapes.size("block.0.attn.talking_heads.weight", axis: 0), assumed: 8)
        guard embedding[3].isMultiple(of: heads) else { throw untold(["heads: \(embedding[3]) channels cannot be \(heads) heads"]) }
        return Configuration(
            isOriginal: names.isOriginal, embedding: embedding, pooling: try questions.pooling(assumed: "1111"), hidden: hidden,
            heads: heads,
            classes: classes, imageSize: try questions.imageSize(), neuron: try questions.neuron(assumed: NeuronChoice(), shapes))
    }

    static func canonical(_ configuration: Configuration) -> Configuration {
        var canonical = configuration
        canonical.isOriginal = true
        return canonical
    }

    static func unusedTensors(_ shapes: TensorShapes) -> Set<String> {
        Set(shapes.names.filter { $0.hasSuffix(".attn.talking_heads.weight") })
    }

    static func answers(_ configuration: Configuration) -> [NetworkSetting] {
        let pooling = configuration.pooling.map { $0 ? "1" : "0" }.joined()
        return configuration.neuron.settings + [NetworkSetting(.heads, "\(configuration.heads)"), NetworkSetting(.pooling, pooling)]
    }

    static func sizes(_ configuration: Configuration) -> [NetworkSize] {
        [NetworkSize("blocks", configuration.hidden.count), NetworkSize("channels", configuration.embedding)]
    }

    static func graph(_ configuration: Configuration) -> NetworkGraph {
        let names = Names(isOriginal: configuration.isOriginal)
        let channels = configuration.embedding[3]
        var layers = TransformerLayers(inputSize: configuration.imageSize, neuron: configuration.neuron)
        var x = layers.builder.image
        var inputs = 3
        for (step, outputs) in configuration.embedding.enumerated() {
            let (convolution, normalisation, neuron) = names.embedding(step)
            x = layers.unit(
                convolution, normalisation, x, outputs: outputs, inputs: inputs, kernel: 3, bias: !configuration.isOriginal)
            // The last step's pooling is of currents: the current is wanted again.
            if step < 3 { x = layers.spike(neuron, x) }
            if configuration.pooling[step] { x = layers.pool("\(convolution).pool", x) }
            inputs = outputs
        }
        let spikes = layers.spike(names.embedding(3).neuron, x)
        let position = layers.unit(
            "patch_embed.rpe_conv", "patch_embed.rpe_bn", spikes, outputs: channels, inputs: channels, kernel: 3, bias: false)
        x = layers.builder.add("patch_embed.sum", .sum, position, x)
        for (block, hidden) in configuration.hidden.enumerated() {
            let path = "\(names.blocks).\(block)"
            x = attend(x, "\(path).attn", channels: channels, heads: configuration.heads, gate: names.gate, &layers)
            x = layers.mlp(
                x, "\(path).mlp", names.mlp(block, 1), names.mlp(block, 2), channels: channels, hidden: hidden, joinsEqualWidths: true)
        }
        return layers.head(x, channels: channels, classes: configuration.classes)
    }

    private static func attend(
        _ x: GraphBuilder.Value, _ path: String, channels: Int, heads: Int, gate: String, _ layers: inout TransformerLayers
    ) -> GraphBuilder.Value {
        let spikes = layers.spike("\(path).shortcut_lif", x)
        func project(_ letter: String) -> GraphBuilder.Value {
            let current = layers.unit(
                "\(path).\(letter)_conv", "\(path).\(letter)_bn", spikes, outputs: channels, inputs: channels, bias: false)
            return layers.spike("\(path).\(letter)_lif", current)
        }
        let (q, k, v) = (project("q"), project("k"), project("v"))
        let both = layers.builder.add("\(path).kv", .and, k, v)
        let total = layers.builder.add("\(path).kv.sum", .total, both)
        let mask = layers.spike("\(path).\(gate)", total, threshold: 0.5, layout: .shaped([heads, 1, channels / heads]))
        let masked = layers.builder.add("\(path).gate", .gate, q, mask)
        let branch = layers.unit("\(path).proj_conv", "\(path).proj_bn", masked, outputs: channels, inputs: channels)
        return layers.builder.add("\(path).sum", .sum, branch, x)
    }

    /// Module paths in one spelling.
    private struct Names {
        let isOriginal: Bool

        var blocks: String { isOriginal ? "block" : "blocks" }
        /// The neuron that masks queries.
        var gate: String { isOriginal ? "talking_heads_lif" : "attn_lif" }

        func embedding(_ step: Int) -> (convolution: String, normalisation: String, neuron: String) {
            let path = "patch_embed"
            guard isOriginal else {
                let stage = step < 3 ? "\(path).stages.\(step)" : "\(path).final_stage"
                return ("\(stage).0", "\(stage).1", step < 3 ? "\(stage).2" : "\(path).final_lif")
            }
            let number = step == 0 ? "" : String(step)
            return ("\(path).proj_conv\(number)", "\(path).proj_bn\(number)", "\(path).proj_lif\(number)")
        }

        func mlp(_ block: Int, _ number: Int) -> (neuron: String, convolution: String, normalisation: String) {
            let path = "\(blocks).\(block).mlp"
            return isOriginal
                ? TransformerLayers.names("\(path).fc\(number)")
                : ("\(path).lif\(number)", "\(path).fc\(number)", "\(path).bn\(number)")
        }
    }
}
