internal import Diagnostics

/// A whole network in whole numbers. Immutable: threads share it.
struct FixedNetwork: Sendable {
    let architecture: Architecture
    let format: FixedPointFormat
    let stages: [FoldedStage]
    let head: FoldedHead

    /// A frame's list of rows has 16-bit numbers.
    static let largestInputs = 1 << 16 - 1

    /// Folds and rounds a network; the tensors are let go one by one.
    ///
    /// - Throws: `parameters.unusable`, `architecture.invalid`; `engine.unfit-weights` for weights that whole numbers cannot hold.
    init(_ parameters: consuming Parameters, format: FixedPointFormat, normalization: PixelNormalization) throws {
        let source = try FoldingSource(parameters, normalization: normalization)
        architecture = source.architecture
        self.format = format
        let widest = Self.inputsOfLayers(architecture).max() ?? 0
        guard widest <= Self.largestInputs else {
            throw Failure(
                .unfitWeights,
                "The engine \(format.name) cannot hold this network: a layer has \(widest) inputs, and \(Self.largestInputs) at most are supported.",
                remedy: "Use --engine float.")
        }
        stages = try (0..<4).map { try FoldedStage(source, stage: $0, format: format) }
        head = try FoldedHead(source, format: format)
    }

    /// Bytes of all weights, biases and thresholds.
    var weightBytes: Int { stages.reduce(head.bytes) { $0 + $1.bytes } }

    /// Inputs of each layer that lists its spikes.
    static func inputsOfLayers(_ architecture: Architecture) -> [Int] {
        (0..<4).flatMap { stage in
            let channels = architecture.channels(stage: stage)
            let before = stage == 0 ? 0 : architecture.channels(stage: stage - 1) * (architecture.family == .spe ? 9 : 4)
            return [3 * channels, architecture.alpha * channels, before]
        }
    }
}
