internal import SpikeKernels

/// What a pass writes of one stage.
struct StageMemory {
    /// The stage's spikes: input and output of every block.
    let x: SpikeBits
    let identity: SpikeBits?
    let height: SpikeBits
    let width: SpikeBits
    /// Spikes between the two mixings.
    let mixed: SpikeBits
    let hidden: SpikeBits
    /// Spikes of the patch cell's first two nodes, each where its channels stand in the embedding.
    let nodes: [SpikeBits]
    /// The embedding's currents, `[tiles][tokens, steps]` lines; one step in the first stage, where they are constant.
    let embedding: LineBuffer
    let embeddingSteps: Int
    /// Currents of token mixing and embedding for a group of tokens, `[tiles][tokens, steps]` lines.
    let kept: LineBuffer
    /// Words for one line of the grid.
    let scratch: LineBuffer

    init(_ architecture: Architecture, stage: Int, steps: Int, layout: FixedPointLayout, groupTokens: Int) {
        let channels = architecture.channels(stage: stage)
        let side = architecture.grid(stage: stage)
        let tokens = side * side
        func bits(_ channels: Int) -> SpikeBits { SpikeBits(tokens: tokens, channels: channels, steps: steps) }
        x = bits(channels)
        identity = architecture.family == .plain ? bits(channels) : nil
        height = bits(channels)
        width = bits(channels)
        mixed = bits(channels)
        hidden = bits(architecture.alpha * channels)
        nodes = architecture.family == .spe && stage > 0 ? [bits(channels), bits(channels)] : []
        embeddingSteps = stage == 0 ? 1 : steps
        embedding = LineBuffer(lines: layout.tiles(channels) * tokens * embeddingSteps)
        kept = LineBuffer(lines: layout.tiles(channels) * min(tokens, groupTokens) * steps)
        scratch = LineBuffer(count: side * steps, of: UInt32.self)
    }

    var bytes: Int {
        let maps = [x, height, width, mixed, hidden] + nodes + (identity.map { [$0] } ?? [])
        return maps.reduce(embedding.bytes + kept.bytes + scratch.bytes) { $0 + $1.words.bytes }
    }

    /// A tile's embedding currents from a token on.
    func embeddingLines(tile: Int, token: Int = 0) -> CurrentLines {
        CurrentLines(lines: embedding.line((tile * x.tokens + token) * embeddingSteps), steps: embeddingSteps)
    }
}

/// Lists of rows for a group of tokens, and how many spikes they hold.
struct ListMemory {
    /// Tokens whose frames are listed together: enough of them to use a tile's weights often while they are in the first cache.
    let groupTokens: Int
    let rows: LineBuffer
    let starts: LineBuffer
    let sources: LineBuffer
    /// `[3 sources][steps]`
    let counts: LineBuffer

    private static let framesPerGroup = 1024
    private static let rowsPerGroup = 1 << 21

    init(_ architecture: Architecture, steps: Int) {
        let inputs = FixedNetwork.inputsOfLayers(architecture).max() ?? 1
        groupTokens = max(1, min(Self.framesPerGroup, Self.rowsPerGroup / inputs) / steps)
        rows = LineBuffer(count: groupTokens * steps * inputs, of: UInt16.self)
        starts = LineBuffer(count: groupTokens * steps + 1, of: UInt32.self)
        sources = LineBuffer(count: 3, of: SpikeSource.self)
        counts = LineBuffer(count: 3 * steps, of: Int.self)
    }

    var bytes: Int { rows.bytes + starts.bytes + sources.bytes + counts.bytes }

    var lists: RowLists { RowLists(rows: rows.records(of: UInt16.self), starts: starts.records(of: UInt32.self)) }

    /// Lists the spikes of some sources, and leaves their numbers in ``counts``.
    func list(
        _ extent: Extent, _ first: SpikeSource, _ second: SpikeSource? = nil, _ third: SpikeSource? = nil, kernels: KernelSet
    ) {
        var count = 0
        for source in [first, second, third] {
            guard let source else { continue }
            sources.set(count, source)
            count += 1
        }
        counts.clear()
        kernels.listSpikes(
            sources.records(of: SpikeSource.self), count, extent, rows.records(of: UInt16.self), starts.records(of: UInt32.self),
            counts.records(of: Int.self))
    }

    /// Lists the spikes below a convolution's kernel.
    func list(_ source: SpikeSource, _ geometry: ConvolutionGeometry, firstToken: Int, _ extent: Extent, kernels: KernelSet) {
        counts.clear()
        kernels.listConvolution(
            source, geometry, firstToken, extent, rows.records(of: UInt16.self), starts.records(of: UInt32.self),
            counts.records(of: Int.self))
    }

    /// Spikes listed of a source at a time step.
    func count(source: Int = 0, step: Int, steps: Int) -> Int { counts.value(source * steps + step, as: Int.self) }
}
