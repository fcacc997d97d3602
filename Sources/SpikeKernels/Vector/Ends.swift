internal import CLanes
package import SpikeKernels

package func convolvePixels(
    _ convolution: PixelConvolution, _ pixels: UnsafePointer<UInt8>, _ outputs: Int, _ currents: UnsafeMutableRawPointer
) {
    let window = convolution.window
    let bias = load32(convolution.bias)
    var line = currents
    for token in 0..<window.outputs {
        let top = token / window.outputWidth * window.strideHeight - window.paddingHeight
        let left = token % window.outputWidth * window.strideWidth - window.paddingWidth
        var highSum = bias
        var lowSum = broadcast32(0)
        var tap = 0
        for kernelRow in 0..<window.kernelHeight {
            let row = top + kernelRow * window.dilationHeight
            let start = pixels + (row * window.inputWidth + left) * 3
            for kernelColumn in 0..<window.kernelWidth {
                let column = left + kernelColumn * window.dilationWidth
                if row < 0 || row >= window.inputHeight || column < 0 || column >= window.inputWidth {
                    highSum = difference32(highSum, load32(convolution.tapBias + tap << 6))
                } else {
                    for color in 0..<3 {
                        let pixel = Int32(start[kernelColumn * window.dilationWidth * 3 + color])
                        let place = (tap * 3 + color) << 6
                        highSum = sum32(highSum, product32(load32(convolution.high + place), pixel))
                        lowSum = sum32(lowSum, product32(load32(convolution.low + place), pixel))
                    }
                }
                tap += 1
            }
        }
        store32(sum32(highSum, shiftedRight32(lowSum, 8)), line)
        line += 64
    }
}

package func narrow16(_ low: UnsafeRawPointer, _ high: UnsafeRawPointer, _ tokens: Int, _ currents: UnsafeMutableRawPointer) {
    let lowest = broadcast32(-32768)
    let highest = broadcast32(32767)
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
