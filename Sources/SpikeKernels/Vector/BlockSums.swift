internal import CLanes
internal import SpikeKernels

/// A sum of a bias and of blocks of rows that each fit the lanes, as a current.
protocol BlockSum {
    associatedtype Line

    init(_ tile: WeightTile)
    mutating func add(_ block: Line)
    var current: Line { get }
}

/// Narrow lanes are widened, and cut off at their largest number and its negative at the end.
struct NarrowBlocks: BlockSum {
    private var sum: WideSum

    @inline(__always) init(_ tile: WeightTile) { sum = WideSum(load16(tile.bias)) }
    @inline(__always) mutating func add(_ block: SIMD32<Int16>) { sum.add(block) }
    @inline(__always) var current: SIMD32<Int16> { sum.saturated }
}

/// Wide lanes add up a block's number of currents' units, and apart from it what is left over.
struct WideBlocks: BlockSum {
    private let places: SIMD16<Int32>
    private let ones: SIMD16<Int32>
    private var whole = broadcast32(0)
    private var rest = broadcast32(0)

    @inline(__always)
    init(_ tile: WeightTile) {
        places = load32(tile.places)
        ones = load32(tile.places + 64)
        add(load32(tile.bias))
    }

    @inline(__always)
    mutating func add(_ block: SIMD16<Int32>) {
        whole = sum32(whole, shiftedRightEach32(block, places))
        rest = sum32(rest, both32(block, ones))
    }

    @inline(__always) var current: SIMD16<Int32> { sum32(whole, shiftedRightEach32(rest, places)) }
}

extension Lanes {
    /// Bias and rows where their number exceeds ``WeightTile/safeCount``.
    @inline(never)
    static func sumBlocks<Place: RowPlace>(_: Place.Type, _ tile: WeightTile, _ rows: UnsafePointer<UInt16>, pairs: Int) -> Line {
        var sum = Blocks(tile)
        addBlocks(Place.self, tile, rows, pairs: pairs, to: &sum)
        return sum.current
    }

    @inline(__always)
    private static func addBlocks<Place: RowPlace>(
        _: Place.Type, _ tile: WeightTile, _ rows: UnsafePointer<UInt16>, pairs: Int, to sum: inout Blocks
    ) {
        let safePairs = tile.safeCount >> 1
        var next = 0
        while next < pairs {
            sum.add(addRows(Self.self, Place.self, tile.rows, rows + 2 * next, pairs: min(safePairs, pairs - next), broadcast(0)))
            next += safePairs
        }
    }

    /// The same for four lists, side by side as far as the shortest reaches.
    @inline(__always)
    static func sumFourBlocks(_ tile: WeightTile, _ lists: FourLists) -> (Line, Line, Line, Line) {
        var sums = (Blocks(tile), Blocks(tile), Blocks(tile), Blocks(tile))
        let safePairs = tile.safeCount >> 1
        let shortest = lists.shortest
        var done = 0
        while done < shortest {
            let end = min(done + safePairs, shortest)
            var parts = (broadcast(0), broadcast(0), broadcast(0), broadcast(0))
            for pair in done..<end { addPairs(Self.self, tile.rows, lists, pair, to: &parts) }
            sums.0.add(parts.0)
            sums.1.add(parts.1)
            sums.2.add(parts.2)
            sums.3.add(parts.3)
            done = end
        }
        addBlocks(NearRows.self, tile, lists.first + 2 * done, pairs: lists.counts.0 - done, to: &sums.0)
        addBlocks(NearRows.self, tile, lists.second + 2 * done, pairs: lists.counts.1 - done, to: &sums.1)
        addBlocks(NearRows.self, tile, lists.third + 2 * done, pairs: lists.counts.2 - done, to: &sums.2)
        addBlocks(NearRows.self, tile, lists.fourth + 2 * done, pairs: lists.counts.3 - done, to: &sums.3)
        return (sums.0.current, sums.1.current, sums.2.current, sums.3.current)
    }

    /// The same for one list and two tiles.
    @inline(__always)
    static func sumTileBlocks(_ first: WeightTile, _ second: WeightTile, _ rows: UnsafePointer<UInt16>, pairs: Int) -> (Line, Line) {
        (sumBlocks(NearRows.self, first, rows, pairs: pairs), sumBlocks(NearRows.self, second, rows, pairs: pairs))
    }
}
