/// For each frame (one token at one time step) the weight rows that its spikes add, in pairs: frame `f` owns the pairs
/// `starts[f]..<starts[f + 1]`. An odd list is filled up with a row of zeros, the one behind the last input's.
package struct RowLists {
    /// Numbers of rows, shifted left by ``shift``.
    package var rows: UnsafeMutablePointer<UInt16>
    package var starts: UnsafeMutablePointer<UInt32>
    /// Where convolutions list the spikes of single positions, which several windows have in common.
    package var positions: PositionLists
    /// The row of zeros.
    package var zeroRow: Int
    /// 3 where all rows' numbers leave room for it: a list then says where a row's line is in units of eight bytes, which is an address without more
    /// arithmetic. 0 otherwise.
    package let shift: Int

    package init(
        rows: UnsafeMutablePointer<UInt16>, starts: UnsafeMutablePointer<UInt32>, positions: PositionLists, zeroRow: Int
    ) {
        self.rows = rows
        self.starts = starts
        self.positions = positions
        self.zeroRow = zeroRow
        shift = zeroRow >> 13 == 0 ? 3 : 0
    }

    /// Rows of room that a list needs behind its last one.
    package static let slack = 32

    /// Rows that a list of a frame with so many spikes takes up.
    package static func rows(spikes: Int) -> Int { (spikes + 1) / 2 * 2 }
}

/// The channels that spike at single positions: list `i`, of one source's frame, is `channels[starts[i]..<starts[i + 1]]`.
package struct PositionLists {
    package var channels: UnsafeMutablePointer<UInt16>
    package var starts: UnsafeMutablePointer<UInt32>

    package init(channels: UnsafeMutablePointer<UInt16>, starts: UnsafeMutablePointer<UInt32>) {
        self.channels = channels
        self.starts = starts
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
