internal import CLanes
package import SpikeKernels

/// Writes the rows of a frame's spikes, ascending, and says how many there are.
///
/// A branch for every spike would be mispredicted at the end of every word: several rows are written at once, and those beyond the last
/// spike overwritten later. ``RowLists/slack`` rows of room are needed behind the last one.
@inline(__always)
func listFrame(_ words: UnsafeRawPointer, _ wordCount: Int, _ firstRow: Int, _ rows: UnsafeMutablePointer<UInt16>) -> Int {
    var next = rows
    var first = Int32(truncatingIfNeeded: firstRow)
    for word in 0..<wordCount {
        let bits = words.load(fromByteOffset: word << 3, as: UInt64.self)
        listPlaces(bits, first, next)
        next += bits.nonzeroBitCount
        first &+= 64
    }
    return next - rows
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
    _ sources: UnsafePointer<SpikeSource>, _ sourceCount: Int, _ window: GridWindow, _ inputs: Int, _ firstToken: Int, _ extent: Extent,
    _ lists: RowLists, _ counts: UnsafeMutablePointer<Int>
) {
    var used = 0
    var frame = 0
    lists.starts[0] = 0
    for token in firstToken..<firstToken + extent.tokens {
        let top = token / window.outputWidth * window.strideHeight - window.paddingHeight
        let left = token % window.outputWidth * window.strideWidth - window.paddingWidth
        for step in 0..<extent.steps {
            let rows = lists.rows + used
            var listed = 0
            for index in 0..<sourceCount {
                let source = sources[index]
                var firstRow = source.firstRow
                let before = listed
                for kernelRow in 0..<window.kernelHeight {
                    let row = top + kernelRow * window.dilationHeight
                    if row < 0 || row >= window.inputHeight {
                        firstRow += window.kernelWidth * inputs
                        continue
                    }
                    for kernelColumn in 0..<window.kernelWidth {
                        let column = left + kernelColumn * window.dilationWidth
                        if column >= 0 && column < window.inputWidth {
                            let input = (row * window.inputWidth + column) * extent.steps + step
                            listed += listFrame(source.words + input * source.stride, source.wordCount, firstRow, rows + listed)
                        }
                        firstRow += inputs
                    }
                }
                counts[index * extent.steps + step] += listed - before
            }
            used += fillGroups(rows, listed, zeroRow: lists.zeroRow)
            frame += 1
            lists.starts[frame] = UInt32(truncatingIfNeeded: used >> 2)
        }
    }
}
