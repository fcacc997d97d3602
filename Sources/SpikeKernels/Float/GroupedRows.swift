/// Adds for every spike of a position the weights of its group's outputs, inputs ascending: a convolution in groups.
///
/// - Parameters:
///   - weights: rows of `rowLength` values, one for each input of a group; `outputsPerGroup` values for each group stand side by side.
///   - firstRow: the row of a group's input 0.
///   - spikes: bit masks of all inputs, input 0 in the lowest bit of the word at `firstWord`.
///   - sums: the outputs of all groups from `sumsOffset` on are added to.
package func addGroupedRowsOfSpikes(
    weights: UnsafePointer<Float>, firstRow: Int, rowLength: Int, inputsPerGroup: Int, outputsPerGroup: Int,
    spikes: UnsafePointer<UInt64>, firstWord: Int, wordCount: Int,
    sums: UnsafeMutablePointer<Double>, sumsOffset: Int
) {
    let rows = weights + firstRow * rowLength
    let target = sums + sumsOffset
    for word in 0..<wordCount {
        var bits = spikes[firstWord + word]
        while bits != 0 {
            let (group, input) = (word * 64 + bits.trailingZeroBitCount).quotientAndRemainder(dividingBy: inputsPerGroup)
            let row = rows + input * rowLength
            for output in group * outputsPerGroup..<(group + 1) * outputsPerGroup {
                target[output] += Double(row[output])
            }
            bits &= bits &- 1
        }
    }
}

/// `target[o] += factor * weights[row][o]` for the outputs of one group, the product rounded before it is added.
package func addScaledGroupRow(
    _ target: UnsafeMutablePointer<Double>, offset: Int, factor: Double, weights: UnsafePointer<Float>, row: Int, rowLength: Int,
    outputs: Range<Int>
) {
    let terms = weights + row * rowLength
    for output in outputs {
        target[offset + output] += factor * Double(terms[output])
    }
}
