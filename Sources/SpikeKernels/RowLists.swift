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
