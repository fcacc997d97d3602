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
