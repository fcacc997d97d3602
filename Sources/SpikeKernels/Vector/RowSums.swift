internal import CLanes
internal import SpikeKernels

/// `sum + rows` of a group of four, modulo the lanes' range: right whenever the final sum fits, whatever the partial sums did.
///
/// Four row numbers come with one load: the loads of weights are what bounds this loop.
@inline(__always)
func addGroup<L: Lanes>(_: L.Type, _ weights: UnsafeRawPointer, _ four: UInt64, to sum: inout L.Line) {
    sum = L.sum(sum, L.load(weights + Int(truncatingIfNeeded: four & 0xffff) << 6))
    sum = L.sum(sum, L.load(weights + Int(truncatingIfNeeded: four >> 16 & 0xffff) << 6))
    sum = L.sum(sum, L.load(weights + Int(truncatingIfNeeded: four >> 32 & 0xffff) << 6))
    sum = L.sum(sum, L.load(weights + Int(truncatingIfNeeded: four >> 48) << 6))
}

/// `start + rows` of some groups of four.
@inline(__always)
func addRows<L: Lanes>(_: L.Type, _ weights: UnsafeRawPointer, _ rows: UnsafeRawPointer, groups: Int, _ start: L.Line) -> L.Line {
    var sum = start
    for group in 0..<groups {
        addGroup(L.self, weights, rows.load(fromByteOffset: group << 3, as: UInt64.self), to: &sum)
    }
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
    let bias = L.load(tile.bias)
    let weights = tile.rows
    let safeGroups = tile.safeCount >> 2
    var fetch = Prefetch(next, parts: extent.tokens)
    var starts = UnsafePointer(lists.starts)
    for token in 0..<extent.tokens {
        consumer.begin(token: token)
        var step = 0
        while step + 4 <= extent.steps {
            let list = FourLists(lists, starts)
            if list.longest <= safeGroups {
                var sums = (bias, bias, bias, bias)
                for group in 0..<list.shortest {
                    addGroup(L.self, weights, list.group(list.first, group), to: &sums.0)
                    addGroup(L.self, weights, list.group(list.second, group), to: &sums.1)
                    addGroup(L.self, weights, list.group(list.third, group), to: &sums.2)
                    addGroup(L.self, weights, list.group(list.fourth, group), to: &sums.3)
                }
                let done = list.shortest
                consumer.take(
                    addRows(L.self, weights, list.first + done << 3, groups: list.counts.0 - done, sums.0),
                    addRows(L.self, weights, list.second + done << 3, groups: list.counts.1 - done, sums.1),
                    addRows(L.self, weights, list.third + done << 3, groups: list.counts.2 - done, sums.2),
                    addRows(L.self, weights, list.fourth + done << 3, groups: list.counts.3 - done, sums.3))
            } else {
                let sums = L.sumFourWidely(tile, list)
                consumer.take(sums.0, sums.1, sums.2, sums.3)
            }
            starts += 4
            step += 4
        }
        while step < extent.steps {
            let first = Int(truncatingIfNeeded: starts[0])
            let groups = Int(truncatingIfNeeded: starts[1]) - first
            let rows = UnsafeRawPointer(lists.rows) + first << 3
            if groups <= safeGroups {
                consumer.take(addRows(L.self, weights, rows, groups: groups, bias))
            } else {
                consumer.take(L.sumWidely(tile, rows, groups: groups))
            }
            starts += 1
            step += 1
        }
        fetch.advance()
    }
}

/// The lists of four frames.
struct FourLists {
    let first: UnsafeRawPointer
    let second: UnsafeRawPointer
    let third: UnsafeRawPointer
    let fourth: UnsafeRawPointer
    /// Groups of each.
    let counts: (Int, Int, Int, Int)

    @inline(__always)
    init(_ lists: RowLists, _ starts: UnsafePointer<UInt32>) {
        let rows = UnsafeRawPointer(lists.rows)
        let bounds = (
            Int(truncatingIfNeeded: starts[0]), Int(truncatingIfNeeded: starts[1]), Int(truncatingIfNeeded: starts[2]),
            Int(truncatingIfNeeded: starts[3]), Int(truncatingIfNeeded: starts[4])
        )
        first = rows + bounds.0 << 3
        second = rows + bounds.1 << 3
        third = rows + bounds.2 << 3
        fourth = rows + bounds.3 << 3
        counts = (bounds.1 - bounds.0, bounds.2 - bounds.1, bounds.3 - bounds.2, bounds.4 - bounds.3)
    }

    @inline(__always)
    var shortest: Int { min(min(counts.0, counts.1), min(counts.2, counts.3)) }
    @inline(__always)
    var longest: Int { max(max(counts.0, counts.1), max(counts.2, counts.3)) }

    @inline(__always)
    func group(_ list: UnsafeRawPointer, _ index: Int) -> UInt64 { list.load(fromByteOffset: index << 3, as: UInt64.self) }
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
