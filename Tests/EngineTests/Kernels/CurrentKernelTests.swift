import SpikeKernels
import Testing

/// The kernels that add up and scale currents, against the specification.
@Suite struct CurrentKernelTests {
    private func extent(_ random: inout TestRandom) -> Extent { Extent(tokens: random.number(1...6), steps: random.number(1...7)) }

    private func spikes(_ pair: KernelPair, tokens: Int, steps: Int, _ random: inout TestRandom) -> SpikeField {
        let field = SpikeField(pair, Extent(tokens: tokens, steps: steps), &random)
        field.fill(rate: random.rate(), lanes: pair.lanes, frames: tokens * steps, &random)
        return field
    }

    @Test(arguments: KernelPair.all)
    func `sumWindow gives the specification's currents for any window, added or not`(pair: KernelPair) {
        pair.forEachSeed(200) { random in
            let window = GridWindow.random(&random)
            let (first, tokens) = window.part(&random)
            let extent = Extent(tokens: tokens, steps: random.number(1...6))
            let source = spikes(pair, tokens: window.inputs, steps: extent.steps, &random)
            let largest = pair.isNarrow ? 32767 : Int(Int32.max) / (window.taps + 1)
            let weights = pair.lines(window.taps, within: random.pick([largest / 8, largest]), &random)
            let bias = pair.lines(1, within: largest, &random)
            let mask = pair.laneMask(&random)
            let isAdded = random.chance(0.5)
            let currents = pair.lines(tokens * extent.steps, within: pair.largestCurrent, &random)
            return pair.compare(
                currents, lines: tokens * extent.steps, lanes: mask, keeping: [source.memory.buffer, weights.buffer, bias.buffer]
            ) { kernels, base in
                kernels.sumWindow(source.place, window, weights.base, bias.base, first, extent, mask, base, isAdded)
            }.map { "\($0); \(window.words), \(tokens) tokens from \(first), \(extent.steps) steps, added \(isAdded)" }
        }
    }

    @Test(arguments: KernelPair.all)
    func `addWhere gives the specification's currents, on a line or on those before`(pair: KernelPair) {
        pair.forEachSeed(150) { random in
            let extent = extent(&random)
            let frames = extent.tokens * extent.steps
            let source = spikes(pair, tokens: extent.tokens, steps: extent.steps, &random)
            let amplitude = pair.lines(1, within: pair.largestCurrent, &random)
            let bias = random.chance(0.5) ? pair.lines(1, within: pair.largestCurrent, &random) : nil
            let currents = pair.lines(frames, within: pair.largestCurrent, &random)
            return withExtendedLifetime(bias) {
                pair.compare(currents, lines: frames, lanes: pair.allLanes, keeping: [source.memory.buffer, amplitude.buffer]) {
                    kernels, base in
                    kernels.addWhere(source.place, amplitude.base, bias.map { UnsafeRawPointer($0.base) }, extent, base)
                }.map { "\($0); \(extent.tokens) tokens, \(extent.steps) steps, bias \(bias != nil)" }
            }
        }
    }

    @Test(arguments: KernelPair.all)
    func `addCurrents gives the specification's currents in the units of each lane`(pair: KernelPair) {
        pair.forEachSeed(150) { random in
            let extent = extent(&random)
            let frames = extent.tokens * extent.steps
            let steps = random.chance(0.5) ? 1 : extent.steps
            let others = pair.lines(extent.tokens * steps, within: pair.largestCurrent, &random)
            let units = pair.units(&random)
            let isAdded = random.chance(0.6)
            let currents = pair.lines(frames, within: pair.largestCurrent, &random)
            return withExtendedLifetime(units) {
                pair.compare(currents, lines: frames, lanes: pair.allLanes, keeping: [others.buffer]) { kernels, base in
                    kernels.addCurrents(
                        CurrentLines(lines: others.base, steps: steps), units.map { UnsafeRawPointer($0.base) }, extent, base, isAdded)
                }.map { "\($0); \(steps) of \(extent.steps) steps, added \(isAdded), units \(units != nil)" }
            }
        }
    }

    @Test(arguments: KernelPair.all)
    func `addLine gives the specification's currents, cut off at both ends`(pair: KernelPair) {
        pair.forEachSeed(100) { random in
            let extent = extent(&random)
            let frames = extent.tokens * extent.steps
            let line = pair.lines(1, within: pair.largestCurrent, &random)
            let currents = pair.lines(frames, within: pair.largestCurrent, &random)
            return pair.compare(currents, lines: frames, lanes: pair.allLanes, keeping: [line.buffer]) { kernels, base in
                kernels.addLine(line.base, extent, base)
            }
        }
    }

    @Test(arguments: KernelPair.all)
    func `rescale gives the specification's currents for any terms, limits and units`(pair: KernelPair) {
        pair.forEachSeed(200) { random in
            let extent = extent(&random)
            let frames = extent.tokens * extent.steps
            let table = RandomScale.table(pair, count: frames, firstShift: random.pick([0, 3]), &random)
            let units = pair.units(&random)
            let currents = pair.lines(frames, within: pair.largestCurrent, &random)
            return withExtendedLifetime(units) {
                pair.compare(currents, lines: frames, lanes: pair.allLanes, keeping: [table.scales, table.terms]) { kernels, base in
                    kernels.rescale(
                        UnsafePointer(table.scales.records(of: TokenScale.self)), UnsafePointer(table.terms.records(of: Int32.self)),
                        units.map { UnsafeRawPointer($0.base) }, extent, base)
                }.map { "\($0); \(frames) frames, units \(units != nil)" }
            }
        }
    }

    @Test(arguments: KernelPair.all)
    func `poolCurrents gives the specification's largest currents below any window`(pair: KernelPair) {
        pair.forEachSeed(150) { random in
            let pooling = RandomPooling(pair, &random)
            return pooling.compare(pair, &random) { kernels, source, base in
                kernels.poolCurrents(source, pooling.window, pooling.first, pooling.extent, base)
            }
        }
    }

    @Test(arguments: KernelPair.all)
    func `averageCurrents gives the specification's shifted sums below any window`(pair: KernelPair) {
        pair.forEachSeed(150) { random in
            let pooling = RandomPooling(pair, &random)
            var shift: Int32 = 0
            while 1 << shift < pooling.window.taps { shift += 1 }
            return pooling.compare(pair, &random) { kernels, source, base in
                kernels.averageCurrents(source, pooling.window, shift, pooling.first, pooling.extent, base)
            }
        }
    }

    @Test(arguments: KernelPair.all)
    func `countTokens gives the specification's sums over all tokens`(pair: KernelPair) {
        pair.forEachSeed(150) { random in
            let extent = Extent(tokens: random.number(1...40), steps: random.number(1...7))
            let source = spikes(pair, tokens: extent.tokens, steps: extent.steps, &random)
            let largest = pair.isNarrow ? 32767 : Int(Int32.max) / (extent.tokens + 1)
            let amplitude = pair.lines(1, within: random.pick([largest / 64, largest]), &random)
            let bias = pair.lines(1, within: largest, &random)
            let currents = GuardedLines(bytes: extent.steps * LineBuffer.lineBytes, &random)
            return pair.compare(
                currents, lines: extent.steps, lanes: pair.allLanes, keeping: [source.memory.buffer, amplitude.buffer, bias.buffer]
            ) { kernels, base in
                kernels.countTokens(source.place, amplitude.base, bias.base, extent, base)
            }.map { "\($0); \(extent.tokens) tokens, \(extent.steps) steps" }
        }
    }
}

/// Currents, the same at every time step or not, and a window over them.
private struct RandomPooling {
    let window: GridWindow
    let first: Int
    let extent: Extent
    private let source: GuardedLines
    private let steps: Int

    init(_ pair: KernelPair, _ random: inout TestRandom) {
        window = GridWindow.random(&random)
        let part = window.part(&random)
        first = part.first
        extent = Extent(tokens: part.count, steps: random.number(1...6))
        steps = random.chance(0.5) ? 1 : extent.steps
        source = pair.lines(window.inputs * steps, within: pair.largestCurrent, &random)
    }

    func compare(
        _ pair: KernelPair, _ random: inout TestRandom, _ run: (KernelSet, CurrentLines, UnsafeMutableRawPointer) -> Void
    ) -> String? {
        let frames = extent.tokens * extent.steps
        let currents = GuardedLines(bytes: frames * LineBuffer.lineBytes, &random)
        return pair.compare(currents, lines: frames, lanes: pair.allLanes, keeping: [source.buffer]) { kernels, base in
            run(kernels, CurrentLines(lines: source.base, steps: steps), base)
        }.map { "\($0); \(window.words), \(extent.tokens) tokens from \(first), \(steps) of \(extent.steps) steps" }
    }
}
