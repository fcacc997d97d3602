/// Copies `row`, `length` floats, to each of `count` consecutive rows of `target`.
package func fillRows(_ target: UnsafeMutablePointer<Float>, offset: Int, count: Int, with row: UnsafePointer<Float>, length: Int) {
    for index in 0..<count {
        (target + offset + index * length).update(from: row, count: length)
    }
}

/// `target[i] += source[i]` over `count` floats, a multiple of the float lanes.
package func addFloats(
    _ target: UnsafeMutablePointer<Float>, targetOffset: Int, source: UnsafePointer<Float>, sourceOffset: Int, count: Int
) {
    let sums = target + targetOffset
    let terms = source + sourceOffset
    var lane = 0
    while lane < count {
        storeLanes(loadLanes(sums + lane) + loadLanes(terms + lane), sums + lane)
        lane += FloatLanes.scalarCount
    }
}

/// `target[o] += factor * weights[row][o]`, the product rounded before it is added.
package func addScaledRow(
    _ target: UnsafeMutablePointer<Float>, offset: Int, factor: Float, weights: UnsafePointer<Float>, row: Int, rowLength: Int
) {
    let sums = target + offset
    let terms = weights + row * rowLength
    var lane = 0
    while lane < rowLength {
        storeLanes(loadLanes(sums + lane) + loadLanes(terms + lane) * factor, sums + lane)
        lane += FloatLanes.scalarCount
    }
}

/// `values[r][o] = values[r][o] * scale[o] + shift[o]` over `count` rows, the product rounded before the sum.
package func scaleAndShiftRows(
    _ values: UnsafeMutablePointer<Float>, offset: Int, count: Int, length: Int, scale: UnsafePointer<Float>, shift: UnsafePointer<Float>
) {
    for index in 0..<count {
        let row = values + offset + index * length
        var lane = 0
        while lane < length {
            storeLanes(loadLanes(row + lane) * loadLanes(scale + lane) + loadLanes(shift + lane), row + lane)
            lane += FloatLanes.scalarCount
        }
    }
}

/// `values[i] = values[i] * scale + shift` over `count` floats, a multiple of the float lanes; the product rounded before the sum.
package func scaleAndShift(_ values: UnsafeMutablePointer<Float>, offset: Int, count: Int, scale: Float, shift: Float) {
    let target = values + offset
    var lane = 0
    while lane < count {
        storeLanes(loadLanes(target + lane) * scale + FloatLanes(repeating: shift), target + lane)
        lane += FloatLanes.scalarCount
    }
}
