/// Adds one row of weights for every spike of a token: `sums[o] += weights[firstRow + i][o]` for each set bit `i`, ascending.
///
/// The order of summation of every output is that of the inputs, whatever the machine.
///
/// - Parameters:
///   - weights: rows of `rowLength` values, one an input.
///   - firstRow: the row of input 0.
///   - rowLength: a multiple of the lanes (``paddedToLanes(_:)``).
///   - spikes: bit masks, input 0 in the lowest bit of the word at `firstWord`.
///   - sums: `rowLength` values from `sumsOffset` on are added to.
package func addRowsOfSpikes(
    weights: UnsafePointer<Float>, firstRow: Int, rowLength: Int,
    spikes: UnsafePointer<UInt64>, firstWord: Int, wordCount: Int,
    sums: UnsafeMutablePointer<Double>, sumsOffset: Int
) {
    let rows = weights + firstRow * rowLength
    let target = sums + sumsOffset
    for word in 0..<wordCount {
        var bits = spikes[firstWord + word]
        while bits != 0 {
            let input = word * 64 + bits.trailingZeroBitCount
            addRow(rows + input * rowLength, to: target, length: rowLength)
            bits &= bits &- 1
        }
    }
}

/// Adds one and the same row at the place of every spike of a token: `sums[i][o] += weights[row][o]` for each set bit `i`.
///
/// - Parameters:
///   - weights: rows of `rowLength` values.
///   - rowLength: a multiple of the lanes.
///   - spikes: bit masks, `i` = 0 in the lowest bit of the word at `firstWord`.
///   - sums: `rowLength` values for each bit.
package func addRowAtSpikes(
    weights: UnsafePointer<Float>, row: Int, rowLength: Int,
    spikes: UnsafePointer<UInt64>, firstWord: Int, wordCount: Int,
    sums: UnsafeMutablePointer<Double>
) {
    let source = weights + row * rowLength
    for word in 0..<wordCount {
        var bits = spikes[firstWord + word]
        while bits != 0 {
            let place = word * 64 + bits.trailingZeroBitCount
            addRow(source, to: sums + place * rowLength, length: rowLength)
            bits &= bits &- 1
        }
    }
}

@inline(__always)
private func addRow(_ row: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Double>, length: Int) {
    var lane = 0
    while lane < length {
        storeLanes(loadLanes(sums + lane) + loadWidened(row + lane), sums + lane)
        lane += Lanes.scalarCount
    }
}
