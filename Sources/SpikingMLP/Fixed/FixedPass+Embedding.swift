internal import SpikeKernels

extension FixedPass {
    /// Computes a stage's embedding and its first spikes.
    func embed(_ input: Input, _ stage: FoldedStage, _ memory: StageMemory, before: StageMemory?) {
        switch stage.embedding {
        case .pixels(let pixels):
            convolvePixels(input, pixels, stage, memory)
        case .patchCell(let direct, let edges, let groups, let layers):
            guard let before else { preconditionFailure("a patch cell reads the stage before") }
            convolve(direct, before.x.source(), into: memory, layers: Array(layers[..<3]), isAdded: false)
            let node = stage.channels / 3
            for index in 0..<2 {
                let range = index * node..<(index + 1) * node
                fire(stage, memory, memory.nodes[index], range)
                record(group: groups[index], memory.nodes[index], channels: range)
                convolve(
                    edges[index], memory.nodes[index].source(channels: range), into: memory, layers: [layers[3 + index]], isAdded: true)
            }
        case .convolution(let convolution, let layer):
            guard let before else { preconditionFailure("a convolution reads the stage before") }
            convolve(convolution, before.x.source(), into: memory, layers: [layer], isAdded: false)
        }
        fire(stage, memory, memory.x, 0..<stage.channels)
        record(group: stage.embeddingGroup, memory.x)
    }

    private func convolvePixels(_ input: Input, _ folded: FoldedPixels, _ stage: FoldedStage, _ memory: StageMemory) {
        begin(.input)
        let tokens = memory.x.tokens
        switch input {
        case .pixels(let bytes):
            pixels.replace(with: bytes)
        case .normalized:
            break
        }
        for tile in 0..<stage.tiling.tiles {
            if network.format.precision == .fixed32 {
                convolve(input, folded, tile, into: memory.embedding, line: tile * tokens)
            } else {
                let hasSecond = 2 * tile + 1 < folded.tiles
                convolve(input, folded, 2 * tile, into: wideCurrents, line: 0)
                if hasSecond { convolve(input, folded, 2 * tile + 1, into: wideCurrents, line: tokens) }
                kernels.narrow(
                    wideCurrents.line(0), wideCurrents.line(hasSecond ? tokens : 0), tokens, memory.embedding.line(tile * tokens))
            }
        }
    }

    private func convolve(_ input: Input, _ folded: FoldedPixels, _ tile: Int, into currents: LineBuffer, line: Int) {
        switch input {
        case .pixels:
            folded.convolve(pixels, tile: tile, into: currents, line: line, kernels: kernels)
        case .normalized(let values):
            for token in 0..<folded.geometry.side * folded.geometry.side {
                for lane in 0..<min(16, folded.channels - tile * 16) {
                    currents.set(
                        (line + token) * 16 + lane, folded.currents(normalized: values, token: token, channel: tile * 16 + lane))
                }
            }
        }
    }

    /// Adds up the rows of a convolution, into the embedding's currents of its outputs.
    ///
    /// - Parameter layers: the convolutions that share these outputs evenly.
    private func convolve(
        _ convolution: FoldedConvolution, _ source: SpikeSource, into memory: StageMemory, layers: [Int], isAdded: Bool
    ) {
        let outputs = convolution.outputs.count / layers.count
        let tokens = memory.x.tokens
        var token = 0
        while token < tokens {
            let group = extent(min(lists.groupTokens, tokens - token))
            begin(.listing)
            lists.list(
                inputs: convolution.weights.inputs, group, source, convolution.geometry, firstToken: token, kernels: kernels)
            for step in 0..<steps {
                for layer in layers {
                    activity.addOperations(lists.count(step: step, steps: steps) * outputs, layer: layer, step: step)
                }
            }
            begin(.embedding, layer: layers[0])
            let weights = convolution.weights
            for tile in weights.tiles {
                var lines = weights.tile(tile)
                // Other nodes' channels may share the line; they get no weights.
                lines.lanes = weights.tiling.laneMask(tile, convolution.outputs)
                kernels.sumRows(
                    lines, lists.lists(inputs: weights.inputs), group, weights.next(after: tile),
                    memory.embedding.line((tile * tokens + token) * steps), isAdded)
            }
            token += group.tokens
        }
    }

    /// Fires the neurons of some channels of the embedding; the other channels' bits become 0.
    private func fire(_ stage: FoldedStage, _ memory: StageMemory, _ spikes: SpikeBits, _ channels: Range<Int>) {
        begin(.neurons)
        for tile in 0..<stage.tiling.tiles {
            kernels.fire(
                memory.embeddingLines(tile: tile), extent(spikes.tokens), stage.threshold,
                stage.tiling.laneMask(tile, channels), spikes.place(byte: stage.tiling.bitOffset(tile)))
        }
    }
}
