import SpikeKernels

/// `logits[t] = L(mean over positions of BN(x[t])) + b`
struct Head: Sendable {
    private let layer: Int
    private let normalization: BatchNorm
    private let weights: WeightRows
    private let bias: [Double]

    init(_ loader: ModuleLoader) {
        layer = loader.layer("mlp_head.1")
        normalization = BatchNorm(loader, path: "batch_norm")
        weights = WeightRows(loader.tensor("mlp_head.1.weight"))
        bias = loader.values("mlp_head.1.bias").paddedWithZeros
    }

    /// The logits of each frame, `[frames][classes]`.
    func classify(_ x: SpikeMap, _ pass: inout ForwardPass) -> [[Float]] {
        let normalization = pass.normalization(normalization) { x.measureChannels(into: &$0) }
        pass.activity.recordOperations(layer: layer, x)
        return (0..<x.frames).map { frame in
            var logits = bias
            for (channel, count) in channelCounts(x, frame: frame).enumerated() {
                let rate = Double(count) / Double(x.tokens)
                let mean = rate * normalization.scale[channel] + normalization.shift[channel]
                addScaledRow(&logits, offset: 0, factor: mean, weights: weights.values, row: channel, rowLength: weights.stride)
            }
            return logits.prefix(weights.outputs).map { Float($0) }
        }
    }

    /// How many positions of each channel spike.
    private func channelCounts(_ x: SpikeMap, frame: Int) -> [Int] {
        var counts = Array(repeating: 0, count: x.channels)
        for token in 0..<x.tokens {
            x.words.forEachBit(firstWord: x.wordIndex(frame: frame, token: token), count: x.wordsPerToken) { counts[$0] += 1 }
        }
        return counts
    }
}
