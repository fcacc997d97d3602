internal import CLanes
package import SpikeKernels

package func convolvePixels(
    _ geometry: PatchGeometry, _ pixels: UnsafePointer<UInt8>, _ high: UnsafeRawPointer, _ low: UnsafeRawPointer,
    _ bias: UnsafeRawPointer, _ outputs: Int, _ currents: UnsafeMutableRawPointer
) {
    let patch = geometry.patchSize
    var line = currents
    for token in 0..<geometry.side * geometry.side {
        let top = token / geometry.side * patch
        let left = token % geometry.side * patch
        var highSum = load32(bias)
        var lowSum = broadcast32(0)
        var tap = 0
        for row in 0..<patch {
            let start = pixels + ((top + row) * geometry.imageSize + left) * 3
            for value in 0..<patch * 3 {
                let pixel = Int32(start[value])
                highSum = sum32(highSum, product32(load32(high + tap), pixel))
                lowSum = sum32(lowSum, product32(load32(low + tap), pixel))
                tap += 64
            }
        }
        store32(sum32(highSum, shiftedRight32(lowSum, 8)), line)
        line += 64
    }
}

package func narrow16(_ low: UnsafeRawPointer, _ high: UnsafeRawPointer, _ tokens: Int, _ currents: UnsafeMutableRawPointer) {
    let lowest = broadcast32(-16384)
    let highest = broadcast32(16383)
    for line in 0..<tokens {
        let first = clamped32(load32(low + line * 64), lowest, highest)
        let second = clamped32(load32(high + line * 64), lowest, highest)
        store16(narrowed(first, second), currents + line * 64)
    }
}

package func sumShiftedRows(
    _ rows: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ terms: UnsafePointer<ShiftedRow>, _ count: Int, _ outputs: Int,
    _ logits: UnsafeMutableRawPointer
) {
    var sum = load32(bias)
    for index in 0..<count {
        let term = terms[index]
        sum = sum32(sum, shiftedLeft32(load32(rows + Int(term.row) << 6), Int32(truncatingIfNeeded: term.shift)))
    }
    store32(sum, logits)
}
