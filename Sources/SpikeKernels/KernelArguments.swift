/// For each frame (one token at one time step) the weight rows that its spikes add, in groups of four: frame `f` owns the groups
/// `starts[f]..<starts[f + 1]`. What is missing to whole groups is filled up with a row of zeros, the one behind the last input's.
package struct RowLists {
    package var rows: UnsafeMutablePointer<UInt16>
    package var starts: UnsafeMutablePointer<UInt32>
    /// The row of zeros.
    package var zeroRow: Int

    package init(
        rows: UnsafeMutablePointer<UInt16>, starts: UnsafeMutablePointer<UInt32>, zeroRow: Int
    ) {
        self.rows = rows
        self.starts = starts
        self.zeroRow = zeroRow
    }

    /// Rows of room that a list needs behind its last one.
    package static let slack = 32

    /// Rows that a list of a frame with so many spikes takes up.
    package static func rows(spikes: Int) -> Int { (spikes + 3) / 4 * 4 }
}

/// One line of a layer's outputs: a weight line for each input, one after the other, then a line of zeros; and a line of biases.
package struct WeightTile {
    package var rows: UnsafeRawPointer
    package var bias: UnsafeRawPointer
    /// So many rows and the bias can be added in any order without the sum leaving the lanes, whichever rows they are.
    package var safeCount: Int
    /// Bit i is set where lane i is an output; the other lanes are padding and hold zeros.
    package var lanes: UInt32

    package init(rows: UnsafeRawPointer, bias: UnsafeRawPointer, safeCount: Int, lanes: UInt32) {
        self.rows = rows
        self.bias = bias
        self.safeCount = safeCount
        self.lanes = lanes
    }
}

/// Frames are ordered by token, then by time step.
package struct Extent {
    package var tokens: Int
    package var steps: Int

    package init(tokens: Int, steps: Int) {
        self.tokens = tokens
        self.steps = steps
    }
}

/// Where a tile's spikes stand: a line's lanes are that many bits in the frame's words, lane 0 in the lowest bit.
package struct SpikePlace {
    /// The tile's bits of the first frame.
    package var bits: UnsafeMutableRawPointer
    /// Bytes from one frame to the next.
    package var stride: Int

    package init(bits: UnsafeMutableRawPointer, stride: Int) {
        self.bits = bits
        self.stride = stride
    }
}

/// Input currents of a tile: lines in the order of frames, or one line a token where they are the same at every time step.
package struct CurrentLines {
    package var lines: UnsafeRawPointer
    package var steps: Int

    package init(lines: UnsafeRawPointer, steps: Int) {
        self.lines = lines
        self.steps = steps
    }

    @inline(__always)
    package func line(token: Int, step: Int) -> UnsafeRawPointer {
        lines + (token * steps + min(step, steps - 1)) << 6
    }
}

/// The neurons of one token in a hidden layer, whose batch normalisation has a scale of the token's own: the neuron is divided by it.
package struct TokenThreshold: BitwiseCopyable {
    /// Added to the token's sums.
    package var offset: Int32
    package var threshold: Int32
    /// The token's sums are shifted right by so much, so that small scales fit the lanes.
    package var shift: Int32
    /// -1 for a negative scale, which turns the comparison round; else 0.
    package var turned: Int32
    /// 0 for a scale of 0, where no spike reaches the neuron; else -1.
    package var gate: Int32

    package init(offset: Int32, threshold: Int32, shift: Int32, turned: Int32, gate: Int32) {
        self.offset = offset
        self.threshold = threshold
        self.shift = shift
        self.turned = turned
        self.gate = gate
    }
}

/// A token's scale as a short sum of shifted terms of the sum `z`, first shifted left by `raise`:
/// `offset + sum of (z >> shift) - sum of (z >> shift)`.
package struct TokenScale: BitwiseCopyable {
    package var offset: Int32
    /// Narrow lanes cut off the sum `z` at this number and its negative, so that the terms cannot leave the lanes.
    package var limit: Int32
    package var raise: Int32
    /// Index of its first shift; those that are added come before those that are subtracted.
    package var firstTerm: Int32
    package var addedTerms: Int32
    package var subtractedTerms: Int32

    package init(offset: Int32, limit: Int32, raise: Int32, firstTerm: Int32, addedTerms: Int32, subtractedTerms: Int32) {
        self.offset = offset
        self.limit = limit
        self.raise = raise
        self.firstTerm = firstTerm
        self.addedTerms = addedTerms
        self.subtractedTerms = subtractedTerms
    }
}

/// One axis of token mixing.
package struct MixingAxis {
    package var side: Int
    /// Tokens from one place on the mixed axis to the next.
    package var indexStride: Int
    /// Tokens from one line to the next.
    package var lineStride: Int
    /// `[side outputs][side inputs]`, lanes' width each.
    package var weights: UnsafeRawPointer
    /// `[side]` each, Int32.
    package var biases: UnsafePointer<Int32>
    package var thresholds: UnsafePointer<Int32>
    /// `side * steps` words to work in.
    package var scratch: UnsafeMutablePointer<UInt32>

    package init(
        side: Int, indexStride: Int, lineStride: Int, weights: UnsafeRawPointer, biases: UnsafePointer<Int32>,
        thresholds: UnsafePointer<Int32>, scratch: UnsafeMutablePointer<UInt32>
    ) {
        self.side = side
        self.indexStride = indexStride
        self.lineStride = lineStride
        self.weights = weights
        self.biases = biases
        self.thresholds = thresholds
        self.scratch = scratch
    }
}

/// Spikes of consecutive frames that are to be listed as rows.
package struct SpikeSource: BitwiseCopyable {
    /// Words of the first frame.
    package var words: UnsafeRawPointer
    /// Bytes from one frame to the next.
    package var stride: Int
    package var wordCount: Int
    /// The row of channel 0.
    package var firstRow: Int

    package init(words: UnsafeRawPointer, stride: Int, wordCount: Int, firstRow: Int) {
        self.words = words
        self.stride = stride
        self.wordCount = wordCount
        self.firstRow = firstRow
    }
}

/// The geometry of a convolution of spikes.
package struct ConvolutionGeometry {
    package var kernel: Int
    package var stride: Int
    package var padding: Int
    package var inputSide: Int
    package var outputSide: Int
    /// Rows from one tap to the next.
    package var inputs: Int

    package init(kernel: Int, stride: Int, padding: Int, inputSide: Int, outputSide: Int, inputs: Int) {
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.inputSide = inputSide
        self.outputSide = outputSide
        self.inputs = inputs
    }
}

/// The first convolution: kernel and stride are one patch.
package struct PatchGeometry {
    package var imageSize: Int
    package var patchSize: Int

    package init(imageSize: Int, patchSize: Int) {
        self.imageSize = imageSize
        self.patchSize = patchSize
    }

    package var side: Int { imageSize / patchSize }
}
