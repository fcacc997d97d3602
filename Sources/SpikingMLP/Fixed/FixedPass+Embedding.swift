internal import SpikeKernels

extension FixedPass {
    /// Computes a stage's embedding and its first spikes.
    func embed(_ input: Input, _ stage: FoldedStage, _ memory: StageMemory, before: StageMemory?) {
        switch stage.embedding {
        case .pixels(let pixels):
            convolvePixels(input, pixels, memory)
        case .patchCell(let direct, let edges, let groups, let layers):
            guard let before else { preconditionFailure("a patch cell reads the stage before") }
            convolve(direct, SpikeWindow(bits: before.x), into: memory, layers: Array(layers[..<3]), isAdded: false)
            let node = stage.channels / 3
            for index in 0..<2 {
                let range = index * node..<(index + 1) * node
                fire(memory, memory.nodes[index], stage.threshold, range)
                record(group: groups[index], memory.nodes[index], channels: range)
                let reads = SpikeWindow(bits: memory.nodes[index], firstChannel: range.lowerBound)
                convolve(edges[index], reads, into: memory, layers: [layers[3 + index]], isAdded: true)
            }
        case .convolution(let convolution, let layer):
            guard let before else { preconditionFailure("a convolution reads the stage before") }
            convolve(convolution, SpikeWindow(bits: before.x), into: memory, layers: [layer], isAdded: false)
        }
        fire(memory, memory.x, stage.threshold, 0..<stage.channels)
        record(group: stage.embeddingGroup, memory.x)
    }

    private func convolvePixels(_ input: Input, _ folded: FoldedPixels, _ memory: StageMemory) {
        begin(.input)
        let tokens = memory.x.tokens
        switch input {
        case .pixels(let bytes):
            pixels.replace(with: bytes)
        case .normalized:
            break
        }
        let wideTiles = layout.lanes / 16
        for tile in 0..<layout.tiles(folded.channels) {
            let lines = memory.embeddingLines(tile: tile)
            for part in 0..<wideTiles where tile * wideTiles + part < folded.tiles {
                let wideTile = tile * wideTiles + part
                if wideTiles == 1 {
                    convolve(input, folded, wideTile, into: memory.embedding, line: tile * tokens)
                } else {
                    convolve(input, folded, wideTile, into: wideCurrents, line: part * tokens)
                }
            }
            guard wideTiles == 2 else { continue }
            let hasSecond = tile * 2 + 1 < folded.tiles
            kernels.narrow(
                wideCurrents.line(0), wideCurrents.line(hasSecond ? tokens : 0), tokens, UnsafeMutableRawPointer(mutating: lines.lines))
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
        _ convolution: FoldedConvolution, _ window: SpikeWindow, into memory: StageMemory, layers: [Int], isAdded: Bool
    ) {
        let outputs = convolution.outputs.count / layers.count
        let tokens = memory.x.tokens
        var token = 0
        while token < tokens {
            let group = extent(min(lists.groupTokens, tokens - token))
            begin(.listing)
            lists.list(window.source, convolution.geometry, firstToken: token, group, kernels: kernels)
            for step in 0..<steps {
                for layer in layers {
                    activity.addOperations(lists.count(step: step, steps: steps) * outputs, layer: layer, step: step)
                }
            }
            begin(.embedding, layer: layers[0])
            for tile in 0..<convolution.weights.tiles where layout.laneMask(tile: tile, convolution.outputs) != 0 {
                let lines = memory.embedding.line((tile * tokens + token) * steps)
                kernels.sumRows(convolution.weights.tile(tile), lists.lists, group.tokens * steps, lines, isAdded)
            }
            token += group.tokens
        }
    }

    /// Fires the neurons of some channels of the embedding; the other channels' bits become 0.
    private func fire(_ memory: StageMemory, _ spikes: SpikeBits, _ threshold: Int, _ channels: Range<Int>) {
        begin(.neurons)
        for tile in 0..<layout.tiles(spikes.channels) {
            kernels.fire(
                memory.embeddingLines(tile: tile), extent(spikes.tokens), threshold, layout.laneMask(tile: tile, channels),
                spikes.place(tile: tile, lanes: layout.lanes))
        }
    }
}

/// Spikes whose first channels a layer does not read: they are 0.
private struct SpikeWindow {
    let bits: SpikeBits
    var firstChannel = 0

    var source: SpikeSource { bits.source(firstRow: -firstChannel) }
}
