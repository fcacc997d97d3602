/// A layer's outputs in one tile or several side by side: for each input as many weight lines as there are tiles, one input after the other, then as
/// many lines of zeros; and a line of biases for each tile.
package struct WeightTile {
    package var rows: UnsafeRawPointer
    package var bias: UnsafeRawPointer
    /// So many rows and the bias can be added in any order without the sum leaving the lanes, whichever rows they are.
    package var safeCount: Int
    /// The same of rows alone: four at least.
    package var partCount: Int
    /// Bit i is set where lane i of the last tile is an output; the other lanes are padding and hold zeros. All lanes of other tiles are outputs.
    package var lanes: UInt32
    /// Tiles: 1, 2 or 4.
    package var width: Int
    /// Binary logarithm of the bytes from one input's lines to the next one's.
    package var rowShift: Int
    /// Bytes from one tile's currents to the next one's, where kernels write or keep some.
    package var currentStride: Int

    package init(
        rows: UnsafeRawPointer, bias: UnsafeRawPointer, safeCount: Int, partCount: Int, lanes: UInt32, width: Int = 1, rowShift: Int = 6,
        currentStride: Int = 0
    ) {
        self.rows = rows
        self.bias = bias
        self.safeCount = safeCount
        self.partCount = partCount
        self.lanes = lanes
        self.width = width
        self.rowShift = rowShift
        self.currentStride = currentStride
    }

    /// One of the tiles by itself.
    @inline(__always)
    package func tile(_ index: Int) -> WeightTile {
        var tile = self
        tile.rows += index << 6
        tile.bias += index << 6
        tile.width = 1
        if index < width - 1 { tile.lanes = .max }
        return tile
    }
}
