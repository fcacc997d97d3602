import SpikeKernels
import Testing

/// The kernels of neurons and of token mixing, against the specification.
@Suite struct NeuronKernelTests {
    private static let halving = LineBuffer([LeakTerm(shift: 1)])

    /// Leaks that keep all, most, half, three quarters or nothing of a potential.
    private static let leaks: [[LeakTerm]] = [
        [LeakTerm(shift: 0)], [LeakTerm(shift: 0), LeakTerm(shift: 2, isSubtracted: true)],
        [LeakTerm(shift: 0), LeakTerm(shift: 4, isSubtracted: true), LeakTerm(shift: 7)], [LeakTerm(shift: 1)],
        [LeakTerm(shift: 1), LeakTerm(shift: 2)], [],
    ]

    private func currents(_ pair: KernelPair, _ extent: Extent, steps: Int, _ random: inout TestRandom) -> GuardedLines {
        let currents = pair.lines(extent.tokens * steps, within: pair.largestCurrent, &random)
        for index in 0..<extent.tokens * steps * pair.lanes where pair.value(currents, index) == -pair.largestCurrent {
            pair.set(currents, index, -pair.largestCurrent - 1)
        }
        return currents
    }

    @Test(arguments: KernelPair.all)
    func `fire gives the specification's spikes, with currents for every step or for all`(pair: KernelPair) {
        pair.forEachSeed(200) { random in
            let extent = Extent(tokens: random.number(1...6), steps: random.number(1...9))
            let steps = random.chance(0.5) ? 1 : extent.steps
            let currents = currents(pair, extent, steps: steps, &random)
            let thresholds = pair.thresholds(&random)
            let mask = pair.laneMask(&random)
            let neurons = NeuronTile(
                threshold: thresholds.base, leak: Self.halving.records(of: LeakTerm.self), leakTerms: 1, isSoft: false, lanes: mask)
            return pair.compare(SpikeField(pair, extent, &random), keeping: [currents.buffer, thresholds]) { kernels, place in
                kernels.fire(CurrentLines(lines: currents.base, steps: steps), extent, neurons, place)
            }.map { "\($0); \(extent.tokens) tokens, \(steps) of \(extent.steps) steps, lanes \(mask)" }
        }
    }

    @Test(arguments: KernelPair.all)
    func `fire gives the specification's spikes for neurons of every equation`(pair: KernelPair) {
        pair.forEachSeed(400) { random in
            let extent = Extent(tokens: random.number(1...4), steps: random.number(1...9))
            let steps = random.chance(0.3) ? 1 : extent.steps
            let currents = currents(pair, extent, steps: steps, &random)
            let thresholds = pair.thresholds(&random)
            let offset = random.chance(0.5) ? pair.lines(1, within: pair.largestCurrent, &random) : nil
            let initial = random.chance(0.5) ? pair.lines(1, within: pair.largestCurrent, &random) : nil
            let turned = random.chance(0.4) ? pair.line((0..<pair.lanes).map { _ in random.chance(0.5) ? -1 : 0 }) : nil
            if let turned {
                for lane in 0..<pair.lanes {
                    if pair.isNarrow {
                        if turned.value(lane, as: Int16.self) < 0 { thresholds.set(lane, -thresholds.value(lane, as: Int16.self)) }
                    } else if turned.value(lane, as: Int32.self) < 0 {
                        thresholds.set(lane, -thresholds.value(lane, as: Int32.self))
                    }
                }
            }
            let leak = random.pick(Self.leaks)
            let leakTerms = LineBuffer(leak)
            let isSoft = random.chance(0.5)
            let mask = pair.laneMask(&random)
            let neurons = NeuronTile(
                threshold: thresholds.base, offset: offset.map { UnsafeRawPointer($0.base) },
                initial: initial.map { UnsafeRawPointer($0.base) }, turned: turned.map { UnsafeRawPointer($0.base) },
                leak: leakTerms.records(of: LeakTerm.self), leakTerms: leak.count, isSoft: isSoft, lanes: mask)
            return withExtendedLifetime((offset, initial, turned, leakTerms)) {
                pair.compare(SpikeField(pair, extent, &random), keeping: [currents.buffer, thresholds]) { kernels, place in
                    kernels.fire(CurrentLines(lines: currents.base, steps: steps), extent, neurons, place)
                }.map {
                    "\($0); \(steps) of \(extent.steps) steps, \(leak.count) leak terms, soft \(isSoft), offset \(offset != nil), "
                        + "initial \(initial != nil), turned \(turned != nil), lanes \(mask)"
                }
            }
        }
    }

    @Test(arguments: KernelPair.all)
    func `A potential at the threshold spikes and starts anew, one unit below it leaks by half`(pair: KernelPair) {
        var random = TestRandom(seed: 0)
        for kernels in [pair.specification, pair.kernels] {
            for threshold in [1, 2, 101, pair.largestThreshold] {
                // Lane 0 comes exactly to the threshold every time, lane 1 to one unit less.
                let currents = GuardedLines(bytes: 3 * LineBuffer.lineBytes, &random)
                let below = threshold - 1
                for step in 0..<3 {
                    for lane in 0..<pair.lanes { pair.set(currents, step * pair.lanes + lane, 0) }
                    pair.set(currents, step * pair.lanes, threshold)
                    pair.set(currents, step * pair.lanes + 1, step == 0 ? below : below - below >> 1)
                }
                let extent = Extent(tokens: 1, steps: 3)
                let spikes = SpikeField(pair, extent, &random)
                let thresholds = pair.line(Array(repeating: threshold, count: pair.lanes))
                withExtendedLifetime(thresholds) {
                    let neurons = NeuronTile(
                        threshold: thresholds.base, leak: Self.halving.records(of: LeakTerm.self), leakTerms: 1, isSoft: false,
                        lanes: 0b111)
                    kernels.fire(CurrentLines(lines: currents.base, steps: 3), extent, neurons, spikes.place)
                }
                for step in 0..<3 {
                    let bits = spikes.place.bits.load(fromByteOffset: step * spikes.place.stride, as: UInt8.self)
                    #expect(bits == 1, "\(kernels.name), threshold \(threshold), step \(step)")
                }
                #expect(currents.isGuardUntouched)
            }
        }
    }

    @Test(arguments: KernelPair.all)
    func `mix gives the specification's spikes along rows and columns of any length`(pair: KernelPair) {
        pair.forEachSeed(120) { random in
            let mixing = RandomMixing(pair, largestSum: pair.largestCurrent - 1, &random)
            let mask = pair.laneMask(&random)
            let spikes = SpikeField(pair, mixing.extent, &random)
            return
                (pair.compare(spikes, keeping: mixing.keep) { kernels, place in
                    kernels.mix(mixing.axis, mixing.extent.steps, mixing.source.place, mask, place)
                } ?? mixing.damage).map { "\($0); \(mixing.description), lanes \(mask)" }
        }
    }

    @Test(arguments: KernelPair.all)
    func `mixCurrents gives the specification's sums, cut off at both ends`(pair: KernelPair) {
        pair.forEachSeed(120) { random in
            let mixing = RandomMixing(pair, largestSum: pair.isNarrow ? 32767 : Int(Int32.max), &random)
            let mask = pair.laneMask(&random)
            let frames = mixing.extent.tokens * mixing.extent.steps
            let currents = GuardedLines(bytes: frames * LineBuffer.lineBytes, &random)
            return
                (pair.compare(currents, lines: frames, lanes: mask, keeping: mixing.keep) { kernels, base in
                    kernels.mixCurrents(mixing.axis, mixing.extent.steps, mixing.source.place, mask, base)
                } ?? mixing.damage).map { "\($0); \(mixing.description), lanes \(mask)" }
        }
    }
}

/// An axis of a grid whose sides differ, with legal weights, and the spikes on it.
private struct RandomMixing {
    let axis: MixingAxis
    let extent: Extent
    let source: SpikeField
    let keep: [LineBuffer]
    let description: String
    private let scratch: GuardedLines
    private let before: [UInt8]

    init(_ pair: KernelPair, largestSum: Int, _ random: inout TestRandom) {
        let side = random.pick([1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 17])
        let lines = random.pick([1, 2, 3, side])
        extent = Extent(tokens: side * lines, steps: random.number(1...9))
        let bound = random.pick([1, 3, largestSum / (side + 1)])
        let weights = pair.line((0..<side * side).map { _ in random.number(within: bound) })
        let biases = LineBuffer((0..<side).map { _ in Int32(random.number(within: bound)) })
        let thresholds = LineBuffer(
            (0..<side).map { _ in Int32(random.pick([1, 2, pair.largestThreshold, random.number(1...pair.largestThreshold)])) })
        scratch = GuardedLines(bytes: side * extent.steps * 4, &random)
        let isHeight = random.chance(0.5)
        axis = MixingAxis(
            side: side, lines: lines, indexStride: isHeight ? lines : 1, lineStride: isHeight ? 1 : side, weights: weights.base,
            biases: biases.records(of: Int32.self), thresholds: thresholds.records(of: Int32.self),
            scratch: scratch.base.assumingMemoryBound(to: UInt32.self))
        source = SpikeField(pair, extent, &random)
        source.fill(rate: random.rate(), lanes: pair.lanes, frames: extent.tokens * extent.steps, &random)
        before = source.memory.contents
        keep = [weights, biases, thresholds, scratch.buffer, source.memory.buffer]
        description = "side \(side), \(lines) lines, \(extent.steps) steps, weights to \(bound), height \(isHeight)"
    }

    /// What a kernel did to memory that is not its output.
    var damage: String? {
        if !scratch.isGuardUntouched { return "wrote beside its scratch" }
        return source.memory.contents == before ? nil : "changed its input"
    }
}
