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
