import SpikeKernels

/// Spikes that tiles write into frames of several words, of which they own a line's bits each.
struct SpikeField {
    let memory: GuardedLines
    let place: SpikePlace

    init(_ pair: KernelPair, _ extent: Extent, tiles: Int = 1, _ random: inout TestRandom) {
        let stride = random.number((tiles * pair.lanes + 63) / 64...3) * 8
        let byte = random.number(0...stride / (pair.lanes / 8) - tiles) * pair.lanes / 8
        memory = GuardedLines(bytes: extent.tokens * extent.steps * stride, &random)
        place = SpikePlace(bits: memory.base + byte, stride: stride)
    }

    private init(_ memory: GuardedLines, offset: Int, stride: Int) {
        self.memory = memory
        place = SpikePlace(bits: memory.base + offset, stride: stride)
    }

    /// The same spikes in memory of their own.
    var copy: SpikeField {
        SpikeField(GuardedLines(copying: memory), offset: place.bits - memory.base, stride: place.stride)
    }

    /// Sets the tile's bits of all frames to random ones.
    func fill(rate: Double, lanes: Int, frames: Int, _ random: inout TestRandom) {
        for frame in 0..<frames {
            for byte in 0..<lanes / 8 {
                var bits: UInt8 = 0
                for bit in 0..<8 where random.chance(rate) { bits |= 1 << UInt8(bit) }
                place.bits.storeBytes(of: bits, toByteOffset: frame * place.stride + byte, as: UInt8.self)
            }
        }
    }

    /// How many spikes the tile has in all frames.
    func count(lanes: Int, frames: Int) -> Int {
        (0..<frames).reduce(0) { sum, frame in
            sum
                + (0..<lanes / 8).reduce(0) {
                    $0 + place.bits.load(fromByteOffset: frame * place.stride + $1, as: UInt8.self).nonzeroBitCount
                }
        }
    }
}
