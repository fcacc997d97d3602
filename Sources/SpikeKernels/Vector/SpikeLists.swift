package import SpikeKernels

/// Writes the rows of a frame's spikes, ascending, and says how many there are.
///
/// Four rows go into one word, and those beyond the last spike are overwritten later: a branch for every spike would be mispredicted at
/// the end of every word. ``RowLists/slack`` rows of room are needed behind the last one.
@inline(__always)
func listFrame(_ words: UnsafeRawPointer, _ wordCount: Int, _ firstRow: Int, _ rows: UnsafeMutablePointer<UInt16>) -> Int {
    var next = UnsafeMutableRawPointer(rows)
    // Four times the row of the word's first channel, 16 bits apart. It may be negative where no spike comes before row 0: the sum of both
    // words has the right fields all the same. What overflows a field comes from beyond the last spike.
    var first = UInt64(truncatingIfNeeded: firstRow)
    first &+= first << 16
    first &+= first << 32
    for word in 0..<wordCount {
        var bits = words.load(fromByteOffset: word << 3, as: UInt64.self)
        let end = next + bits.nonzeroBitCount << 1
        while next < end {
            var four: UInt64 = 0
            for field: UInt64 in 0..<4 {
                four |= UInt64(truncatingIfNeeded: bits.trailingZeroBitCount) << (field << 4)
                bits &= bits &- 1
            }
            next.storeBytes(of: four &+ first, as: UInt64.self)
            next += 8
        }
        next = end
        first &+= 0x0040_0040_0040_0040
    }
    return (next - UnsafeMutableRawPointer(rows)) >> 1
}

/// Fills a frame's list up to whole groups of four, and says how many rows it has then.
@inline(__always)
func fillGroups(_ rows: UnsafeMutablePointer<UInt16>, _ count: Int, zeroRow: Int) -> Int {
    let row = UInt16(truncatingIfNeeded: zeroRow)
    rows[count] = row
    rows[count + 1] = row
    rows[count + 2] = row
    return (count + 3) & ~3
}

package func listSpikes(
    _ sources: UnsafePointer<SpikeSource>, _ sourceCount: Int, _ extent: Extent, _ lists: RowLists, _ counts: UnsafeMutablePointer<Int>
) {
    var used = 0
    var frame = 0
    lists.starts[0] = 0
    for _ in 0..<extent.tokens {
        for step in 0..<extent.steps {
            let rows = lists.rows + used
            var listed = 0
            for index in 0..<sourceCount {
                let source = sources[index]
                let count = listFrame(source.words + frame * source.stride, source.wordCount, source.firstRow, rows + listed)
                counts[index * extent.steps + step] += count
                listed += count
            }
            used += fillGroups(rows, listed, zeroRow: lists.zeroRow)
            frame += 1
            lists.starts[frame] = UInt32(truncatingIfNeeded: used >> 2)
        }
    }
}

package func listConvolution(
    _ source: SpikeSource, _ geometry: ConvolutionGeometry, _ firstToken: Int, _ extent: Extent, _ lists: RowLists,
    _ counts: UnsafeMutablePointer<Int>
) {
    var used = 0
    var frame = 0
    lists.starts[0] = 0
    for token in firstToken..<firstToken + extent.tokens {
        let top = token / geometry.outputSide * geometry.stride - geometry.padding
        let left = token % geometry.outputSide * geometry.stride - geometry.padding
        for step in 0..<extent.steps {
            let rows = lists.rows + used
            var listed = 0
            for tap in 0..<geometry.kernel * geometry.kernel {
                let row = top + tap / geometry.kernel
                let column = left + tap % geometry.kernel
                if row < 0 || row >= geometry.inputSide || column < 0 || column >= geometry.inputSide { continue }
                let input = (row * geometry.inputSide + column) * extent.steps + step
                listed += listFrame(
                    source.words + input * source.stride, source.wordCount, source.firstRow + tap * geometry.inputs, rows + listed)
            }
            counts[step] += listed
            used += fillGroups(rows, listed, zeroRow: lists.zeroRow)
            frame += 1
            lists.starts[frame] = UInt32(truncatingIfNeeded: used >> 2)
        }
    }
}
