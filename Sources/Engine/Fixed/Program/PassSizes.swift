internal import Networks
internal import SpikeKernels

/// How much memory a pass takes, known before any of it is allocated. Sizes are lines.
struct PassSizes {
    let memory: PassMemory
    /// Positions that each of the network's runs takes at a time.
    let groups: [Int]
    let listRows: Int
    let listStarts: Int
    let positionChannels: Int
    let positionStarts: Int
    let listSources: Int
    let listCounts: Int
    let pixels: Int
    let scratch: Int
    let termScratch: Int
    let stillScratch: Int
    let wideScratch: Int
    let axisScratch: Int
    let headScratch: Int
    private let scales: Int
    private let head: Int
    private let counters: Int

    private static let framesPerGroup = 1024
    private static let rowsPerGroup = 1 << 21

    init(_ network: FixedNetwork, kernels: KernelSet, steps: Int) {
        memory = PassMemory(network, steps: steps, lanes: kernels.lanes)
        let program = network.steps
        let groups = network.runs.map { run in
            let rows = program[run].map(\.listed.rows).max() ?? 0
            guard !program[run.lowerBound].isGlobal else { return program[run.lowerBound].tokens }
            return max(1, min(Self.framesPerGroup, Self.rowsPerGroup / max(rows, 1)) / steps)
        }
        var (rows, sources, frames, lines) = (1, 1, 1, 1)
        var (positions, channels) = (0, 0)
        for (run, group) in zip(network.runs, groups) {
            for step in program[run] {
                let own = min(group, step.tokens) * steps
                frames = max(frames, own)
                rows = max(rows, own * RowLists.rows(spikes: step.listed.rows))
                sources = max(sources, step.listed.sources)
                for listed in step.listedPositions(outputs: min(group, step.tokens)) {
                    positions = max(positions, listed.frames * steps)
                    channels = max(channels, listed.channels * steps)
                }
                lines = max(lines, own * step.scratchTiles)
            }
        }
        self.groups = groups
        listRows = LineBuffer.lines(count: rows + RowLists.slack, of: UInt16.self)
        listStarts = LineBuffer.lines(count: frames + 1, of: UInt32.self)
        positionChannels = LineBuffer.lines(count: channels + RowLists.slack, of: UInt16.self)
        positionStarts = LineBuffer.lines(count: positions + 1, of: UInt32.self)
        listSources = LineBuffer.lines(count: sources, of: SpikeSource.self)
        listCounts = LineBuffer.lines(count: sources * steps, of: Int.self)
        scratch = lines
        let scaled = network.scaledSteps
        termScratch = (scaled.map(\.tokens).max() ?? 0) * steps
        let images = program.compactMap { $0 as? CurrentStep }.filter {
            $0.terms.contains { if case .image = $0.work { true } else { false } }
        }
        stillScratch = images.contains { !$0.slot.isConstant } ? images.map(\.tokens).max() ?? 0 : 1
        wideScratch = kernels.laneBits == 16 ? 2 * (images.map(\.tokens).max() ?? 0) : 1
        let features = network.network.features
        axisScratch = LineBuffer.lines(count: features.reduce(1) { max($0, $1.height, $1.width) } * steps, of: UInt32.self)
        headScratch = features.reduce(1) { max($0, $1.channels) }
        let size = network.network.inputSize
        pixels = LineBuffer.lines(count: 3 * size * size, of: UInt8.self)
        var tables: [Int: Int] = [:]
        for step in scaled {
            for scale in step.terms.compactMap(\.scale) {
                tables[scale.key] = LineBuffer.lines(count: step.tokens * (step.usesFrames ? steps : 1), of: TokenScale.self)
            }
        }
        scales = tables.values.reduce(0, +)
        head = program.reduce(0) { $0 + (($1 as? HeadStep)?.scratchLines ?? 0) }
        counters = network.network.activity.counterBytes(steps: steps) + NonzeroInputs.bytes(network.network, steps: steps)
    }

    /// Bytes of all that a pass writes; spikes that a trace keeps come on top.
    var bytes: Int {
        let lines = [
            listRows, listStarts, positionChannels, positionStarts, listSources, listCounts, pixels, scratch, termScratch, stillScratch,
            wideScratch, axisScratch,
            headScratch,
            scales, head,
        ]
        return lines.reduce(0) { $0 + max($1, 1) } * LineBuffer.lineBytes + memory.bytes + counters
    }
}

extension FixedNetwork {
    /// Steps whose terms are scaled, or added over all positions, before they are added up.
    var scaledSteps: [CurrentStep] {
        steps.compactMap { $0 as? CurrentStep }.filter { $0.terms.contains { $0.scale != nil || $0.isGlobal } }
    }
}
