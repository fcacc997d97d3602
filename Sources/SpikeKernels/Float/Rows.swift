/// Copies `row`, `length` values, to each of `count` consecutive rows of `target`.
package func fillRows(_ target: UnsafeMutablePointer<Double>, offset: Int, count: Int, with row: UnsafePointer<Double>, length: Int) {
    for index in 0..<count {
        (target + offset + index * length).update(from: row, count: length)
    }
}

/// `target[i] += source[i]` over `count` values, a multiple of the lanes.
package func addValues(
    _ target: UnsafeMutablePointer<Double>, targetOffset: Int, source: UnsafePointer<Double>, sourceOffset: Int, count: Int
) {
    let sums = target + targetOffset
    let terms = source + sourceOffset
    var lane = 0
    while lane < count {
        storeLanes(loadLanes(sums + lane) + loadLanes(terms + lane), sums + lane)
        lane += Lanes.scalarCount
    }
}

/// `target[o] += factor * weights[row][o]`, the product rounded before it is added.
package func addScaledRow(
    _ target: UnsafeMutablePointer<Double>, offset: Int, factor: Double, weights: UnsafePointer<Float>, row: Int, rowLength: Int
) {
    let sums = target + offset
    let terms = weights + row * rowLength
    var lane = 0
    while lane < rowLength {
        storeLanes(loadLanes(sums + lane) + loadWidened(terms + lane) * factor, sums + lane)
        lane += Lanes.scalarCount
    }
}

/// `values[r][o] = values[r][o] * scale[o] + shift[o]` over `count` rows, the product rounded before the sum.
package func scaleAndShiftRows(
    _ values: UnsafeMutablePointer<Double>, offset: Int, count: Int, length: Int, scale: UnsafePointer<Double>, shift: UnsafePointer<Double>
) {
    for index in 0..<count {
        let row = values + offset + index * length
        var lane = 0
        while lane < length {
            storeLanes(loadLanes(row + lane) * loadLanes(scale + lane) + loadLanes(shift + lane), row + lane)
            lane += Lanes.scalarCount
        }
    }
}

/// `values[i] = values[i] * scale + shift` over `count` values, a multiple of the lanes; the product rounded before the sum.
package func scaleAndShift(_ values: UnsafeMutablePointer<Double>, offset: Int, count: Int, scale: Double, shift: Double) {
    let target = values + offset
    var lane = 0
    while lane < count {
        storeLanes(loadLanes(target + lane) * scale + Lanes(repeating: shift), target + lane)
        lane += Lanes.scalarCount
    }
}

/// `target[i] = max(target[i], source[i])` over `count` values, a multiple of the lanes.
package func keepLargest(
    _ target: UnsafeMutablePointer<Double>, targetOffset: Int, source: UnsafePointer<Double>, sourceOffset: Int, count: Int
) {
    let largest = target + targetOffset
    let values = source + sourceOffset
    var lane = 0
    while lane < count {
        let before = loadLanes(largest + lane)
        let value = loadLanes(values + lane)
        storeLanes(before.replacing(with: value, where: value .> before), largest + lane)
        lane += Lanes.scalarCount
    }
}
