internal import SpikeKernels

/// Where the row of a list's number stands, see ``RowLists/shift``.
protocol RowPlace {
    static func offset(_ number: UInt16) -> Int
}

enum NearRows: RowPlace {
    @inline(__always) static func offset(_ number: UInt16) -> Int { Int(number) << 3 }
}

enum FarRows: RowPlace {
    @inline(__always) static func offset(_ number: UInt16) -> Int { Int(number) << 6 }
}

/// `sum + rows` of a pair at known places, modulo the lanes' range: right whenever the final sum fits, whatever the partial sums did.
@inline(__always)
func addPair<L: Lanes>(_: L.Type, _ weights: UnsafeRawPointer, _ places: (Int, Int), to sum: inout L.Line) {
    sum = L.sum(sum, L.load(weights + places.0))
    sum = L.sum(sum, L.load(weights + places.1))
}

/// The same for a pair of a list.
@inline(__always)
func addPair<L: Lanes, Place: RowPlace>(
    _: L.Type, _: Place.Type, _ weights: UnsafeRawPointer, _ rows: UnsafePointer<UInt16>, to sum: inout L.Line
) {
    addPair(L.self, weights, (Place.offset(rows[0]), Place.offset(rows[1])), to: &sum)
}

/// The same for four lists.
@inline(__always)
func addPairs<L: Lanes>(
    _: L.Type, _ weights: UnsafeRawPointer, _ lists: FourLists, _ pair: Int, to sums: inout (L.Line, L.Line, L.Line, L.Line)
) {
    addPair(L.self, NearRows.self, weights, lists.first + 2 * pair, to: &sums.0)
    addPair(L.self, NearRows.self, weights, lists.second + 2 * pair, to: &sums.1)
    addPair(L.self, NearRows.self, weights, lists.third + 2 * pair, to: &sums.2)
    addPair(L.self, NearRows.self, weights, lists.fourth + 2 * pair, to: &sums.3)
}

/// `start + rows` of some pairs.
@inline(__always)
func addRows<L: Lanes, Place: RowPlace>(
    _: L.Type, _: Place.Type, _ weights: UnsafeRawPointer, _ rows: UnsafePointer<UInt16>, pairs: Int, _ start: L.Line
) -> L.Line {
    var sum = start
    for pair in 0..<pairs { addPair(L.self, Place.self, weights, rows + 2 * pair, to: &sum) }
    return sum
}

/// What becomes of the sums of one tile's rows, frame by frame in order.
protocol SumConsumer<L> {
    associatedtype L: Lanes

    /// The next frames are this token's, from its first time step on.
    mutating func begin(token: Int)
    /// The next frame's sum: exact, and in narrow lanes cut off at their largest number and its negative.
    mutating func take(_ sum: L.Line)
    /// The next four frames' sums.
    mutating func take(_ first: L.Line, _ second: L.Line, _ third: L.Line, _ fourth: L.Line)
}

extension SumConsumer {
    @inline(__always)
    mutating func take(_ first: L.Line, _ second: L.Line, _ third: L.Line, _ fourth: L.Line) {
        take(first)
        take(second)
        take(third)
        take(fourth)
    }
}

/// Adds up bias and rows of each frame and hands the sums on.
///
/// Four time steps go side by side as far as the shortest list reaches: where a list ends cannot be foreseen, and this way it is found
/// out less often. A network's weights do not fit the caches, and spikes ask for them in no order that a processor foresees: the next
/// tile's lines are fetched in order meanwhile, a few with every token.
@inline(__always)
func sumRowsTile<Consumer: SumConsumer>(
    _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ consumer: inout Consumer
) {
    typealias L = Consumer.L
    if lists.shift == 0 { return sumFarRows(tile, lists, extent, &consumer) }
    let (bias, places) = (L.load(tile.bias), L.load(tile.places))
    let weights = tile.rows
    let safePairs = tile.safeCount >> 1
    var fetch = Prefetch(next, parts: extent.tokens)
    var frames = FrameWalk(lists)
    for token in 0..<extent.tokens {
        consumer.begin(token: token)
        var step = 0
        while step + 4 <= extent.steps {
            let list = FourLists(&frames)
            if list.longest <= safePairs {
                var sums = (bias, bias, bias, bias)
                let shared = list.shortest & ~1
                for pair in stride(from: 0, to: shared, by: 2) {
                    sums.0 = addRows(L.self, NearRows.self, weights, list.first + 2 * pair, pairs: 2, sums.0)
                    sums.1 = addRows(L.self, NearRows.self, weights, list.second + 2 * pair, pairs: 2, sums.1)
                    sums.2 = addRows(L.self, NearRows.self, weights, list.third + 2 * pair, pairs: 2, sums.2)
                    sums.3 = addRows(L.self, NearRows.self, weights, list.fourth + 2 * pair, pairs: 2, sums.3)
                }
                consumer.take(
                    L.current(
                        addRows(L.self, NearRows.self, weights, list.first + 2 * shared, pairs: list.counts.0 - shared, sums.0), places),
                    L.current(
                        addRows(L.self, NearRows.self, weights, list.second + 2 * shared, pairs: list.counts.1 - shared, sums.1), places),
                    L.current(
                        addRows(L.self, NearRows.self, weights, list.third + 2 * shared, pairs: list.counts.2 - shared, sums.2), places),
                    L.current(
                        addRows(L.self, NearRows.self, weights, list.fourth + 2 * shared, pairs: list.counts.3 - shared, sums.3), places))
            } else {
                let sums = L.sumFourBlocks(tile, list)
                consumer.take(sums.0, sums.1, sums.2, sums.3)
            }
            step += 4
        }
        while step < extent.steps {
            let (rows, pairs) = frames.next()
            consumer.take(
                pairs <= safePairs
                    ? L.current(addRows(L.self, NearRows.self, weights, rows, pairs: pairs, bias), places)
                    : L.sumBlocks(NearRows.self, tile, rows, pairs: pairs))
            step += 1
        }
        fetch.advance()
    }
}

/// The same for a layer of many inputs, list by list.
@inline(__always)
private func sumFarRows<Consumer: SumConsumer>(_ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ consumer: inout Consumer) {
    typealias L = Consumer.L
    let (bias, places) = (L.load(tile.bias), L.load(tile.places))
    let safePairs = tile.safeCount >> 1
    var frames = FrameWalk(lists)
    for token in 0..<extent.tokens {
        consumer.begin(token: token)
        for _ in 0..<extent.steps {
            let (rows, pairs) = frames.next()
            consumer.take(
                pairs <= safePairs
                    ? L.current(addRows(L.self, FarRows.self, tile.rows, rows, pairs: pairs, bias), places)
                    : L.sumBlocks(FarRows.self, tile, rows, pairs: pairs))
        }
    }
}
