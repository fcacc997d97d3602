internal import SpikeKernels

// Twins of functions beside the specification: in a module of another instruction set a function of this package's would be called, and not become part of the loop.
extension GridWindow {
    /// Calls `body` with each input position below the window at an output position, and its tap, in the order of taps.
    @inline(__always)
    func forEachInput(output: Int, _ body: (_ input: Int, _ tap: Int) -> Void) {
        let top = output / outputWidth * strideHeight - paddingHeight
        let left = output % outputWidth * strideWidth - paddingWidth
        var tap = 0
        for kernelRow in 0..<kernelHeight {
            let row = top + kernelRow * dilationHeight
            if row < 0 || row >= inputHeight {
                tap += kernelWidth
                continue
            }
            for kernelColumn in 0..<kernelWidth {
                let column = left + kernelColumn * dilationWidth
                if column >= 0 && column < inputWidth { body(row * inputWidth + column, tap) }
                tap += 1
            }
        }
    }
}

extension CurrentLines {
    @inline(__always)
    func line(token: Int, step: Int) -> UnsafeRawPointer { lines + (token * steps + min(step, steps - 1)) << 6 }
}
