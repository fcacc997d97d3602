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
    let places = (L.load(a.places), L.load(b.places), L.load(c.places), L.load(d.places))
    let safePairs = a.safeCount >> 1
    var fetch = Prefetch(next, parts: extent.tokens)
    var frames = FrameWalk(lists)
    for token in 0..<extent.tokens {
        first.begin(token: token)
        second.begin(token: token)
        third.begin(token: token)
        fourth.begin(token: token)
        for _ in 0..<extent.steps {
            let (rows, pairs) = frames.next()
            if pairs <= safePairs {
                var sums = bias
                for pair in 0..<pairs {
                    let places = (NearRows.offset(rows[2 * pair]), NearRows.offset(rows[2 * pair + 1]))
                    addPair(L.self, a.rows, places, to: &sums.0)
                    addPair(L.self, b.rows, places, to: &sums.1)
                    addPair(L.self, c.rows, places, to: &sums.2)
                    addPair(L.self, d.rows, places, to: &sums.3)
                }
                first.take(L.current(sums.0, places.0))
                second.take(L.current(sums.1, places.1))
                third.take(L.current(sums.2, places.2))
                fourth.take(L.current(sums.3, places.3))
            } else {
                let (left, right) = (L.sumTileBlocks(a, b, rows, pairs: pairs), L.sumTileBlocks(c, d, rows, pairs: pairs))
                first.take(left.0)
                second.take(left.1)
                third.take(right.0)
                fourth.take(right.1)
            }
        }
        fetch.advance()
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
    let places = (L.load(a.places), L.load(b.places))
    let safePairs = a.safeCount >> 1
    var fetch = Prefetch(next, parts: extent.tokens)
    var frames = FrameWalk(lists)
    for token in 0..<extent.tokens {
        first.begin(token: token)
        second.begin(token: token)
        for _ in 0..<extent.steps {
            let (rows, pairs) = frames.next()
            if pairs <= safePairs {
                var sums = bias
                for pair in 0..<pairs {
                    let places = (NearRows.offset(rows[2 * pair]), NearRows.offset(rows[2 * pair + 1]))
                    addPair(L.self, a.rows, places, to: &sums.0)
                    addPair(L.self, b.rows, places, to: &sums.1)
                }
                first.take(L.current(sums.0, places.0))
                second.take(L.current(sums.1, places.1))
            } else {
                let sums = L.sumTileBlocks(a, b, rows, pairs: pairs)
                first.take(sums.0)
                second.take(sums.1)
            }
        }
        fetch.advance()
    }
}
