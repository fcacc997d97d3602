package import SpikeKernels

/// `sum + rows`, modulo the lanes' range: right whenever the sum itself fits, whatever the partial sums did.
///
/// Four row numbers come with one load: the loads of weights are what bounds this loop.
@inline(__always)
func addRows<L: Lanes>(
    _: L.Type, _ weights: UnsafeRawPointer, _ shift: Int, _ rows: UnsafeRawPointer, _ count: Int, _ start: L.Line
) -> L.Line {
    var sum = start
    var next = rows
    let end = rows + (count & ~3) * 2
    while next != end {
        let four = next.loadUnaligned(as: UInt64.self)
        sum = L.sum(sum, L.load(weights + Int(truncatingIfNeeded: four & 0xffff) << shift))
        sum = L.sum(sum, L.load(weights + Int(truncatingIfNeeded: four >> 16 & 0xffff) << shift))
        sum = L.sum(sum, L.load(weights + Int(truncatingIfNeeded: four >> 32 & 0xffff) << shift))
        sum = L.sum(sum, L.load(weights + Int(truncatingIfNeeded: four >> 48) << shift))
        next += 8
    }
    if count & 2 != 0 {
        let two = next.loadUnaligned(as: UInt32.self)
        sum = L.sum(sum, L.load(weights + Int(truncatingIfNeeded: two & 0xffff) << shift))
        sum = L.sum(sum, L.load(weights + Int(truncatingIfNeeded: two >> 16) << shift))
        next += 4
    }
    if count & 1 != 0 {
        sum = L.sum(sum, L.load(weights + Int(truncatingIfNeeded: next.load(as: UInt16.self)) << shift))
    }
    return sum
}

/// The bias and some rows.
@inline(__always)
func sumRows<L: Lanes>(_: L.Type, _ tile: WeightTile, _ rows: UnsafePointer<UInt16>, _ count: Int) -> L.Line {
    addRows(L.self, tile.rows, L.byteShift, UnsafeRawPointer(rows), count, L.load(tile.bias))
}

/// The sum of a frame's rows and the bias, exact, then cut off where the lanes are narrow.
@inline(__always)
func frameSum<L: Lanes>(_: L.Type, _ tile: WeightTile, _ lists: RowLists, _ frame: Int) -> L.Line {
    let first = Int(truncatingIfNeeded: lists.starts[frame])
    let count = Int(truncatingIfNeeded: lists.starts[frame + 1]) - first
    if count <= tile.safeCount {
        return sumRows(L.self, tile, lists.rows + first, count)
    }
    return L.sumWidely(tile, lists.rows + first, count)
}

@inline(__always)
func sumRowsTile<L: Lanes>(
    _: L.Type, _ tile: WeightTile, _ lists: RowLists, _ frames: Int, _ currents: UnsafeMutableRawPointer, _ isAdded: Bool
) {
    var row = currents
    for frame in 0..<frames {
        let sum = frameSum(L.self, tile, lists, frame)
        L.store(L.limited(isAdded ? L.boundedSum(sum, L.load(row)) : sum), row)
        row += L.bytes
    }
}

package func sumRows16(_ tile: WeightTile, _ lists: RowLists, _ frames: Int, _ currents: UnsafeMutableRawPointer, _ isAdded: Bool) {
    if tile.lines == 2 {
        sumRowsTile(Pairs16.self, tile, lists, frames, currents, isAdded)
    } else {
        sumRowsTile(Lanes16.self, tile, lists, frames, currents, isAdded)
    }
}

package func sumRows32(_ tile: WeightTile, _ lists: RowLists, _ frames: Int, _ currents: UnsafeMutableRawPointer, _ isAdded: Bool) {
    if tile.lines == 2 {
        sumRowsTile(Pairs32.self, tile, lists, frames, currents, isAdded)
    } else {
        sumRowsTile(Lanes32.self, tile, lists, frames, currents, isAdded)
    }
}
