import Diagnostics
import Networks

/// The spiking MLP of "Efficient Deep Spiking Multi-Layer Perceptrons with Multiplication-Free Inference": the family with spiking patch
/// encoding (spe) and the plain one, with normalisations that are plain (also tdBN, at inference) or temporally effective (TEBN).
enum SpikingMLP: NetworkFamily {
    struct Configuration: Sendable, Hashable {
        /// Whether patch cells embed the later stages; else strided convolutions, and the identity branch has neurons of its own.
        var hasPatchCells: Bool
        /// Channels of the first stage; stage `i` has `dim << i`.
        var dim: Int
        /// Blocks of each of the four stages.
        var depths: [Int]
        /// Expansion of channel mixing.
        var alpha = 3
        /// Side of the first convolution's kernel and stride in pixels.
        var patch = 4
        var imageSize = 224
        var classes = 1000
        /// The shape of each normalisation's factors of time steps; nil without.
        var timeScale: [Int]?
    }

    static let name = "spiking-mlp"
    static let timeSteps = 4
    static let preprocessing = PublishedPreprocessing(interpolation: "bicubic", cropFraction: 0.875)

    static var published: [Publication<Configuration>] {
        let source = "Efficient Deep Spiking Multi-Layer Perceptrons with Multiplication-Free Inference, IEEE TNNLS 2024"
        func top1(_ value: Double, _ steps: Int) -> PublishedAccuracy { PublishedAccuracy(top1: value, timeSteps: steps, source: source) }
        return [
            Publication(
                "mlp-spe-t", Configuration(hasPatchCells: true, dim: 78, depths: [2, 8, 14, 2]), [top1(66.39, 4), top1(69.09, 6)]),
            Publication("mlp-spe-s", Configuration(hasPatchCells: true, dim: 96, depths: [2, 8, 14, 2]), [top1(68.84, 4)]),
            Publication("mlp-spe-b", Configuration(hasPatchCells: true, dim: 108, depths: [2, 10, 24, 2]), [top1(71.64, 6)]),
            Publication("mlp-s", Configuration(hasPatchCells: false, dim: 96, depths: [2, 8, 14, 2]), [top1(63.25, 4)]),
        ]
    }

    static func recognises(_ shapes: TensorShapes, _ arguments: SavedArguments) -> Bool {
        shapes.names.contains { name in ["to_patch_embedding.", "token_mix.", "channel_mix.", "mlp_head."].contains { name.hasPrefix($0) } }
    }

    /// Where several tensors tell the same quantity the commonest answer counts, so that one mis-shaped tensor is later reported as just that.
    static func configuration(_ shapes: TensorShapes, _ questions: inout NetworkQuestions) throws(Failure) -> Configuration {
        let dim = commonest([
            shapes.size("to_patch_embedding.0.0.weight", axis: 0), shapes.size("to_patch_embedding.0.1.weight", axis: 0),
            shapes.size("mlp_head.1.weight", axis: 1).map { $0 / 8 }, shapes.size("batch_norm.weight", axis: 0).map { $0 / 8 },
        ])
        let stages = dim.map { stagesOfBlocks(shapes, dim: $0) } ?? []
        let grid = commonest(
            stages.enumerated().flatMap { block, stage in
                ["proj_h", "proj_w"].map { shapes.size("token_mix.\(block).\($0).1.weight", axis: 0).map { $0 << stage } }
            })
        let alpha = commonest(
            stages.indices.map { block in
                let hidden = shapes.size("channel_mix.\(block).1.net.0.weight", axis: 0)
                let channels = shapes.size("channel_mix.\(block).1.net.0.weight", axis: 1)
                guard let hidden, let channels, hidden.isMultiple(of: channels) else { return nil }
                return hidden / channels
            })
        let patch = shapes.size("to_patch_embedding.0.0.weight", axis: 2)
        let classes = commonest([shapes.size("mlp_head.1.weight", axis: 0), shapes.size("mlp_head.1.bias", axis: 0)])
        guard let dim, let grid, let alpha, let patch, let classes else {
            let unknown = [
                dim == nil ? "dim (to_patch_embedding.0.0.weight)" : nil, patch == nil ? "patch (to_patch_embedding.0.0.weight)" : nil,
                grid == nil ? "image size (token_mix.*.proj_h.1.weight)" : nil, alpha == nil ? "alpha (channel_mix.*.1.net.0.weight)" : nil,
                classes == nil ? "classes (mlp_head.1.weight)" : nil,
            ]
            throw untold(unknown.compactMap(\.self))
        }
        let configuration = Configuration(
            hasPatchCells: shapes.names.contains { $0.hasPrefix("to_patch_embedding.1.cell2node.") }, dim: dim,
            depths: (0..<4).map { stage in stages.count { $0 == stage } }, alpha: alpha, patch: patch,
            imageSize: try questions.imageSize(told: grid * patch), classes: classes,
            timeScale: ["to_patch_embedding.0.1", "batch_norm"].lazy.compactMap { shapes.shape(of: "\($0).scale") }.first)
        try check(configuration)
        return configuration
    }

    /// What the builder takes for granted; everything else is seen by the graph's own check.
    private static func check(_ configuration: Configuration) throws(Failure) {
        guard (1...NetworkLimit.inputSize).contains(configuration.imageSize), configuration.alpha <= 64,
            configuration.imageSize.isMultiple(of: configuration.patch * 8)
        else {
            throw refused(
                "images of \(configuration.imageSize) pixels are not eight times patches of \(configuration.patch), or out of bounds")
        }
        guard configuration.depths.allSatisfy({ $0 > 0 }) else {
            throw refused("its stages have \(configuration.depths.map(String.init).joined(separator: ", ")) blocks, and each needs one")
        }
        guard !configuration.hasPatchCells || (2 * configuration.dim).isMultiple(of: 3) else {
            throw refused("patch cells divide channels by 3, and the \(2 * configuration.dim) channels of stage 1 cannot be")
        }
    }

    private static func refused(_ reason: String) -> Failure {
        Failure(
            .unrecognisedNetwork, "The tensors describe a \(name) that cannot be built: \(reason).",
            remedy: "Give the whole state dict of one network.")
    }

    /// The stage of each block, from its channel count; a block that does not tell belongs to the stage of the block before it.
    private static func stagesOfBlocks(_ shapes: TensorShapes, dim: Int) -> [Int] {
        let count = max(shapes.count("token_mix."), shapes.count("channel_mix."))
        var stages: [Int] = []
        for block in 0..<count {
            let previous = stages.last ?? 0
            let channels = commonest([
                shapes.size("token_mix.\(block).fuse.0.weight", axis: 0), shapes.size("channel_mix.\(block).1.net.3.weight", axis: 0),
                shapes.size("channel_mix.\(block).1.net.0.weight", axis: 1),
            ])
            stages.append((previous..<4).first { dim << $0 == channels } ?? previous)
        }
        return stages
    }

    /// The commonest value; of several equally common ones the one met first.
    private static func commonest(_ values: [Int?]) -> Int? {
        var counts: [Int: Int] = [:]
        for case let value? in values { counts[value, default: 0] += 1 }
        let most = counts.values.max()
        return values.lazy.compactMap(\.self).first { counts[$0] == most }
    }
}
