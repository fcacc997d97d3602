#if VECTOR_KERNELS
    internal import SpikeKernels
#endif

// Built into the module of every instruction set, and into that of the specification: a function of another module would be called, and
// not become part of the loop.
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
    /// The line of a frame.
    @inline(__always)
    func line(token: Int, step: Int) -> UnsafeRawPointer { lines + (token * steps + min(step, steps - 1)) << 6 }
}
