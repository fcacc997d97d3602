internal import SpikeKernels

/// Adds up bias and rows of each frame for some tiles, and hands each tile's sums to a consumer of its own.
///
/// A list is walked once for four tiles, or for two: where short lists end cannot be foreseen, and this way it is found out less often.
@inline(__always)
func sumTiles<Consumer: SumConsumer>(
    _ tiles: WeightTiles, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer,
    _ consumer: (_ index: Int, _ tile: WeightTile) -> Consumer
) {
    switch tiles.count {
    case 4:
        var (first, second) = (consumer(0, tiles.tile(0)), consumer(1, tiles.tile(1)))
        var (third, fourth) = (consumer(2, tiles.tile(2)), consumer(3, tiles.tile(3)))
        sumFourTiles(tiles, lists, extent, next, &first, &second, &third, &fourth)
    case 2:
        var (first, second) = (consumer(0, tiles.tile(0)), consumer(1, tiles.tile(1)))
        sumTwoTiles(tiles, lists, extent, next, &first, &second)
    default:
        for index in 0..<tiles.count {
            let tile = tiles.tile(index)
            var one = consumer(index, tile)
            sumRowsTile(tile, lists, extent, next, &one)
        }
    }
}

@inline(__always)
private func sumFourTiles<Consumer: SumConsumer>(
    _ tiles: WeightTiles, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ first: inout Consumer,
    _ second: inout Consumer, _ third: inout Consumer, _ fourth: inout Consumer
) {
    typealias L = Consumer.L
    let (a, b, c, d) = (tiles.tile(0), tiles.tile(1), tiles.tile(2), tiles.tile(3))
    let bias = (L.load(a.bias), L.load(b.bias), L.load(c.bias), L.load(d.bias))
    var frames = FrameWalk(tiles.first, lists, next, tokens: extent.tokens)
    for token in 0..<extent.tokens {
        first.begin(token: token)
        second.begin(token: token)
        third.begin(token: token)
        fourth.begin(token: token)
        for _ in 0..<extent.steps {
            let (rows, groups) = frames.advance()
            if groups <= frames.safeGroups {
                var sums = bias
                for group in 0..<groups {
                    let four = rows.load(fromByteOffset: group << 3, as: UInt64.self)
                    addGroup(L.self, a.rows, four, to: &sums.0)
                    addGroup(L.self, b.rows, four, to: &sums.1)
                    addGroup(L.self, c.rows, four, to: &sums.2)
                    addGroup(L.self, d.rows, four, to: &sums.3)
                }
                first.take(sums.0)
                second.take(sums.1)
                third.take(sums.2)
                fourth.take(sums.3)
            } else {
                let (left, right) = (L.sumTilesWidely(a, b, rows, groups: groups), L.sumTilesWidely(c, d, rows, groups: groups))
                first.take(left.0)
                second.take(left.1)
                third.take(right.0)
                fourth.take(right.1)
            }
        }
        frames.fetch.advance()
    }
}

@inline(__always)
private func sumTwoTiles<Consumer: SumConsumer>(
    _ tiles: WeightTiles, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ first: inout Consumer,
    _ second: inout Consumer
) {
    typealias L = Consumer.L
    let (a, b) = (tiles.tile(0), tiles.tile(1))
    let bias = (L.load(a.bias), L.load(b.bias))
    var frames = FrameWalk(tiles.first, lists, next, tokens: extent.tokens)
    for token in 0..<extent.tokens {
        first.begin(token: token)
        second.begin(token: token)
        for _ in 0..<extent.steps {
            let (rows, groups) = frames.advance()
            if groups <= frames.safeGroups {
                var sums = bias
                for group in 0..<groups {
                    let four = rows.load(fromByteOffset: group << 3, as: UInt64.self)
                    addGroup(L.self, a.rows, four, to: &sums.0)
                    addGroup(L.self, b.rows, four, to: &sums.1)
                }
                first.take(sums.0)
                second.take(sums.1)
            } else {
                let sums = L.sumTilesWidely(a, b, rows, groups: groups)
                first.take(sums.0)
                second.take(sums.1)
            }
        }
        frames.fetch.advance()
    }
}

/// The lists of frames, one after the other.
private struct FrameWalk {
    /// Lists of so many groups fit narrow lanes for sure.
    let safeGroups: Int
    var fetch: Prefetch
    private let rows: UnsafeRawPointer
    private var starts: UnsafePointer<UInt32>

    @inline(__always)
    init(_ tile: WeightTile, _ lists: RowLists, _ next: UnsafeRawBufferPointer, tokens: Int) {
        safeGroups = tile.safeCount >> 2
        fetch = Prefetch(next, parts: tokens)
        rows = UnsafeRawPointer(lists.rows)
        starts = UnsafePointer(lists.starts)
    }

    @inline(__always)
    mutating func advance() -> (rows: UnsafeRawPointer, groups: Int) {
        let first = Int(truncatingIfNeeded: starts[0])
        let groups = Int(truncatingIfNeeded: starts[1]) - first
        starts += 1
        return (rows + first << 3, groups)
    }
}
