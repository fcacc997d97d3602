/// One line of a layer's outputs: a weight line for each input, one after the other, then a line of zeros; and a line of biases.
package struct WeightTile {
    package var rows: UnsafeRawPointer
    package var bias: UnsafeRawPointer
    /// Wide lanes add up in finer units than those of currents: a line of places that each sum is shifted right by at its end, and behind it a
    /// line with as many ones. The bias has what rounds to the nearest. Narrow lanes do not read it.
    package var places: UnsafeRawPointer
    /// So many rows and the bias can be added in any order without the sum leaving the lanes, whichever rows they are.
    package var safeCount: Int
    /// Bit i is set where lane i is an output; the other lanes are padding and hold zeros.
    package var lanes: UInt32

    package init(rows: UnsafeRawPointer, bias: UnsafeRawPointer, places: UnsafeRawPointer, safeCount: Int, lanes: UInt32) {
        self.rows = rows
        self.bias = bias
        self.places = places
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
            rows: first.rows + index * stride, bias: first.bias + index << 6, places: first.places + index << 7,
            safeCount: first.safeCount,
            lanes: index == count - 1 ? lastLanes : .max)
    }
}
