/// Frames are ordered by token, then by time step.
package struct Extent {
    package var tokens: Int
    package var steps: Int

    package init(tokens: Int, steps: Int) {
        self.tokens = tokens
        self.steps = steps
    }
}

/// Where a tile's spikes stand: a line's lanes are that many bits in the frame's words, lane 0 in the lowest bit.
package struct SpikePlace {
    /// The tile's bits of the first frame.
    package var bits: UnsafeMutableRawPointer
    /// Bytes from one frame to the next.
    package var stride: Int

    package init(bits: UnsafeMutableRawPointer, stride: Int) {
        self.bits = bits
        self.stride = stride
    }

    /// The place of a tile behind this one.
    @inline(__always)
    package func tile(_ index: Int, lanes: Int) -> SpikePlace { SpikePlace(bits: bits + index * lanes / 8, stride: stride) }
}

/// Input currents of a tile: lines in the order of frames, or one line a token where they are the same at every time step.
package struct CurrentLines {
    package var lines: UnsafeRawPointer
    package var steps: Int
    /// Bytes to the next tile's.
    package var tileStride: Int

    package init(lines: UnsafeRawPointer, steps: Int, tileStride: Int = 0) {
        self.lines = lines
        self.steps = steps
        self.tileStride = tileStride
    }

    /// The currents of a tile behind this one.
    @inline(__always)
    package func tile(_ index: Int) -> CurrentLines {
        CurrentLines(lines: lines + index * tileStride, steps: steps, tileStride: tileStride)
    }
}
