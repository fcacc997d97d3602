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
