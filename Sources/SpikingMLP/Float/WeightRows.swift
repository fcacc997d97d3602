import SpikeKernels

/// A linear layer's weights the way spikes need them: a row of output weights for each input, so that a spike adds one row.
struct WeightRows: Sendable {
    let outputs: Int
    /// Values from one row to the next: `outputs` padded with zeros to the kernels' lanes.
    let stride: Int
    /// `[rows, stride]`, as the checkpoint has them; the kernels widen them when they add.
    var values: [Float]

    /// - Parameters:
    ///   - weight: `[outputs, inputs, ...]` as PyTorch keeps it. Taps of a convolution become the slowest index: row `tap * inputs + input`.
    init(_ weight: Tensor) {
        let outputs = weight.shape[0]
        let inputs = weight.shape[1]
        let taps = weight.shape.dropFirst(2).reduce(1, *)
        self.outputs = outputs
        self.stride = paddedToLanes(outputs)
        self.values = Array(repeating: 0, count: inputs * taps * stride)
        for output in 0..<outputs {
            for input in 0..<inputs {
                for tap in 0..<taps {
                    values[(tap * inputs + input) * stride + output] = weight.values[(output * inputs + input) * taps + tap]
                }
            }
        }
    }

    /// Adds to `sums` the rows of a token's spikes, in ascending order of input.
    func add(_ spikes: SpikeMap, frame: Int, token: Int, firstRow: Int = 0, to sums: inout [Double], at offset: Int) {
        addRowsOfSpikes(
            weights: values, firstRow: firstRow, rowLength: stride,
            spikes: spikes.words, firstWord: spikes.wordIndex(frame: frame, token: token), wordCount: spikes.wordsPerToken,
            sums: &sums, sumsOffset: offset)
    }
}

extension [Double] {
    /// The values, followed by zeros up to whole lanes.
    var paddedWithZeros: [Double] {
        self + Array(repeating: 0, count: paddedToLanes(count) - count)
    }
}
