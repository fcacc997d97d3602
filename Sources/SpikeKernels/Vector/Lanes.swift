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
    static func shiftedRightEach(_ a: Line, _ counts: Line) -> Line
    static func larger(_ a: Line, _ b: Line) -> Line
    static func atLeast(_ a: Line, _ b: Line) -> UInt32
    static func clearedWhere(_ a: Line, _ set: UInt32) -> Line
    static func sumWhere(_ a: Line, _ b: Line, _ set: UInt32) -> Line
    /// Cuts off a current of wide lanes at the quarter of their range on either side. Narrow ones are cut off where they are added up.
    static func cut(_ a: Line) -> Line
    /// Cuts off a potential at the quarter of the lanes' range on either side.
    static func halfCut(_ a: Line) -> Line
    /// A sum of lines in wider lanes.
    associatedtype Total
    static var noTotal: Total { get }
    static func total(_ sum: Total, _ a: Line) -> Total
    /// The total shifted right, cut off as a current.
    static func average(_ sum: Total, _ shift: Int32) -> Line
    /// Cuts off a sum at `limit` and its negative; wide lanes hold it already.
    static func limited(_ a: Line, to limit: Int32) -> Line
    /// Cuts off a sum at `limit` and its negative, whatever the lanes.
    static func bounded(_ a: Line, to limit: Int32) -> Line
    /// A sum of rows in a current's unit, see ``WeightTile/places``.
    static func current(_ sum: Line, _ places: Line) -> Line
    /// A sum of more rows than ``WeightTile/safeCount``.
    associatedtype Blocks: BlockSum where Blocks.Line == Line
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
    @inline(__always) static func shiftedRightEach(_ a: Line, _ counts: Line) -> Line { shiftedRightEach16(a, counts) }
    @inline(__always) static func larger(_ a: Line, _ b: Line) -> Line { larger16(a, b) }
    @inline(__always)
    static func bounded(_ a: Line, to limit: Int32) -> Line { clamped16(a, broadcast16(0 &- limit), broadcast16(limit)) }
    @inline(__always) static func atLeast(_ a: Line, _ b: Line) -> UInt32 { atLeast16(a, b) }
    @inline(__always) static func cut(_ a: Line) -> Line { a }
    @inline(__always) static func halfCut(_ a: Line) -> Line { clamped16(a, broadcast16(-16384), broadcast16(16383)) }
    @inline(__always) static func clearedWhere(_ a: Line, _ set: UInt32) -> Line { clearedWhere16(a, set) }
    @inline(__always) static func sumWhere(_ a: Line, _ b: Line, _ set: UInt32) -> Line { sumWhere16(a, b, set) }
    @inline(__always)
    static func limited(_ a: Line, to limit: Int32) -> Line { clamped16(a, broadcast16(0 &- limit), broadcast16(limit)) }

    @inline(__always) static var noTotal: WideSum { WideSum(broadcast16(0)) }
    @inline(__always)
    static func total(_ sum: WideSum, _ a: Line) -> WideSum {
        var sum = sum
        sum.add(a)
        return sum
    }
    @inline(__always) static func average(_ sum: WideSum, _ shift: Int32) -> Line { sum.average(shift) }

    @inline(__always) static func current(_ sum: Line, _ places: Line) -> Line { sum }
    typealias Blocks = NarrowBlocks
}

/// A sum of narrow lanes in wide ones.
struct WideSum {
    private var low: SIMD16<Int32>
    private var high: SIMD16<Int32>

    @inline(__always)
    init(_ start: SIMD32<Int16>) {
        low = lowWidened(start)
        high = highWidened(start)
    }

    @inline(__always)
    mutating func add(_ part: SIMD32<Int16>) {
        low = sum32(low, lowWidened(part))
        high = sum32(high, highWidened(part))
    }

    @inline(__always)
    func average(_ shift: Int32) -> SIMD32<Int16> {
        let lowest = broadcast32(-32768)
        let highest = broadcast32(32767)
        return narrowed(clamped32(shiftedRight32(low, shift), lowest, highest), clamped32(shiftedRight32(high, shift), lowest, highest))
    }

    /// Cut off at the narrow lanes' largest number and its negative.
    @inline(__always)
    var saturated: SIMD32<Int16> {
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
    @inline(__always) static func shiftedRightEach(_ a: Line, _ counts: Line) -> Line { shiftedRightEach32(a, counts) }
    @inline(__always) static func larger(_ a: Line, _ b: Line) -> Line { larger32(a, b) }
    @inline(__always)
    static func bounded(_ a: Line, to limit: Int32) -> Line { clamped32(a, broadcast32(0 &- limit), broadcast32(limit)) }
    @inline(__always) static func atLeast(_ a: Line, _ b: Line) -> UInt32 { atLeast32(a, b) }
    @inline(__always) static func cut(_ a: Line) -> Line { clamped32(a, broadcast32(-1_073_741_824), broadcast32(1_073_741_823)) }
    @inline(__always) static func halfCut(_ a: Line) -> Line { cut(a) }
    @inline(__always) static func clearedWhere(_ a: Line, _ set: UInt32) -> Line { clearedWhere32(a, set) }
    @inline(__always) static func sumWhere(_ a: Line, _ b: Line, _ set: UInt32) -> Line { sumWhere32(a, b, set) }
    @inline(__always) static func limited(_ a: Line, to limit: Int32) -> Line { a }
    @inline(__always) static var noTotal: (SIMD8<Int64>, SIMD8<Int64>) { (broadcast64(0), broadcast64(0)) }
    @inline(__always)
    static func total(_ sum: (SIMD8<Int64>, SIMD8<Int64>), _ a: Line) -> (SIMD8<Int64>, SIMD8<Int64>) {
        (sum64Low(sum.0, a), sum64High(sum.1, a))
    }
    @inline(__always)
    static func average(_ sum: (SIMD8<Int64>, SIMD8<Int64>), _ shift: Int32) -> Line {
        narrowed64(sum.0, sum.1, shift, broadcast32(0), -1_073_741_824, 1_073_741_823)
    }

    @inline(__always) static func current(_ sum: Line, _ places: Line) -> Line { shiftedRightEach32(sum, places) }
    typealias Blocks = WideBlocks
}
