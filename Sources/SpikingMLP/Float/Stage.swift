/// One of the four stages: an embedding `h`, then blocks that each add their mixing to that same `h`.
///
///     h = embed(x);   x = LIF(h)
///     for each block:
///         a = token(x);     x = LIF(h + a)
///         c = channel(x);   x = LIF(h + a + c)
struct Stage: Sendable {
    private enum Embedding: Sendable {
        case pixels(PatchEmbedding)
        case patchCell(PatchCell)
        case convolution(SpikingConvolution)
    }

    private struct Block: Sendable {
        let tokenMixing: TokenMixing
        let tokenLIF: LIF
        let channelMixing: ChannelMixing
        let channelLIF: LIF
    }

    private let embedding: Embedding
    private let embeddingLIF: LIF
    private let blocks: [Block]

    init(_ loader: ModuleLoader, stage: Int) {
        let architecture = loader.architecture
        embedding =
            switch (stage, architecture.family) {
            case (0, _):
                .pixels(PatchEmbedding(loader))
            case (_, .spe):
                .patchCell(PatchCell(loader, stage: stage))
            case (_, .plain):
                .convolution(
                    SpikingConvolution(
                        loader, path: "to_patch_embedding.\(stage)", stride: 2, padding: 0, inputSide: architecture.grid(stage: stage - 1)))
            }
        embeddingLIF = LIF(loader, path: "to_patch_embedding_lif.\(stage)")
        blocks = architecture.blocks.filter { $0.stage == stage }.map { block in
            Block(
                tokenMixing: TokenMixing(loader, block: block),
                tokenLIF: LIF(loader, path: "token_mix_lif.\(block.index)"),
                channelMixing: ChannelMixing(loader, block: block),
                channelLIF: LIF(loader, path: "channel_mix_lif.\(block.index)"))
        }
    }

    /// The stage's maps; the same ones for all of its blocks.
    struct Maps: Sendable {
        /// The stage's spikes, `x`: input and output of every block.
        var x: SpikeMap
        var h, a, c: FeatureMap
        /// Without tokens where the stage has no patch cell.
        var patchCell: PatchCell.Maps
        var tokenMixing: TokenMixing.Maps
        var hidden: SpikeMap

        init(architecture: Architecture, stage: Int, images: Int, steps: Int) {
            let channels = architecture.channels(stage: stage)
            let tokens = architecture.grid(stage: stage) * architecture.grid(stage: stage)
            x = SpikeMap(frames: images * steps, tokens: tokens, channels: channels)
            h = FeatureMap(images: images, steps: stage == 0 ? 1 : steps, tokens: tokens, channels: channels)
            a = FeatureMap(images: images, steps: steps, tokens: tokens, channels: channels)
            c = a
            let hasPatchCell = stage > 0 && architecture.family == .spe
            patchCell = PatchCell.Maps(images: images, steps: steps, tokens: hasPatchCell ? tokens : 0, channels: channels)
            tokenMixing = TokenMixing.Maps(frames: images * steps, tokens: tokens, channels: channels)
            hidden = SpikeMap(frames: images * steps, tokens: tokens, channels: architecture.alpha * channels)
        }
    }

    /// Embeds the stage before's spikes, or for the first stage the image, and runs all blocks; leaves the stage's spikes in `maps.x`.
    func run(pixels: [Float], previous: SpikeMap?, _ maps: inout Maps, _ pass: inout ForwardPass) {
        embed(pixels: pixels, previous: previous, &maps, &pass)
        embeddingLIF.fire(maps.h, into: &maps.x, &pass)
        for block in blocks {
            block.tokenMixing.mix(maps.x, into: &maps.a, &maps.tokenMixing, &pass)
            maps.a.add(maps.h)
            block.tokenLIF.fire(maps.a, into: &maps.x, &pass)
            block.channelMixing.mix(maps.x, into: &maps.c, hidden: &maps.hidden, &pass)
            maps.c.add(maps.a)
            block.channelLIF.fire(maps.c, into: &maps.x, &pass)
        }
    }

    private func embed(pixels: [Float], previous: SpikeMap?, _ maps: inout Maps, _ pass: inout ForwardPass) {
        switch embedding {
        case .pixels(let embedding):
            embedding.embed(pixels, into: &maps.h, &pass)
        case .patchCell(let cell):
            guard let previous else { preconditionFailure("a patch cell reads the stage before") }
            cell.embed(previous, into: &maps.h, &maps.patchCell, &pass)
        case .convolution(let convolution):
            guard let previous else { preconditionFailure("a convolution reads the stage before") }
            convolution.convolve(previous, into: &maps.h, &pass)
        }
    }
}
