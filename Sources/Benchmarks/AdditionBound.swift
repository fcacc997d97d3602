package import SpikeKernels

/// The rate of loading and adding lines from the first cache: the bound of event-driven addition on this machine.
package enum AdditionBound {
    /// Additions of single lanes per second, the best of several tries of about 10 ms each.
    ///
    /// - Returns: nil for the scalar kernels, which have no lines.
    package static func additionsPerSecond(_ kernels: KernelSet) -> Double? {
        guard let addLines = kernels.addLines else { return nil }
        let lines = LineBuffer(lines: 128)
        let sums = LineBuffer(lines: 8)
        var passes = 256
        var best = 0.0
        for _ in 0..<16 {
            let seconds = Stopwatch.measure { addLines(lines.line(0), passes, sums.line(0)) }
            best = max(best, Double(passes * 128 * kernels.lanes) / seconds)
            if seconds < 0.005 { passes *= 2 }
        }
        return best
    }
}
