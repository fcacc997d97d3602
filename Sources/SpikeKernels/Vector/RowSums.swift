package import SpikeKernels

/// `bias + rows`, modulo the lanes' range: right whenever the sum itself fits, whatever the partial sums did.
///
/// Four row numbers come with one load: the loads of weights are what bounds this loop.
@inline(__always)
func sumRows<L: Lanes>(_: L.Type, _ tile: WeightTile, _ rows: UnsafePointer<UInt16>, _ count: Int) -> L.Line {
    var sum = L.load(tile.bias)
    var next = UnsafeRawPointer(rows)
    var left = count
    while left >= 4 {
        let four = next.loadUnaligned(as: UInt64.self)
        sum = L.sum(sum, L.load(tile.rows + Int(truncatingIfNeeded: four & 0xffff) << 6))
        sum = L.sum(sum, L.load(tile.rows + Int(truncatingIfNeeded: four >> 16 & 0xffff) << 6))
        sum = L.sum(sum, L.load(tile.rows + Int(truncatingIfNeeded: four >> 32 & 0xffff) << 6))
        sum = L.sum(sum, L.load(tile.rows + Int(truncatingIfNeeded: four >> 48) << 6))
        next += 8
        left -= 4
    }
    while left > 0 {
        sum = L.sum(sum, L.load(tile.rows + Int(next.load(as: UInt16.self)) << 6))
        next += 2
        left -= 1
    }
    return sum
}

/// The sum of a frame's rows and the bias, exact, then cut off where the lanes are narrow.
@inline(__always)
func frameSum<L: Lanes>(_: L.Type, _ tile: WeightTile, _ lists: RowLists, _ frame: Int) -> L.Line {
    let first = Int(lists.starts[frame])
    let count = Int(lists.starts[frame + 1]) - first
    if count <= tile.safeCount {
        return L.saturated(sumRows(L.self, tile, lists.rows + first, count))
    }
    return L.sumWidely(tile, lists.rows + first, count)
}

@inline(__always)
func sumRowsTile<L: Lanes>(
    _: L.Type, _ tile: WeightTile, _ lists: RowLists, _ frames: Int, _ currents: UnsafeMutableRawPointer, _ isAdded: Bool
) {
    var line = currents
    for frame in 0..<frames {
        let sum = frameSum(L.self, tile, lists, frame)
        L.store(L.limited(isAdded ? L.boundedSum(sum, L.load(line)) : sum), line)
        line += 64
    }
}

package func sumRows16(_ tile: WeightTile, _ lists: RowLists, _ frames: Int, _ currents: UnsafeMutableRawPointer, _ isAdded: Bool) {
    sumRowsTile(Lanes16.self, tile, lists, frames, currents, isAdded)
}

package func sumRows32(_ tile: WeightTile, _ lists: RowLists, _ frames: Int, _ currents: UnsafeMutableRawPointer, _ isAdded: Bool) {
    sumRowsTile(Lanes32.self, tile, lists, frames, currents, isAdded)
}
