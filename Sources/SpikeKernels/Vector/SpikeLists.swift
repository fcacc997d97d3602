internal import CLanes
package import SpikeKernels

/// Writes the rows of a frame's spikes, ascending, and says how many there are.
///
/// A branch for every spike would be mispredicted at the end of every word: several rows are written at once, and those beyond the last
/// spike overwritten later. ``RowLists/slack`` rows of room are needed behind the last one.
@inline(__always)
func listFrame(
    _ words: UnsafeRawPointer, _ wordCount: Int, _ firstRow: Int, _ shift: Int, _ rows: UnsafeMutablePointer<UInt16>
) -> Int {
    var next = rows
    let shift = Int32(truncatingIfNeeded: shift)
    var first = Int32(truncatingIfNeeded: firstRow) << shift
    for word in 0..<wordCount {
        let bits = words.load(fromByteOffset: word << 3, as: UInt64.self)
        listPlaces(bits, first, shift, next)
        next += bits.nonzeroBitCount
        first &+= 64 << shift
    }
    return next - rows
}

/// Fills a frame's list up to whole pairs, and says how many rows it has then.
@inline(__always)
func fillPairs(_ rows: UnsafeMutablePointer<UInt16>, _ count: Int, _ lists: RowLists) -> Int {
    rows[count] = UInt16(truncatingIfNeeded: lists.zeroRow << lists.shift)
    return (count + 1) & ~1
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
                let count = listFrame(source.words + frame * source.stride, source.wordCount, source.firstRow, lists.shift, rows + listed)
                counts[index * extent.steps + step] += count
                listed += count
            }
            used += fillPairs(rows, listed, lists)
            frame += 1
            lists.starts[frame] = UInt32(truncatingIfNeeded: used >> 1)
        }
    }
}

package func listConvolution(
    _ sources: UnsafePointer<SpikeSource>, _ sourceCount: Int, _ window: GridWindow, _ inputs: Int, _ firstToken: Int, _ extent: Extent,
    _ lists: RowLists, _ counts: UnsafeMutablePointer<Int>
) {
    let frames = FrameLists(sources, sourceCount, window, firstToken, extent, lists)
    var used = 0
    var frame = 0
    lists.starts[0] = 0
    for token in firstToken..<firstToken + extent.tokens {
        for step in 0..<extent.steps {
            let rows = lists.rows + used
            var listed = 0
            for index in 0..<sourceCount {
                let before = listed
                window.forEachInput(output: token) { input, tap in
                    listed += frames.list(source: index, frame: input * extent.steps + step, raisedBy: tap * inputs, rows + listed)
                }
                counts[index * extent.steps + step] += listed - before
            }
            used += fillPairs(rows, listed, lists)
            frame += 1
            lists.starts[frame] = UInt32(truncatingIfNeeded: used >> 1)
        }
    }
}

/// Lists of the frames below windows. Where windows overlap, each position is listed once, and its list copied for each window with what the tap adds.
private struct FrameLists {
    private let sources: UnsafePointer<SpikeSource>
    private let shift: Int
    private let channels: UnsafePointer<UInt16>
    private let starts: UnsafePointer<UInt32>
    /// Frames from the first that is listed on, and their number; none where positions are not listed.
    private let firstFrame: Int
    private let frames: Int

    @inline(__always)
    init(
        _ sources: UnsafePointer<SpikeSource>, _ sourceCount: Int, _ window: GridWindow, _ firstToken: Int, _ extent: Extent,
        _ lists: RowLists
    ) {
        self.sources = sources
        shift = lists.shift
        channels = UnsafePointer(lists.positions.channels)
        starts = UnsafePointer(lists.positions.starts)
        let rows = window.inputRows(outputs: firstToken..<firstToken + extent.tokens)
        firstFrame = rows.lowerBound * window.inputWidth * extent.steps
        frames = window.overlaps ? rows.count * window.inputWidth * extent.steps : 0
        var (list, used) = (0, 0)
        lists.positions.starts[0] = 0
        for index in 0..<sourceCount {
            let source = sources[index]
            for frame in firstFrame..<firstFrame + frames {
                used += listFrame(
                    source.words + frame * source.stride, source.wordCount, source.firstRow, shift, lists.positions.channels + used)
                list += 1
                lists.positions.starts[list] = UInt32(truncatingIfNeeded: used)
            }
        }
    }

    @inline(__always)
    func list(source: Int, frame: Int, raisedBy raise: Int, _ rows: UnsafeMutablePointer<UInt16>) -> Int {
        guard frames > 0 else {
            let source = sources[source]
            return listFrame(source.words + frame * source.stride, source.wordCount, source.firstRow + raise, shift, rows)
        }
        let place = starts + (source * frames + frame - firstFrame)
        let first = Int(truncatingIfNeeded: place[0])
        let count = Int(truncatingIfNeeded: place[1]) - first
        copyRaised(channels + first, count, UInt16(truncatingIfNeeded: raise << shift), rows)
        return count
    }
}

/// Copies numbers, each raised modulo 2^16; up to 31 behind the last one are read and overwritten.
@inline(__always)
private func copyRaised(_ source: UnsafePointer<UInt16>, _ count: Int, _ raise: UInt16, _ target: UnsafeMutablePointer<UInt16>) {
    let raises = SIMD32(repeating: raise)
    for first in stride(from: 0, to: count, by: 32) {
        let line = UnsafeRawPointer(source + first).loadUnaligned(as: SIMD32<UInt16>.self)
        UnsafeMutableRawPointer(target + first).storeBytes(of: line &+ raises, as: SIMD32<UInt16>.self)
    }
}
