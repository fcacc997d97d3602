internal import CLanes
internal import SpikeKernels

/// A width of lanes. Every operation is one of the header's, so that it becomes one instruction of the set this file is built for.
protocol Lanes {
    associatedtype Line
    /// Bits of a line's spikes.
    associatedtype Bits: FixedWidthInteger & UnsignedInteger
    associatedtype Weight: FixedWidthInteger

    static func load(_ line: UnsafeRawPointer) -> Line
    static func store(_ value: Line, _ line: UnsafeMutableRawPointer)
    static func broadcast(_ value: Int32) -> Line
    static func sum(_ a: Line, _ b: Line) -> Line
    /// The sum, cut off at the lanes' bounds where the lanes are narrow; wide lanes never reach theirs.
    static func boundedSum(_ a: Line, _ b: Line) -> Line
    static func difference(_ a: Line, _ b: Line) -> Line
    static func both(_ a: Line, _ b: Line) -> Line
    static func either(_ a: Line, _ b: Line) -> Line
    static func shiftedRight(_ a: Line, _ count: Int32) -> Line
    static func atLeast(_ a: Line, _ b: Line) -> UInt32
    static func clearedWhere(_ a: Line, _ set: UInt32) -> Line
    static func sumWhere(_ a: Line, _ b: Line, _ set: UInt32) -> Line
    /// Cuts off a current at the quarter of the lanes' range on either side; wide lanes hold it already.
    static func limited(_ a: Line) -> Line
    /// Cuts off a sum of rows at the largest number and its negative; wide lanes hold it already.
    static func saturated(_ a: Line) -> Line
    /// Cuts off a sum at `limit` and its negative; wide lanes hold it already.
    static func limited(_ a: Line, to limit: Int32) -> Line
    /// Bias and rows where their number exceeds ``WeightTile/safeCount``: added up in wider lanes, then cut off as by ``saturated(_:)``.
    static func sumWidely(_ tile: WeightTile, _ rows: UnsafePointer<UInt16>, _ count: Int) -> Line
}

enum Lanes16: Lanes {
    typealias Line = SIMD32<Int16>
    typealias Bits = UInt32
    typealias Weight = Int16

    @inline(__always) static func load(_ line: UnsafeRawPointer) -> Line { load16(line) }
    @inline(__always) static func store(_ value: Line, _ line: UnsafeMutableRawPointer) { store16(value, line) }
    @inline(__always) static func broadcast(_ value: Int32) -> Line { broadcast16(value) }
    @inline(__always) static func sum(_ a: Line, _ b: Line) -> Line { sum16(a, b) }
    @inline(__always) static func boundedSum(_ a: Line, _ b: Line) -> Line { saturatingSum16(a, b) }
    @inline(__always) static func difference(_ a: Line, _ b: Line) -> Line { difference16(a, b) }
    @inline(__always) static func both(_ a: Line, _ b: Line) -> Line { both16(a, b) }
    @inline(__always) static func either(_ a: Line, _ b: Line) -> Line { either16(a, b) }
    @inline(__always) static func shiftedRight(_ a: Line, _ count: Int32) -> Line { shiftedRight16(a, count) }
    @inline(__always) static func atLeast(_ a: Line, _ b: Line) -> UInt32 { atLeast16(a, b) }
    @inline(__always) static func clearedWhere(_ a: Line, _ set: UInt32) -> Line { clearedWhere16(a, set) }
    @inline(__always) static func sumWhere(_ a: Line, _ b: Line, _ set: UInt32) -> Line { sumWhere16(a, b, set) }
    @inline(__always) static func limited(_ a: Line) -> Line { clamped16(a, broadcast16(-16384), broadcast16(16383)) }
    @inline(__always)
    static func limited(_ a: Line, to limit: Int32) -> Line { clamped16(a, broadcast16(0 &- limit), broadcast16(limit)) }
    @inline(__always) static func saturated(_ a: Line) -> Line { clamped16(a, broadcast16(-32767), broadcast16(32767)) }

    static func sumWidely(_ tile: WeightTile, _ rows: UnsafePointer<UInt16>, _ count: Int) -> Line {
        let bias = load16(tile.bias)
        var low = lowWidened(bias)
        var high = highWidened(bias)
        var next = 0
        while next < count {
            let end = min(next + tile.safeCount, count)
            var part = broadcast16(0)
            while next < end {
                part = sum16(part, load16(tile.rows + Int(rows[next]) << 6))
                next += 1
            }
            low = sum32(low, lowWidened(part))
            high = sum32(high, highWidened(part))
        }
        let lowest = broadcast32(-32767)
        let highest = broadcast32(32767)
        return narrowed(clamped32(low, lowest, highest), clamped32(high, lowest, highest))
    }
}

enum Lanes32: Lanes {
    typealias Line = SIMD16<Int32>
    typealias Bits = UInt16
    typealias Weight = Int32

    @inline(__always) static func load(_ line: UnsafeRawPointer) -> Line { load32(line) }
    @inline(__always) static func store(_ value: Line, _ line: UnsafeMutableRawPointer) { store32(value, line) }
    @inline(__always) static func broadcast(_ value: Int32) -> Line { broadcast32(value) }
    @inline(__always) static func sum(_ a: Line, _ b: Line) -> Line { sum32(a, b) }
    @inline(__always) static func boundedSum(_ a: Line, _ b: Line) -> Line { sum32(a, b) }
    @inline(__always) static func difference(_ a: Line, _ b: Line) -> Line { difference32(a, b) }
    @inline(__always) static func both(_ a: Line, _ b: Line) -> Line { both32(a, b) }
    @inline(__always) static func either(_ a: Line, _ b: Line) -> Line { either32(a, b) }
    @inline(__always) static func shiftedRight(_ a: Line, _ count: Int32) -> Line { shiftedRight32(a, count) }
    @inline(__always) static func atLeast(_ a: Line, _ b: Line) -> UInt32 { atLeast32(a, b) }
    @inline(__always) static func clearedWhere(_ a: Line, _ set: UInt32) -> Line { clearedWhere32(a, set) }
    @inline(__always) static func sumWhere(_ a: Line, _ b: Line, _ set: UInt32) -> Line { sumWhere32(a, b, set) }
    @inline(__always) static func limited(_ a: Line) -> Line { a }
    @inline(__always) static func limited(_ a: Line, to limit: Int32) -> Line { a }
    @inline(__always) static func saturated(_ a: Line) -> Line { a }
    @inline(__always)
    static func sumWidely(_ tile: WeightTile, _ rows: UnsafePointer<UInt16>, _ count: Int) -> Line {
        sumRows(Lanes32.self, tile, rows, count)
    }
}
