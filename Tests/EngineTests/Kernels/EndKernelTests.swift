import SpikeKernels
import Testing

/// The kernels at a network's two ends, against the specification.
@Suite struct EndKernelTests {
    /// Lines of 32-bit numbers, lanes beyond `outputs` 0.
    private func lines(_ count: Int, outputs: Int, _ value: () -> Int) -> LineBuffer {
        LineBuffer((0..<max(1, count) * 16).map { $0 % 16 < outputs ? Int32(value()) : 0 })
    }

    /// Where two outputs differ in the first `outputs` of 16 lanes.
    private func difference(_ expected: GuardedLines, _ found: GuardedLines, lines: Int, outputs: Int) -> String? {
        if !found.isGuardUntouched { return "wrote beside its memory" }
        for line in 0..<lines {
            for lane in 0..<outputs {
                let (wanted, got) = (expected.value(line * 16 + lane, as: Int32.self), found.value(line * 16 + lane, as: Int32.self))
                if wanted != got { return "line \(line), lane \(lane) is \(got) instead of \(wanted)" }
            }
        }
        return nil
    }

    @Test(arguments: KernelPair.all)
    func `convolvePixels gives the specification's currents inside and in the padding`(pair: KernelPair) {
        pair.forEachSeed(120) { random in
            let window = GridWindow.random(&random)
            let outputs = random.number(1...16)
            let colors = window.taps * 3
            let bound = random.pick([2, (1 << 29) / (colors * 255) - 1])
            let high = lines(colors, outputs: outputs) { random.number(within: bound) }
            let low = lines(colors, outputs: outputs) { random.number(0...255) }
            let bias = lines(1, outputs: outputs) { random.number(within: 1 << 29) }
            let tapBias = lines(window.taps, outputs: outputs) { random.number(within: (1 << 29) / window.taps) }
            let pixels = LineBuffer((0..<3 * window.inputs).map { _ in UInt8(random.pick([0, 255, random.number(0...255)])) })
            let convolution = PixelConvolution(window: window, high: high.base, low: low.base, bias: bias.base, tapBias: tapBias.base)
            let expected = GuardedLines(bytes: window.outputs * LineBuffer.lineBytes, &random)
            let found = GuardedLines(copying: expected)
            return withExtendedLifetime((high, low, bias, tapBias, pixels)) {
                for (kernels, memory) in [(pair.specification, expected), (pair.kernels, found)] {
                    kernels.convolvePixels(convolution, UnsafePointer(pixels.records(of: UInt8.self)), outputs, memory.base)
                }
                return difference(expected, found, lines: window.outputs, outputs: outputs)
                    .map { "\($0); \(window.words), \(outputs) outputs, weights to \(bound)" }
            }
        }
    }

    @Test(arguments: KernelPair.narrow)
    func `narrow gives the specification's currents, cut off at both ends`(pair: KernelPair) {
        pair.forEachSeed(100) { random in
            let tokens = random.number(1...20)
            let edges = [32766, 32767, 32768, -32767, -32768, -32769, Int(Int32.max), Int(Int32.min), 0, 65536, -65536]
            let low = lines(tokens, outputs: 16) { random.pick(edges + [random.number(within: 40000)]) }
            let high = lines(tokens, outputs: 16) { random.pick(edges + [random.number(within: 40000)]) }
            let expected = GuardedLines(bytes: tokens * LineBuffer.lineBytes, &random)
            let found = GuardedLines(copying: expected)
            return withExtendedLifetime((low, high)) {
                pair.specification.narrow(low.base, high.base, tokens, expected.base)
                pair.kernels.narrow(low.base, high.base, tokens, found.base)
                return pair.difference(expected, found, lines: tokens, lanes: .max, "currents")
            }
        }
    }

    @Test(arguments: KernelPair.all)
    func `sumShiftedRows gives the specification's logits`(pair: KernelPair) {
        pair.forEachSeed(150) { random in
            let rowCount = random.number(1...40)
            let outputs = random.number(1...16)
            let largestShift = random.number(0...12)
            let count = random.number(0...60)
            let bound = (1 << 30) / ((count + 1) << largestShift)
            let rows = lines(rowCount, outputs: outputs) { random.number(within: bound) }
            let bias = lines(1, outputs: outputs) { random.number(within: 1 << 30) }
            let terms = LineBuffer(
                (0..<count).map { _ in
                    ShiftedRow(row: UInt32(random.number(0...rowCount - 1)), shift: UInt32(random.number(0...largestShift)))
                })
            let expected = GuardedLines(bytes: LineBuffer.lineBytes, &random)
            let found = GuardedLines(copying: expected)
            return withExtendedLifetime((rows, bias, terms)) {
                for (kernels, memory) in [(pair.specification, expected), (pair.kernels, found)] {
                    kernels.sumShiftedRows(
                        rows.base, bias.base, UnsafePointer(terms.records(of: ShiftedRow.self)), count, outputs, memory.base)
                }
                return difference(expected, found, lines: 1, outputs: outputs)
                    .map { "\($0); \(count) terms of \(rowCount) rows, shifts to \(largestShift), \(outputs) outputs" }
            }
        }
    }
}
