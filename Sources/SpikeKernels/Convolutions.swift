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
