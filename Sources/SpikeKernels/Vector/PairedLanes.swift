internal import SpikeKernels

/// Two lines side by side.
struct Pair<Line> {
    var first: Line
    var second: Line

    @inline(__always)
    init(_ first: Line, _ second: Line) {
        self.first = first
        self.second = second
    }
}

/// Twice as many lanes: finding the rows of a frame's spikes is shared by two lines.
protocol PairedLanes: Lanes where Line == Pair<Single.Line> {
    associatedtype Single: Lanes
}

extension PairedLanes {
    @inline(__always) static var bytes: Int { 128 }
    @inline(__always) static var byteShift: Int { 7 }
    @inline(__always) static var lanes: Int { Single.Bits.bitWidth }

    @inline(__always) static func load(_ line: UnsafeRawPointer) -> Line { Line(Single.load(line), Single.load(line + 64)) }

    @inline(__always)
    static func store(_ value: Line, _ line: UnsafeMutableRawPointer) {
        Single.store(value.first, line)
        Single.store(value.second, line + 64)
    }

    @inline(__always)
    static func broadcast(_ value: Int32) -> Line {
        let line = Single.broadcast(value)
        return Line(line, line)
    }

    @inline(__always)
    static func sum(_ a: Line, _ b: Line) -> Line { Line(Single.sum(a.first, b.first), Single.sum(a.second, b.second)) }

    @inline(__always)
    static func boundedSum(_ a: Line, _ b: Line) -> Line {
        Line(Single.boundedSum(a.first, b.first), Single.boundedSum(a.second, b.second))
    }

    @inline(__always)
    static func difference(_ a: Line, _ b: Line) -> Line {
        Line(Single.difference(a.first, b.first), Single.difference(a.second, b.second))
    }

    @inline(__always)
    static func both(_ a: Line, _ b: Line) -> Line { Line(Single.both(a.first, b.first), Single.both(a.second, b.second)) }

    @inline(__always)
    static func either(_ a: Line, _ b: Line) -> Line { Line(Single.either(a.first, b.first), Single.either(a.second, b.second)) }

    @inline(__always)
    static func shiftedRight(_ a: Line, _ count: Int32) -> Line {
        Line(Single.shiftedRight(a.first, count), Single.shiftedRight(a.second, count))
    }

    @inline(__always)
    static func atLeast(_ a: Line, _ b: Line) -> UInt64 {
        Single.atLeast(a.first, b.first) | Single.atLeast(a.second, b.second) << UInt64(lanes)
    }

    @inline(__always)
    static func clearedWhere(_ a: Line, _ set: UInt64) -> Line {
        Line(Single.clearedWhere(a.first, set), Single.clearedWhere(a.second, set >> UInt64(lanes)))
    }

    @inline(__always)
    static func limited(_ a: Line) -> Line { Line(Single.limited(a.first), Single.limited(a.second)) }

    @inline(__always)
    static func limited(_ a: Line, to limit: Int32) -> Line {
        Line(Single.limited(a.first, to: limit), Single.limited(a.second, to: limit))
    }
}

enum Pairs16: PairedLanes {
    typealias Single = Lanes16
    typealias Line = Pair<Lanes16.Line>
    typealias Bits = UInt64

    @inline(never)
    static func sumWidely(_ tile: WeightTile, _ rows: UnsafePointer<UInt16>, _ count: Int) -> Line {
        Line(Lanes16.sumLineWidely(tile, 0, rows, count), Lanes16.sumLineWidely(tile, 64, rows, count))
    }
}

enum Pairs32: PairedLanes {
    typealias Single = Lanes32
    typealias Line = Pair<Lanes32.Line>
    typealias Bits = UInt32

    @inline(__always)
    static func sumWidely(_ tile: WeightTile, _ rows: UnsafePointer<UInt16>, _ count: Int) -> Line {
        sumRows(Pairs32.self, tile, rows, count)
    }
}
