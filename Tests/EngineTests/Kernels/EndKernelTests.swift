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
    func `convolvePixels gives the specification's currents`(pair: KernelPair) {
        pair.forEachSeed(60) { random in
            let patch = random.number(1...8)
            let side = random.number(1...5)
            let geometry = PatchGeometry(imageSize: patch * side, patchSize: patch)
            let taps = patch * patch * 3
            let outputs = random.number(1...16)
            let bound = random.pick([2, (1 << 30) / (taps * 255) - 1])
            let high = lines(taps, outputs: outputs) { random.number(within: bound) }
            let low = lines(taps, outputs: outputs) { random.number(0...255) }
            let bias = lines(1, outputs: outputs) { random.number(within: 1 << 29) }
            let pixels = LineBuffer(
                (0..<3 * patch * side * patch * side).map { _ in UInt8(random.pick([0, 255, random.number(0...255)])) })
            let expected = GuardedLines(bytes: side * side * LineBuffer.lineBytes, &random)
            let found = GuardedLines(copying: expected)
            return withExtendedLifetime((high, low, bias, pixels)) {
                for (kernels, memory) in [(pair.specification, expected), (pair.kernels, found)] {
                    kernels.convolvePixels(
                        geometry, UnsafePointer(pixels.records(of: UInt8.self)), high.base, low.base, bias.base, outputs, memory.base)
                }
                return difference(expected, found, lines: side * side, outputs: outputs)
                    .map { "\($0); patch \(patch), side \(side), \(outputs) outputs, weights to \(bound)" }
            }
        }
    }

    @Test(arguments: KernelPair.narrow)
    func `narrow gives the specification's currents, cut off at both ends`(pair: KernelPair) {
        pair.forEachSeed(100) { random in
            let tokens = random.number(1...20)
            let edges = [16382, 16383, 16384, -16383, -16384, -16385, Int(Int32.max), Int(Int32.min), 0, 65536, -65536]
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
