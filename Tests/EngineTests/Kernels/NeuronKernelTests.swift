import SpikeKernels
import Testing

/// The kernels of neurons and of token mixing, against the specification.
@Suite struct NeuronKernelTests {
    @Test(arguments: KernelPair.all)
    func `fire gives the specification's spikes, with currents for every step or for all`(pair: KernelPair) {
        pair.forEachSeed(200) { random in
            let extent = Extent(tokens: random.number(1...6), steps: random.number(1...9))
            let steps = random.chance(0.5) ? 1 : extent.steps
            let bound = random.pick([3, pair.largestCurrent])
            let currents = GuardedLines(bytes: extent.tokens * steps * LineBuffer.lineBytes, &random)
            for index in 0..<extent.tokens * steps * pair.lanes {
                let value = random.number(within: bound)
                pair.set(currents, index, pair.isNarrow && value == -16383 ? -16384 : value)
            }
            let threshold = random.pick([1, 2, 5, pair.largestThreshold, random.number(1...pair.largestThreshold)])
            let mask = pair.laneMask(&random)
            let spikes = SpikeField(pair, extent, &random)
            let found = spikes.copy
            return withExtendedLifetime(currents) {
                let lines = CurrentLines(lines: currents.base, steps: steps)
                pair.specification.fire(lines, extent, threshold, mask, spikes.place)
                pair.kernels.fire(lines, extent, threshold, mask, found.place)
                return pair.difference(spikes.memory, found.memory)
                    .map { "\($0); \(extent), \(steps) steps of currents to \(bound), threshold \(threshold), lanes \(mask)" }
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
                kernels.fire(CurrentLines(lines: currents.base, steps: 3), extent, threshold, 0b111, spikes.place)
                for step in 0..<3 {
                    let bits = spikes.place.bits.load(fromByteOffset: step * spikes.place.stride, as: UInt8.self)
                    #expect(bits == 1, "\(kernels.name), threshold \(threshold), step \(step)")
                }
                #expect(currents.isGuardUntouched)
            }
        }
    }

    @Test(arguments: KernelPair.all)
    func `fireIdentity gives the specification's spikes`(pair: KernelPair) {
        pair.forEachSeed(200) { random in
            let extent = Extent(tokens: random.number(1...6), steps: random.number(1...9))
            let bound = random.pick([3, pair.largestCurrent - 2])
            let low = (0..<pair.lanes).map { _ in random.number(within: bound) }
            let atRest = pair.line(low)
            let rise = pair.line(low.map { random.number(within: bound) - $0 })
            let source = SpikeField(pair, extent, &random)
            source.fill(rate: random.rate(), lanes: pair.lanes, frames: extent.tokens * extent.steps, &random)
            let threshold = random.pick([1, 2, pair.largestThreshold, random.number(1...pair.largestThreshold)])
            let mask = pair.laneMask(&random)
            let spikes = SpikeField(pair, extent, &random)
            let found = spikes.copy
            return withExtendedLifetime((source, atRest, rise)) {
                pair.specification.fireIdentity(source.place, atRest.base, rise.base, extent, threshold, mask, spikes.place)
                pair.kernels.fireIdentity(source.place, atRest.base, rise.base, extent, threshold, mask, found.place)
                return pair.difference(spikes.memory, found.memory)
                    .map { "\($0); \(extent), currents to \(bound), threshold \(threshold), lanes \(mask)" }
            }
        }
    }

    @Test(arguments: KernelPair.all)
    func `mix gives the specification's spikes along rows and columns of any length`(pair: KernelPair) {
        pair.forEachSeed(120) { random in
            let side = random.pick([1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 17])
            let steps = random.number(1...9)
            let extent = Extent(tokens: side * side, steps: steps)
            let largest = (pair.largestCurrent - 1) / (side + 1)
            let bound = random.pick([1, 3, largest])
            let weights = pair.line((0..<side * side).map { _ in random.number(within: bound) })
            let biases = LineBuffer((0..<side).map { _ in Int32(random.number(within: bound)) })
            let thresholds = LineBuffer(
                (0..<side).map { _ in Int32(random.pick([1, 2, pair.largestThreshold, random.number(1...pair.largestThreshold)])) })
            let scratch = GuardedLines(bytes: side * steps * 4, &random)
            let isHeight = random.chance(0.5)
            let axis = MixingAxis(
                side: side, indexStride: isHeight ? side : 1, lineStride: isHeight ? 1 : side, weights: weights.base,
                biases: biases.records(of: Int32.self), thresholds: thresholds.records(of: Int32.self),
                scratch: scratch.base.assumingMemoryBound(to: UInt32.self))
            let source = SpikeField(pair, extent, &random)
            source.fill(rate: random.rate(), lanes: pair.lanes, frames: extent.tokens * steps, &random)
            let before = source.memory.contents
            let mask = pair.laneMask(&random)
            let spikes = SpikeField(pair, extent, &random)
            let found = spikes.copy
            return withExtendedLifetime((source, weights, biases, thresholds, scratch)) {
                pair.specification.mix(axis, steps, source.place, mask, spikes.place)
                pair.kernels.mix(axis, steps, source.place, mask, found.place)
                if !scratch.isGuardUntouched { return "wrote beside its scratch; side \(side), \(steps) steps" }
                if source.memory.contents != before { return "changed its input; side \(side), \(steps) steps" }
                return pair.difference(spikes.memory, found.memory)
                    .map { "\($0); side \(side), \(steps) steps, weights to \(bound), height \(isHeight), lanes \(mask)" }
            }
        }
    }
}
