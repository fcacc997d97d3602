package import SpikeKernels

/// Writes the rows of a frame's spikes, ascending, and says how many there are.
@inline(__always)
func listFrame(_ words: UnsafeRawPointer, _ wordCount: Int, _ firstRow: Int, _ rows: UnsafeMutablePointer<UInt16>) -> Int {
    var next = rows
    var first = firstRow
    for word in 0..<wordCount {
        var bits = words.load(fromByteOffset: word * 8, as: UInt64.self)
        while bits != 0 {
            next.pointee = UInt16(truncatingIfNeeded: first + bits.trailingZeroBitCount)
            next += 1
            bits &= bits &- 1
        }
        first += 64
    }
    return next - rows
}

package func listSpikes(
    _ sources: UnsafePointer<SpikeSource>, _ sourceCount: Int, _ extent: Extent, _ rows: UnsafeMutablePointer<UInt16>,
    _ starts: UnsafeMutablePointer<UInt32>, _ counts: UnsafeMutablePointer<Int>
) {
    var used = 0
    var frame = 0
    starts[0] = 0
    for _ in 0..<extent.tokens {
        for step in 0..<extent.steps {
            for index in 0..<sourceCount {
                let source = sources[index]
                let count = listFrame(source.words + frame * source.stride, source.wordCount, source.firstRow, rows + used)
                counts[index * extent.steps + step] += count
                used += count
            }
            frame += 1
            starts[frame] = UInt32(truncatingIfNeeded: used)
        }
    }
}

package func listConvolution(
    _ source: SpikeSource, _ geometry: ConvolutionGeometry, _ firstToken: Int, _ extent: Extent, _ rows: UnsafeMutablePointer<UInt16>,
    _ starts: UnsafeMutablePointer<UInt32>, _ counts: UnsafeMutablePointer<Int>
) {
    var used = 0
    var frame = 0
    starts[0] = 0
    for token in firstToken..<firstToken + extent.tokens {
        let top = token / geometry.outputSide * geometry.stride - geometry.padding
        let left = token % geometry.outputSide * geometry.stride - geometry.padding
        for step in 0..<extent.steps {
            let before = used
            for tap in 0..<geometry.kernel * geometry.kernel {
                let row = top + tap / geometry.kernel
                let column = left + tap % geometry.kernel
                if row < 0 || row >= geometry.inputSide || column < 0 || column >= geometry.inputSide { continue }
                let input = (row * geometry.inputSide + column) * extent.steps + step
                used += listFrame(
                    source.words + input * source.stride, source.wordCount, source.firstRow + tap * geometry.inputs, rows + used)
            }
            counts[step] += used - before
            frame += 1
            starts[frame] = UInt32(truncatingIfNeeded: used)
        }
    }
}
