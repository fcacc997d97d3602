internal import SpikeKernels

/// Sums of one frame in tiles that stand side by side: one line of each.
protocol Bundle {
    associatedtype L: Lanes
    associatedtype Wide
    /// Binary logarithm of its bytes.
    static var shift: Int { get }
    static var zero: Self { get }
    static func load(_ lines: UnsafeRawPointer) -> Self
    mutating func add(_ lines: UnsafeRawPointer)
    /// The same in wider lanes, where narrow ones cannot hold a sum.
    static func widened(_ start: Self) -> Wide
    static func add(_ part: Self, to sum: inout Wide)
    static func saturated(_ sum: Wide) -> Self
}

struct SingleBundle<L: Lanes>: Bundle {
    var line: L.Line

    @inline(__always) static var shift: Int { 6 }
    @inline(__always) static var zero: SingleBundle { SingleBundle(line: L.broadcast(0)) }
    @inline(__always) static func load(_ lines: UnsafeRawPointer) -> SingleBundle { SingleBundle(line: L.load(lines)) }
    @inline(__always) mutating func add(_ lines: UnsafeRawPointer) { line = L.sum(line, L.load(lines)) }
    @inline(__always) static func widened(_ start: SingleBundle) -> L.Wide { L.widened(start.line) }
    @inline(__always) static func add(_ part: SingleBundle, to sum: inout L.Wide) { L.add(part.line, to: &sum) }
    @inline(__always) static func saturated(_ sum: L.Wide) -> SingleBundle { SingleBundle(line: L.saturated(sum)) }
}

/// Twice as many lines.
struct DoubleBundle<Half: Bundle>: Bundle {
    typealias L = Half.L
    var first: Half
    var second: Half

    @inline(__always) static var shift: Int { Half.shift + 1 }
    @inline(__always) static var zero: DoubleBundle { DoubleBundle(first: .zero, second: .zero) }

    @inline(__always)
    static func load(_ lines: UnsafeRawPointer) -> DoubleBundle {
        DoubleBundle(first: .load(lines), second: .load(lines + 1 << Half.shift))
    }

    @inline(__always)
    mutating func add(_ lines: UnsafeRawPointer) {
        first.add(lines)
        second.add(lines + 1 << Half.shift)
    }

    @inline(__always)
    static func widened(_ start: DoubleBundle) -> (Half.Wide, Half.Wide) { (Half.widened(start.first), Half.widened(start.second)) }

    @inline(__always)
    static func add(_ part: DoubleBundle, to sum: inout (Half.Wide, Half.Wide)) {
        Half.add(part.first, to: &sum.0)
        Half.add(part.second, to: &sum.1)
    }

    @inline(__always)
    static func saturated(_ sum: (Half.Wide, Half.Wide)) -> DoubleBundle {
        DoubleBundle(first: Half.saturated(sum.0), second: Half.saturated(sum.1))
    }
}

/// What becomes of the sums of tiles side by side, frame by frame in order.
protocol BundleConsumer {
    associatedtype Sums: Bundle

    mutating func begin(token: Int)
    mutating func take(_ sums: Sums)
}

struct SingleConsumer<Consumer: SumConsumer>: BundleConsumer {
    typealias Sums = SingleBundle<Consumer.L>
    var consumer: Consumer

    @inline(__always) mutating func begin(token: Int) { consumer.begin(token: token) }
    @inline(__always) mutating func take(_ sums: Sums) { consumer.take(sums.line) }
}

struct DoubleConsumer<Half: BundleConsumer>: BundleConsumer {
    typealias Sums = DoubleBundle<Half.Sums>
    var first: Half
    var second: Half

    @inline(__always)
    mutating func begin(token: Int) {
        first.begin(token: token)
        second.begin(token: token)
    }

    @inline(__always)
    mutating func take(_ sums: Sums) {
        first.take(sums.first)
        second.take(sums.second)
    }
}

/// Adds up bias and rows of each frame for tiles that stand side by side: a list is walked once for all of them.
@inline(__always)
func sumBundles<Consumer: BundleConsumer>(
    _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ consumer: inout Consumer
) {
    typealias Sums = Consumer.Sums
    let bias = Sums.load(tile.bias)
    let weights = tile.rows
    let safeGroups = tile.safeCount >> 2
    let partGroups = tile.partCount >> 2
    var fetch = Prefetch(next, parts: extent.tokens)
    var starts = UnsafePointer(lists.starts)
    for token in 0..<extent.tokens {
        consumer.begin(token: token)
        for _ in 0..<extent.steps {
            let first = Int(truncatingIfNeeded: starts[0])
            let groups = Int(truncatingIfNeeded: starts[1]) - first
            let rows = UnsafeRawPointer(lists.rows) + first << 3
            if groups <= safeGroups {
                consumer.take(addBundles(weights, rows, 0..<groups, bias))
            } else {
                var sum = Sums.widened(bias)
                var done = 0
                while done < groups {
                    let end = min(done + partGroups, groups)
                    Sums.add(addBundles(weights, rows, done..<end, Sums.zero), to: &sum)
                    done = end
                }
                consumer.take(Sums.saturated(sum))
            }
            starts += 1
        }
        fetch.advance()
    }
}

@inline(__always)
func addBundles<Sums: Bundle>(_ weights: UnsafeRawPointer, _ rows: UnsafeRawPointer, _ groups: Range<Int>, _ start: Sums) -> Sums {
    var sum = start
    for group in groups {
        let four = rows.load(fromByteOffset: group << 3, as: UInt64.self)
        sum.add(weights + Int(truncatingIfNeeded: four & 0xffff) << Sums.shift)
        sum.add(weights + Int(truncatingIfNeeded: four >> 16 & 0xffff) << Sums.shift)
        sum.add(weights + Int(truncatingIfNeeded: four >> 32 & 0xffff) << Sums.shift)
        sum.add(weights + Int(truncatingIfNeeded: four >> 48) << Sums.shift)
    }
    return sum
}

/// Computes a layer's tiles, one or several side by side.
///
/// - Parameter consumer: what becomes of the sums of each tile.
@inline(__always)
func sumTiles<Consumer: SumConsumer>(
    _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer,
    _ consumer: (_ index: Int, WeightTile) -> Consumer
) {
    switch tile.width {
    case 4:
        var four = DoubleConsumer(
            first: DoubleConsumer(
                first: SingleConsumer(consumer: consumer(0, tile.tile(0))), second: SingleConsumer(consumer: consumer(1, tile.tile(1)))),
            second: DoubleConsumer(
                first: SingleConsumer(consumer: consumer(2, tile.tile(2))), second: SingleConsumer(consumer: consumer(3, tile.tile(3)))))
        sumBundles(tile, lists, extent, next, &four)
    case 2:
        var two = DoubleConsumer(
            first: SingleConsumer(consumer: consumer(0, tile.tile(0))), second: SingleConsumer(consumer: consumer(1, tile.tile(1))))
        sumBundles(tile, lists, extent, next, &two)
    default:
        var one = consumer(0, tile)
        sumRowsTile(tile, lists, extent, next, &one)
    }
}

extension SpikePlace {
    /// The bits of a tile beside the first one.
    @inline(__always)
    func tile<L: Lanes>(_ index: Int, _: L.Type) -> SpikePlace {
        SpikePlace(bits: bits + index * MemoryLayout<L.Bits>.size, stride: stride)
    }
}

extension CurrentLines {
    @inline(__always)
    func tile(_ index: Int) -> CurrentLines { CurrentLines(lines: lines + index * tileStride, steps: steps) }
}
