import SpikeKernels
import Testing

extension PositionLists {
    /// Where nothing lists positions.
    static var none: PositionLists {
        PositionLists(channels: UnsafeMutablePointer(bitPattern: 64)!, starts: UnsafeMutablePointer(bitPattern: 64)!)
    }
}

/// The kernels that list spikes, against the specification.
@Suite struct ListKernelTests {
    /// Words of random spikes, `frames` of `wordCount` words each, of which the first `clear` channels do not spike.
    private func words(frames: Int, wordCount: Int, clear: Int, rate: Double, _ random: inout TestRandom) -> LineBuffer {
        LineBuffer(
            (0..<max(1, frames * wordCount)).map { index in
                var word: UInt64 = 0
                let first = index % wordCount * 64
                for bit in 0..<64 where first + bit >= clear && random.chance(rate) { word |= 1 << UInt64(bit) }
                return word
            })
    }

    /// Where two lists differ, up to the last row of the last frame; what is behind is anybody's within the slack.
    private func difference(
        _ expected: (rows: GuardedLines, starts: GuardedLines, counts: GuardedLines),
        _ found: (rows: GuardedLines, starts: GuardedLines, counts: GuardedLines), frames: Int
    ) -> String? {
        for (memory, name) in [(found.rows, "rows"), (found.starts, "starts"), (found.counts, "counts")] where !memory.isGuardUntouched {
            return "wrote beside its \(name)"
        }
        if expected.starts.contents != found.starts.contents { return "starts differ" }
        if expected.counts.contents != found.counts.contents { return "counts differ" }
        for index in 0..<expected.starts.value(frames, as: UInt32.self) * 2 {
            let (wanted, got) = (expected.rows.value(index, as: UInt16.self), found.rows.value(index, as: UInt16.self))
            if wanted != got { return "row \(index) is \(got) instead of \(wanted)" }
        }
        return nil
    }

    private func lists(
        _ memory: (rows: GuardedLines, starts: GuardedLines, counts: GuardedLines), positions: PositionLists = .none, zeroRow: Int
    ) -> RowLists {
        RowLists(
            rows: memory.rows.base.assumingMemoryBound(to: UInt16.self), starts: memory.starts.base.assumingMemoryBound(to: UInt32.self),
            positions: positions, zeroRow: zeroRow)
    }

    /// Memory for lists of exactly so many rows, and counts that stand at 1000 or more.
    private func memory(
        rows: Int, frames: Int, counts: Int, _ random: inout TestRandom
    ) -> (rows: GuardedLines, starts: GuardedLines, counts: GuardedLines) {
        let memory = (
            rows: GuardedLines(bytes: (rows + RowLists.slack) * 2, &random), starts: GuardedLines(bytes: (frames + 1) * 4, &random),
            counts: GuardedLines(bytes: counts * 8, &random)
        )
        for index in 0..<counts { memory.counts.set(index, 1000 + index) }
        return memory
    }

    @Test(arguments: KernelPair.all)
    func `listSpikes gives the specification's rows and counts for one to three sources`(pair: KernelPair) {
        pair.forEachSeed(200) { random in
            let extent = Extent(tokens: random.number(1...6), steps: random.number(1...9))
            let frames = extent.tokens * extent.steps
            var keep: [LineBuffer] = []
            var first = 0
            var spikes = Array(repeating: 0, count: frames)
            let sources = (0..<random.number(1...3)).map { _ in
                let wordCount = random.number(1...4)
                let words = words(frames: frames, wordCount: wordCount, clear: 0, rate: random.rate(), &random)
                keep.append(words)
                for index in 0..<frames * wordCount { spikes[index / wordCount] += words.value(index, as: UInt64.self).nonzeroBitCount }
                defer { first += wordCount * 64 }
                return SpikeSource(words: words.base, stride: wordCount * 8, wordCount: wordCount, firstRow: first)
            }
            let used = spikes.reduce(0) { $0 + RowLists.rows(spikes: $1) }
            let expected = memory(rows: used, frames: frames, counts: sources.count * extent.steps, &random)
            let found = (
                rows: GuardedLines(copying: expected.rows), starts: GuardedLines(copying: expected.starts),
                counts: GuardedLines(bytes: sources.count * extent.steps * 8, &random)
            )
            for index in 0..<sources.count * extent.steps { found.counts.set(index, 1000 + index) }
            let records = LineBuffer(sources)
            return withExtendedLifetime((keep, records)) {
                for (kernels, memory) in [(pair.specification, expected), (pair.kernels, found)] {
                    kernels.listSpikes(
                        UnsafePointer(records.records(of: SpikeSource.self)), sources.count, extent, lists(memory, zeroRow: first),
                        memory.counts.base.assumingMemoryBound(to: Int.self))
                }
                return difference(expected, found, frames: frames)
                    .map { "\($0); \(extent), \(sources.map(\.wordCount)) words, spikes \(spikes)" }
            }
        }
    }

    @Test(arguments: KernelPair.all)
    func `listConvolution gives the specification's rows and counts for any window and several sources`(pair: KernelPair) {
        pair.forEachSeed(300) { random in
            let window = GridWindow.random(&random)
            let steps = random.number(1...6)
            let rate = random.rate()
            var keep: [LineBuffer] = []
            var sources: [SpikeSource] = []
            var inputs = 0
            for _ in 0..<random.number(1...3) {
                let own = random.number(1...100)
                let wordCount = (own + 63) / 64 + 1
                // The layer reads `own` channels from `clear` on; the others do not spike.
                let clear = random.number(0...wordCount * 64 - own)
                let words = LineBuffer(count: window.inputs * steps * wordCount, of: UInt64.self)
                for frame in 0..<window.inputs * steps {
                    for channel in clear..<clear + own where random.chance(rate) {
                        let index = frame * wordCount + channel / 64
                        words.set(index, words.value(index, as: UInt64.self) | 1 << UInt64(channel % 64))
                    }
                }
                keep.append(words)
                sources.append(SpikeSource(words: words.base, stride: wordCount * 8, wordCount: wordCount, firstRow: inputs - clear))
                inputs += own
            }
            // Where all taps share their weights, all have the same rows.
            let rowsPerTap = random.chance(0.3) ? 0 : inputs
            let zeroRow = rowsPerTap == 0 ? inputs : window.taps * inputs
            let (firstToken, tokens) = window.part(&random)
            let extent = Extent(tokens: tokens, steps: steps)
            let frames = tokens * steps
            let counts = sources.count * steps
            let expected = memory(
                rows: frames * RowLists.rows(spikes: window.taps * inputs), frames: frames, counts: counts, &random)
            return withExtendedLifetime(keep) {
                pair.specification.listConvolution(
                    sources, sources.count, window, rowsPerTap, firstToken, extent, lists(expected, zeroRow: zeroRow),
                    expected.counts.base.assumingMemoryBound(to: Int.self))
                // Just as much room as these lists need.
                let found = memory(rows: expected.starts.value(frames, as: UInt32.self) * 2, frames: frames, counts: counts, &random)
                let below = window.inputs(belowOutputs: tokens) * steps
                let channels = GuardedLines(bytes: (below * inputs + RowLists.slack) * 2, &random)
                let starts = GuardedLines(bytes: (below * sources.count + 1) * 4, &random)
                let positions = PositionLists(
                    channels: channels.base.assumingMemoryBound(to: UInt16.self), starts: starts.base.assumingMemoryBound(to: UInt32.self))
                pair.kernels.listConvolution(
                    sources, sources.count, window, rowsPerTap, firstToken, extent, lists(found, positions: positions, zeroRow: zeroRow),
                    found.counts.base.assumingMemoryBound(to: Int.self))
                guard channels.isGuardUntouched, starts.isGuardUntouched else { return "wrote beside its lists of positions" }
                return difference(expected, found, frames: frames).map {
                    "\($0); \(window.words), \(tokens) tokens from \(firstToken), \(sources.count) sources, \(rowsPerTap) rows a tap, rate \(rate)"
                }
            }
        }
    }
}
