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

/// Consecutive tiles of a layer, for which lists are walked once. Their biases, and all lines that belong to outputs, stand one behind the other.
package struct WeightTiles {
    package var first: WeightTile
    package var count: Int
    /// Bytes from one tile's rows to the next one's.
    package var stride: Int
    /// Bytes from one tile's currents to the next one's.
    package var currentStride: Int
    /// Of the last tile; those before are full.
    package var lastLanes: UInt32

    package init(first: WeightTile, count: Int = 1, stride: Int = 0, currentStride: Int = 0, lastLanes: UInt32) {
        self.first = first
        self.count = count
        self.stride = stride
        self.currentStride = currentStride
        self.lastLanes = lastLanes
    }

    @inline(__always)
    package func tile(_ index: Int) -> WeightTile {
        WeightTile(
            rows: first.rows + index * stride, bias: first.bias + index << 6, safeCount: first.safeCount,
            lanes: index == count - 1 ? lastLanes : .max)
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

    /// The place of a tile behind this one.
    @inline(__always)
    package func tile(_ index: Int, lanes: Int) -> SpikePlace { SpikePlace(bits: bits + index * lanes / 8, stride: stride) }
}

/// Input currents of a tile: lines in the order of frames, or one line a token where they are the same at every time step.
package struct CurrentLines {
    package var lines: UnsafeRawPointer
    package var steps: Int
    /// Bytes to the next tile's.
    package var tileStride: Int

    package init(lines: UnsafeRawPointer, steps: Int, tileStride: Int = 0) {
        self.lines = lines
        self.steps = steps
        self.tileStride = tileStride
    }

    /// The currents of a tile behind this one.
    @inline(__always)
    package func tile(_ index: Int) -> CurrentLines {
        CurrentLines(lines: lines + index * tileStride, steps: steps, tileStride: tileStride)
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
    /// What else reaches the neuron is shifted right by so much, and so is its threshold.
    package var drop: Int32
    /// Index of its first shift; those that are added come before those that are subtracted.
    package var firstTerm: Int32
    package var addedTerms: Int32
    package var subtractedTerms: Int32

    package init(
        offset: Int32, limit: Int32, raise: Int32, drop: Int32 = 0, firstTerm: Int32, addedTerms: Int32, subtractedTerms: Int32
    ) {
        self.offset = offset
        self.limit = limit
        self.raise = raise
        self.drop = drop
        self.firstTerm = firstTerm
        self.addedTerms = addedTerms
        self.subtractedTerms = subtractedTerms
    }
}

/// One axis of token mixing.
package struct MixingAxis {
    /// Places along the axis.
    package var side: Int
    /// Lines of the grid along the axis.
    package var lines: Int
    /// Tokens from one place on the mixed axis to the next.
    package var indexStride: Int
    /// Tokens from one line to the next.
    package var lineStride: Int
    /// `[side outputs][side inputs]`, lanes' width each.
    package var weights: UnsafeRawPointer
    /// `[side]` each, Int32.
    package var biases: UnsafePointer<Int32>
    /// Not read where currents are asked for.
    package var thresholds: UnsafePointer<Int32>
    /// `side * steps` words to work in.
    package var scratch: UnsafeMutablePointer<UInt32>

    package init(
        side: Int, lines: Int, indexStride: Int, lineStride: Int, weights: UnsafeRawPointer, biases: UnsafePointer<Int32>,
        thresholds: UnsafePointer<Int32>, scratch: UnsafeMutablePointer<UInt32>
    ) {
        self.side = side
        self.lines = lines
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

/// A window that moves over a grid.
package struct GridWindow: Sendable, Hashable {
    package var inputHeight: Int
    package var inputWidth: Int
    package var outputHeight: Int
    package var outputWidth: Int
    package var kernelHeight: Int
    package var kernelWidth: Int
    package var strideHeight: Int
    package var strideWidth: Int
    package var paddingHeight: Int
    package var paddingWidth: Int
    package var dilationHeight: Int
    package var dilationWidth: Int

    package init(
        inputHeight: Int, inputWidth: Int, outputHeight: Int, outputWidth: Int, kernelHeight: Int, kernelWidth: Int, strideHeight: Int,
        strideWidth: Int, paddingHeight: Int, paddingWidth: Int, dilationHeight: Int = 1, dilationWidth: Int = 1
    ) {
        self.inputHeight = inputHeight
        self.inputWidth = inputWidth
        self.outputHeight = outputHeight
        self.outputWidth = outputWidth
        self.kernelHeight = kernelHeight
        self.kernelWidth = kernelWidth
        self.strideHeight = strideHeight
        self.strideWidth = strideWidth
        self.paddingHeight = paddingHeight
        self.paddingWidth = paddingWidth
        self.dilationHeight = dilationHeight
        self.dilationWidth = dilationWidth
    }

    package var outputs: Int { outputHeight * outputWidth }
    package var taps: Int { kernelHeight * kernelWidth }

    /// The input position below a tap of the window at an output position, or -1 in the padding.
    @inline(__always)
    package func input(output: Int, tap: Int) -> Int {
        let row = output / outputWidth * strideHeight - paddingHeight + tap / kernelWidth * dilationHeight
        let column = output % outputWidth * strideWidth - paddingWidth + tap % kernelWidth * dilationWidth
        if row < 0 || row >= inputHeight || column < 0 || column >= inputWidth { return -1 }
        return row * inputWidth + column
    }
}

/// Neurons of one line. Their potentials start at ``initial`` and follow `v <- leak(v) + current + offset`; currents are scaled so that
/// nothing is multiplied.
package struct NeuronTile {
    package var threshold: UnsafeRawPointer
    /// Lines, or nil for zeros.
    package var offset: UnsafeRawPointer?
    package var initial: UnsafeRawPointer?
    /// Lanes of -1 where the comparison is turned round, of 0 elsewhere; nil for zeros.
    package var turned: UnsafeRawPointer?
    /// What is left of a potential, as a sum of shifted terms.
    package var leak: UnsafePointer<LeakTerm>
    package var leakTerms: Int
    /// Whether a spike takes the threshold off the potential and does not set it to 0.
    package var isSoft: Bool
    /// Bit i is set where lane i is a neuron.
    package var lanes: UInt32

    package init(
        threshold: UnsafeRawPointer, offset: UnsafeRawPointer? = nil, initial: UnsafeRawPointer? = nil, turned: UnsafeRawPointer? = nil,
        leak: UnsafePointer<LeakTerm>, leakTerms: Int, isSoft: Bool, lanes: UInt32
    ) {
        self.threshold = threshold
        self.offset = offset
        self.initial = initial
        self.turned = turned
        self.leak = leak
        self.leakTerms = leakTerms
        self.isSoft = isSoft
        self.lanes = lanes
    }
}

/// `v >> shift`, added or subtracted.
package struct LeakTerm: BitwiseCopyable, Sendable, Hashable {
    package var shift: Int32
    package var isSubtracted: Bool

    package init(shift: Int32, isSubtracted: Bool = false) {
        self.shift = shift
        self.isSubtracted = isSubtracted
    }
}

/// The convolution that reads an image's bytes: taps by row, column and colour.
package struct PixelConvolution {
    package var window: GridWindow
    /// `[taps x 3]` lines of the weights' high part, and of their low 8 bits.
    package var high: UnsafeRawPointer
    package var low: UnsafeRawPointer
    package var bias: UnsafeRawPointer
    /// `[taps]` lines: what a tap gives to the bias, taken off where it lies in the padding.
    package var tapBias: UnsafeRawPointer

    package init(window: GridWindow, high: UnsafeRawPointer, low: UnsafeRawPointer, bias: UnsafeRawPointer, tapBias: UnsafeRawPointer) {
        self.window = window
        self.high = high
        self.low = low
        self.bias = bias
        self.tapBias = tapBias
    }
}

/// A convolution of currents, which multiplies: for one line of outputs.
package struct CurrentProducts {
    package var window: GridWindow
    package var inputs: Int
    /// The inputs' lines: `[tiles][positions, steps]`.
    package var currents: UnsafeRawPointer
    /// Bytes from one tile of inputs to the next.
    package var tileStride: Int
    /// Steps of the inputs: 1 where they are the same at every time step.
    package var inputSteps: Int
    /// `[taps][inputs]` lines of 16 outputs in 32 bits; for narrow lanes two of them, one behind the other.
    package var weights: UnsafeRawPointer
    /// Lines of 16 outputs in 32 bits, in the outputs' unit.
    package var bias: UnsafeRawPointer
    /// Places that sums are shifted right by.
    package var shift: Int32

    package init(
        window: GridWindow, inputs: Int, currents: UnsafeRawPointer, tileStride: Int, inputSteps: Int, weights: UnsafeRawPointer,
        bias: UnsafeRawPointer, shift: Int32
    ) {
        self.window = window
        self.inputs = inputs
        self.currents = currents
        self.tileStride = tileStride
        self.inputSteps = inputSteps
        self.weights = weights
        self.bias = bias
        self.shift = shift
    }
}

/// Spikes with spikes, summed over tokens: for the channels of one line, the channels of the heads that they belong to.
package struct SpikeProducts {
    package var query: SpikeSource
    package var key: SpikeSource
    /// The line's bits of the values.
    package var value: SpikePlace
    /// Channels that a head has.
    package var headChannels: Int
    /// The channels of the line's first and behind its last head.
    package var firstChannel: Int
    package var endChannel: Int
    /// The channel of lane 0.
    package var firstLane: Int
    /// What a product of three spikes counts.
    package var unit: Int32
    /// Lines for the channels from the first head's on, to work in.
    package var scratch: UnsafeMutableRawPointer

    package init(
        query: SpikeSource, key: SpikeSource, value: SpikePlace, headChannels: Int, firstChannel: Int, endChannel: Int, firstLane: Int,
        unit: Int32, scratch: UnsafeMutableRawPointer
    ) {
        self.query = query
        self.key = key
        self.value = value
        self.headChannels = headChannels
        self.firstChannel = firstChannel
        self.endChannel = endChannel
        self.firstLane = firstLane
        self.unit = unit
        self.scratch = scratch
    }

    /// The lanes of the head that a channel belongs to.
    @inline(__always)
    package func lanes(ofHeadOf channel: Int, count: Int) -> UInt32 {
        let head = channel / headChannels * headChannels
        let first = max(head - firstLane, 0)
        let end = min(head + headChannels - firstLane, count)
        if first >= end { return 0 }
        let below: UInt32 = end >= 32 ? .max : 1 << UInt32(truncatingIfNeeded: end) &- 1
        return below & ~(1 << UInt32(truncatingIfNeeded: first) &- 1)
    }
}
