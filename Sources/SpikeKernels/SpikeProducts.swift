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
