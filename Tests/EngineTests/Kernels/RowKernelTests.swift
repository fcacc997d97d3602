import SpikeKernels
import Testing

/// The kernels that add rows of weights, against the specification.
@Suite struct RowKernelTests {
    @Test(arguments: KernelPair.all)
    func `sumRows gives the specification's currents, added or not`(pair: KernelPair) {
        pair.forEachSeed(150) { random in
            let tile = RandomTile(pair, largestSum: Int(Int32.max), &random)
            let currents = pair.lines(tile.frames, within: pair.largestCurrent, &random)
            let isAdded = random.chance(0.5)
            let next = tile.next(&random)
            return pair.compare(currents, lines: tile.frames, lanes: tile.tile.lanes, keeping: tile.keep) { kernels, base in
                kernels.sumRows(tile.tile, tile.lists, tile.extent, next, base, isAdded)
            }.map { "\($0); added \(isAdded), \(tile.description)" }
        }
    }

    @Test(arguments: KernelPair.all)
    func `sumRows gives the specification's currents for more inputs than a list can address in bytes`(pair: KernelPair) {
        pair.forEachSeed(4) { random in
            let tile = RandomTile(pair, largestSum: Int(Int32.max), inputs: 8190 + random.number(0...300), &random)
            let currents = pair.lines(tile.frames, within: pair.largestCurrent, &random)
            return pair.compare(currents, lines: tile.frames, lanes: tile.tile.lanes, keeping: tile.keep) { kernels, base in
                kernels.sumRows(tile.tile, tile.lists, tile.extent, UnsafeRawBufferPointer(start: nil, count: 0), base, false)
            }.map { "\($0); \(tile.description)" }
        }
    }

    @Test(arguments: KernelPair.all)
    func `fuse gives the specification's currents and spikes`(pair: KernelPair) {
        pair.forEachSeed(200) { random in
            let tile = RandomTile(pair, count: random.number(1...4), largestSum: 1 << 29, &random)
            let steps = random.chance(0.5) ? 1 : tile.extent.steps
            let other = pair.lines(tile.count * tile.extent.tokens * steps, within: pair.isNarrow ? 32767 : 1 << 29, &random)
            let currents = CurrentLines(
                lines: other.base, steps: steps, tileStride: tile.extent.tokens * steps * LineBuffer.lineBytes)
            let units = pair.units(count: tile.count, &random)
            let thresholds = pair.thresholds(count: tile.count, &random)
            let expected = GuardedLines(bytes: tile.count * tile.frames * LineBuffer.lineBytes, &random)
            let found = GuardedLines(copying: expected)
            let spikes = SpikeField(pair, tile.extent, tiles: tile.count, &random)
            let foundSpikes = spikes.copy
            let next = tile.next(&random)
            return withExtendedLifetime((tile, other, units, thresholds)) {
                for (kernels, kept, place) in [(pair.specification, expected, spikes.place), (pair.kernels, found, foundSpikes.place)] {
                    kernels.fuse(
                        tile.tiles, tile.lists, tile.extent, next, currents, units.map { UnsafeRawPointer($0.base) }, kept.base,
                        thresholds.base, place)
                }
                return
                    (pair.difference(
                        expected, found, lines: tile.frames, lanes: tile.tile.lanes, tiles: tile.count, lastLanes: tile.tiles.lastLanes,
                        "currents")
                    ?? pair.difference(spikes.memory, foundSpikes.memory))
                    .map { "\($0); other of \(steps) steps, units \(units != nil), \(tile.description)" }
            }
        }
    }

    @Test(arguments: KernelPair.all)
    func `expand gives the specification's spikes for thresholds of either sign, shifts, units and closed gates`(pair: KernelPair) {
        pair.forEachSeed(200) { random in
            let isLarge = !pair.isNarrow && random.chance(0.5)
            let tile = RandomTile(pair, count: random.number(1...4), largestSum: isLarge ? Int(Int32.max) : 1 << 29, &random)
            let bound = pair.isNarrow ? 32766 : 1 << 29
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
            let units = pair.units(count: tile.count, &random)
            let next = tile.next(&random)
            return withExtendedLifetime((thresholds, units)) {
                pair.compare(SpikeField(pair, tile.extent, tiles: tile.count, &random), keeping: tile.keep) { kernels, place in
                    kernels.expand(
                        tile.tiles, tile.lists, tile.extent, next, UnsafePointer(thresholds.records(of: TokenThreshold.self)),
                        units.map { UnsafeRawPointer($0.base) }, place)
                }.map { "\($0); units \(units != nil), \(tile.description)" }
            }
        }
    }

    @Test(arguments: KernelPair.all)
    func `contract gives the specification's spikes for any terms, limits, units and drops`(pair: KernelPair) {
        pair.forEachSeed(200) { random in
            let isLarge = !pair.isNarrow && random.chance(0.5)
            let tile = RandomTile(pair, count: random.number(1...4), largestSum: isLarge ? Int(Int32.max) : 1 << 24, &random)
            let kept = pair.lines(tile.count * tile.frames, within: pair.isNarrow ? 32767 : 1 << 27, &random)
            let table = RandomScale.table(pair, count: tile.extent.tokens, firstShift: isLarge ? 3 : 0, isDropping: true, &random)
            let units = pair.units(count: tile.count, &random)
            let thresholds = pair.thresholds(count: tile.count, &random)
            let next = tile.next(&random)
            return withExtendedLifetime((kept, table, units, thresholds)) {
                pair.compare(SpikeField(pair, tile.extent, tiles: tile.count, &random), keeping: tile.keep) { kernels, place in
                    kernels.contract(
                        tile.tiles, tile.lists, tile.extent, next, kept.base, UnsafePointer(table.scales.records(of: TokenScale.self)),
                        UnsafePointer(table.terms.records(of: Int32.self)), units.map { UnsafeRawPointer($0.base) }, thresholds.base, place)
                }.map { "\($0); units \(units != nil), \(tile.description)" }
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
        let lists = (LineBuffer((0..<64).map { UInt16($0 << 3) }), LineBuffer([UInt32(0), 32]))
        var random = TestRandom(seed: 0)
        for kernels in [pair.specification, pair.kernels] {
            let currents = GuardedLines(bytes: 64, &random)
            withExtendedLifetime((weights, bias, lists)) {
                kernels.sumRows(
                    WeightTile(rows: weights.base, bias: bias.base, places: bias.base, safeCount: 4, lanes: .max),
                    RowLists(
                        rows: lists.0.records(of: UInt16.self), starts: lists.1.records(of: UInt32.self), positions: .none,
                        zeroRow: 64),
                    Extent(tokens: 1, steps: 1), UnsafeRawBufferPointer(start: nil, count: 0), currents.base, false)
            }
            #expect((0..<4).map { pair.value(currents, $0) } == [32767, -32767, 16383, 1], "\(kernels.name)")
            #expect(currents.isGuardUntouched)
        }
    }
}
