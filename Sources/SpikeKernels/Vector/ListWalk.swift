internal import CLanes
internal import SpikeKernels

/// The lists of frames, one after the other.
struct FrameWalk {
    private let rows: UnsafePointer<UInt16>
    private var starts: UnsafePointer<UInt32>

    @inline(__always)
    init(_ lists: RowLists) {
        rows = UnsafePointer(lists.rows)
        starts = UnsafePointer(lists.starts)
    }

    @inline(__always)
    mutating func next() -> (rows: UnsafePointer<UInt16>, pairs: Int) {
        let first = Int(truncatingIfNeeded: starts[0])
        let pairs = Int(truncatingIfNeeded: starts[1]) - first
        starts += 1
        return (rows + 2 * first, pairs)
    }
}

/// The lists of four frames.
struct FourLists {
    let first: UnsafePointer<UInt16>
    let second: UnsafePointer<UInt16>
    let third: UnsafePointer<UInt16>
    let fourth: UnsafePointer<UInt16>
    /// Pairs of each.
    let counts: (Int, Int, Int, Int)

    @inline(__always)
    init(_ frames: inout FrameWalk) {
        let (first, second, third, fourth) = (frames.next(), frames.next(), frames.next(), frames.next())
        (self.first, self.second, self.third, self.fourth) = (first.rows, second.rows, third.rows, fourth.rows)
        counts = (first.pairs, second.pairs, third.pairs, fourth.pairs)
    }

    @inline(__always)
    var shortest: Int { min(min(counts.0, counts.1), min(counts.2, counts.3)) }
    @inline(__always)
    var longest: Int { max(max(counts.0, counts.1), max(counts.2, counts.3)) }
}

/// Fetches memory into the second cache, a part at a time.
struct Prefetch {
    private var line: UnsafeRawPointer?
    private var left: Int
    private let linesPerPart: Int

    @inline(__always)
    init(_ memory: UnsafeRawBufferPointer, parts: Int) {
        line = memory.baseAddress
        left = memory.count >> 6
        linesPerPart = (left + parts - 1) / max(parts, 1)
    }

    @inline(__always)
    mutating func advance() {
        guard var next = line else { return }
        for _ in 0..<min(linesPerPart, left) {
            prefetch(next)
            next += 64
            left -= 1
        }
        line = next
    }
}
