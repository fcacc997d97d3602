import SpikeKernels
import Testing

/// The kernels that add rows of weights, against the specification.
@Suite struct RowKernelTests {
    @Test(arguments: KernelPair.all)
    func `sumRows gives the specification's currents, added or not`(pair: KernelPair) {
        pair.forEachSeed(150) { random in
            let tile = RandomTile(pair, largestSum: 1 << 29, &random)
            let expected = tile.currents(pair, within: pair.isNarrow ? 16383 : 1 << 29, lines: tile.frames, &random)
            let found = GuardedLines(copying: expected)
            let isAdded = random.chance(0.5)
            let next = tile.next(&random)
            return withExtendedLifetime(tile) {
                pair.specification.sumRows(tile.tile, tile.lists, tile.extent, next, expected.base, isAdded)
                pair.kernels.sumRows(tile.tile, tile.lists, tile.extent, next, found.base, isAdded)
                return pair.difference(expected, found, lines: tile.frames, lanes: tile.tile.lanes, "currents")
                    .map { "\($0); added \(isAdded), \(tile.description)" }
            }
        }
    }

    @Test(arguments: KernelPair.all)
    func `fuse gives the specification's currents and spikes`(pair: KernelPair) {
        pair.forEachSeed(150) { random in
            let tile = RandomTile(pair, largestSum: 1 << 29, &random)
            let steps = random.chance(0.5) ? 1 : tile.extent.steps
            let embedding = tile.currents(pair, within: pair.isNarrow ? 16383 : 1 << 29, lines: tile.extent.tokens * steps, &random)
            let expected = GuardedLines(bytes: tile.frames * LineBuffer.lineBytes, &random)
            let found = GuardedLines(copying: expected)
            let spikes = SpikeField(pair, tile.extent, &random)
            let foundSpikes = spikes.copy
            let threshold = random.pick([1, 4, pair.largestThreshold, random.number(1...pair.largestThreshold)])
            let next = tile.next(&random)
            let currents = CurrentLines(lines: embedding.base, steps: steps)
            return withExtendedLifetime((tile, embedding)) {
                pair.specification.fuse(tile.tile, tile.lists, tile.extent, next, currents, expected.base, threshold, spikes.place)
                pair.kernels.fuse(tile.tile, tile.lists, tile.extent, next, currents, found.base, threshold, foundSpikes.place)
                return
                    (pair.difference(expected, found, lines: tile.frames, lanes: tile.tile.lanes, "currents")
                    ?? pair.difference(spikes.memory, foundSpikes.memory))
                    .map { "\($0); embedding of \(steps) steps, threshold \(threshold), \(tile.description)" }
            }
        }
    }

    @Test(arguments: KernelPair.all)
    func `expand gives the specification's spikes for thresholds of either sign, shifts and closed gates`(pair: KernelPair) {
        pair.forEachSeed(150) { random in
            let isLarge = !pair.isNarrow && random.chance(0.5)
            let tile = RandomTile(pair, largestSum: isLarge ? Int(Int32.max) : 1 << 29, &random)
            let bound = pair.isNarrow ? 16383 : 1 << 29
            let neurons = (0..<tile.extent.tokens).map { _ in
                let isTurned = random.chance(0.4)
                let threshold = random.pick([1, 3, bound, random.number(1...bound)])
                return TokenThreshold(
                    offset: Int32(random.pick([0, random.number(within: 3), random.number(within: bound - 1)])),
                    threshold: Int32(isTurned ? -threshold : threshold),
                    shift: Int32(random.chance(0.5) && !isLarge ? 0 : random.number(2...(pair.isNarrow ? 14 : 30))),
                    turned: isTurned ? -1 : 0, gate: random.chance(0.2) ? 0 : -1)
            }
            let thresholds = LineBuffer(neurons)
            let spikes = SpikeField(pair, tile.extent, &random)
            let found = spikes.copy
            let next = tile.next(&random)
            return withExtendedLifetime((tile, thresholds)) {
                let records = UnsafePointer(thresholds.records(of: TokenThreshold.self))
                pair.specification.expand(tile.tile, tile.lists, tile.extent, next, records, spikes.place)
                pair.kernels.expand(tile.tile, tile.lists, tile.extent, next, records, found.place)
                return pair.difference(spikes.memory, found.memory).map { "\($0); \(neurons), \(tile.description)" }
            }
        }
    }

    @Test(arguments: KernelPair.all)
    func `contract gives the specification's spikes for any terms and limits`(pair: KernelPair) {
        pair.forEachSeed(150) { random in
            let isLarge = !pair.isNarrow && random.chance(0.5)
            let tile = RandomTile(pair, largestSum: isLarge ? Int(Int32.max) : 1 << 24, &random)
            let keptBound = pair.isNarrow ? 16383 : 1 << 27
            let kept = tile.currents(pair, within: keptBound, lines: tile.frames, &random)
            var terms: [Int32] = []
            let scales = (0..<tile.extent.tokens).map { _ in
                RandomScale(pair, firstShift: isLarge ? 3 : 0, terms: &terms, &random).scale
            }
            let scaleLines = LineBuffer(scales)
            let termLines = LineBuffer(terms)
            let spikes = SpikeField(pair, tile.extent, &random)
            let found = spikes.copy
            let threshold = random.pick([1, 4, pair.largestThreshold, random.number(1...pair.largestThreshold)])
            let next = tile.next(&random)
            return withExtendedLifetime((tile, kept, scaleLines, termLines)) {
                let records = UnsafePointer(scaleLines.records(of: TokenScale.self))
                let shifts = UnsafePointer(termLines.records(of: Int32.self))
                pair.specification.contract(
                    tile.tile, tile.lists, tile.extent, next, kept.base, records, shifts, threshold, spikes.place)
                pair.kernels.contract(tile.tile, tile.lists, tile.extent, next, kept.base, records, shifts, threshold, found.place)
                return pair.difference(spikes.memory, found.memory)
                    .map { "\($0); threshold \(threshold), \(scales), shifts \(terms), \(tile.description)" }
            }
        }
    }

    @Test(arguments: KernelPair.narrow)
    func `Sums beyond what 16 bits can add are exact, and cut off at both ends`(pair: KernelPair) {
        // 64 rows of 4095, or of -4095; lane 2 takes each 32 times, lane 3 ends at 1.
        let rows = (0..<64).flatMap { row in
            (0..<32).map { [4095, -4095, row < 32 ? 4095 : -4095, row < 32 ? 4095 : -4095][$0 % 4] }
        }
        let weights = pair.line(rows + Array(repeating: 0, count: 32))
        let bias = pair.line((0..<32).map { [1, -1, 16383, 1][$0 % 4] })
        let lists = (LineBuffer((0..<64).map { UInt16($0) }), LineBuffer([UInt32(0), 16]))
        var random = TestRandom(seed: 0)
        for kernels in [pair.specification, pair.kernels] {
            let currents = GuardedLines(bytes: 64, &random)
            withExtendedLifetime((weights, bias, lists)) {
                kernels.sumRows(
                    WeightTile(rows: weights.base, bias: bias.base, safeCount: 4, lanes: .max),
                    RowLists(rows: lists.0.records(of: UInt16.self), starts: lists.1.records(of: UInt32.self), zeroRow: 64),
                    Extent(tokens: 1, steps: 1), UnsafeRawBufferPointer(start: nil, count: 0), currents.base, false)
            }
            #expect((0..<4).map { pair.value(currents, $0) } == [16383, -16384, 16383, 1], "\(kernels.name)")
            #expect(currents.isGuardUntouched)
        }
    }
}

/// A token's scale as the folding makes them: terms, largest first, and a limit that keeps their sum in the lanes.
private struct RandomScale {
    let scale: TokenScale

    init(_ pair: KernelPair, firstShift: Int, terms: inout [Int32], _ random: inout TestRandom) {
        var added: [Int32] = []
        var subtracted: [Int32] = []
        var factor = 0.0
        var shift = firstShift + random.number(0...2)
        for _ in 0..<random.number(0...6) where shift < pair.laneBits {
            if random.chance(0.5) {
                added.append(Int32(shift))
                factor += 1 / Double(1 << shift)
            } else {
                subtracted.append(Int32(shift))
                factor -= 1 / Double(1 << shift)
            }
            shift += random.number(1...3)
        }
        // Sums in wide lanes leave room for this only where they are small.
        let raise = firstShift > 0 || random.chance(0.6) ? 0 : random.number(1...4)
        let offset = random.pick([0, random.number(within: 3), random.number(within: pair.isNarrow ? 16383 : 1 << 28)])
        let largest = pair.isNarrow ? Int(Int16.max) : Int(Int32.max)
        let room = Double(largest - abs(offset) - added.count - subtracted.count)
        let limit = min(Double(largest >> raise), (room / max(abs(factor) * Double(1 << raise), 0x1p-40)).rounded(.down))
        scale = TokenScale(
            offset: Int32(offset), limit: Int32(limit), raise: Int32(raise), firstTerm: Int32(terms.count), addedTerms: Int32(added.count),
            subtractedTerms: Int32(subtracted.count))
        terms += added + subtracted
    }
}
