/// A row of the head that is added `1 << shift` times: one bit of a channel's number of spikes.
package struct ShiftedRow: BitwiseCopyable {
    package var row: UInt32
    package var shift: UInt32

    package init(row: UInt32, shift: UInt32) {
        self.row = row
        self.shift = shift
    }
}
