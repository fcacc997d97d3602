internal import SpikeKernels

extension FixedPass {
    /// Mixes rows and columns of the grid, and in the plain family fires the identity branch.
    func mixTokens(_ block: FoldedBlock, _ stage: FoldedStage, _ memory: StageMemory) {
        for (axis, spikes) in [(block.height, memory.height), (block.width, memory.width)] {
            begin(.mixing, layer: axis.layer)
            let geometry = axis.axis(scratch: memory.scratch)
            for tile in 0..<stage.tiling.tiles {
                let byte = stage.tiling.bitOffset(tile)
                kernels.mix(geometry, steps, memory.x.place(byte: byte), stage.tiling.laneMask(tile), spikes.place(byte: byte))
            }
            trace(group: axis.group, spikes)
        }
        guard let folded = block.identity, let identity = memory.identity else { return }
        begin(.neurons)
        for tile in 0..<stage.tiling.tiles {
            let byte = stage.tiling.bitOffset(tile)
            kernels.fireIdentity(
                memory.x.place(byte: byte), folded.atRest.line(tile), folded.rise.line(tile), extent(stage.tokens), folded.threshold,
                stage.tiling.laneMask(tile), identity.place(byte: byte))
        }
        trace(group: folded.group, identity)
    }

    /// Fuses the branches and mixes channels, a group of tokens at a time; leaves the block's spikes in `memory.x`.
    func mixChannels(_ block: FoldedBlock, _ stage: FoldedStage, _ memory: StageMemory) {
        if block.identity != nil {
            // Nobody lists the block's own spikes in this family.
            for step in 0..<steps {
                let count = memory.x.count(step: step, steps: steps)
                activity.addOperations(count * stage.side, layer: block.height.layer, step: step)
                activity.addOperations(count * stage.side, layer: block.width.layer, step: step)
            }
        }
        var token = 0
        while token < stage.tokens {
            let group = extent(min(lists.groupTokens, stage.tokens - token))
            fuse(block, stage, memory, token, group)
            expand(block, memory, token, group)
            contract(block, stage, memory, token, group)
            token += group.tokens
        }
        trace(group: block.tokenGroup, memory.mixed)
        trace(group: block.expansion.group, memory.hidden)
        record(group: block.channelGroup, memory.x)
    }

    private func fuse(_ block: FoldedBlock, _ stage: FoldedStage, _ memory: StageMemory, _ token: Int, _ group: Extent) {
        let frame = token * steps
        begin(.listing)
        lists.list(
            inputs: block.fuse.inputs, group, (memory.identity ?? memory.x).source(frame: frame),
            memory.height.source(frame: frame, firstRow: stage.channels),
            memory.width.source(frame: frame, firstRow: 2 * stage.channels), kernels: kernels)
        for step in 0..<steps {
            let identity = lists.count(source: 0, step: step, steps: steps)
            let height = lists.count(source: 1, step: step, steps: steps)
            let width = lists.count(source: 2, step: step, steps: steps)
            activity.addSpikes(height, group: block.height.group, step: step)
            activity.addSpikes(width, group: block.width.group, step: step)
            activity.addOperations((identity + height + width) * stage.channels, layer: block.fuseLayer, step: step)
            if let folded = block.identity {
                activity.addSpikes(identity, group: folded.group, step: step)
            } else {
                activity.addOperations(identity * stage.side, layer: block.height.layer, step: step)
                activity.addOperations(identity * stage.side, layer: block.width.layer, step: step)
            }
        }
        begin(.linear, layer: block.fuseLayer)
        for tile in 0..<stage.tiling.tiles {
            kernels.fuse(
                block.fuse.tile(tile), lists.lists(inputs: block.fuse.inputs), group,
                block.fuse.next(after: tile, following: block.expansion.weights), memory.embeddingLines(tile: tile, token: token),
                memory.kept.line(tile * group.tokens * steps), stage.threshold,
                memory.mixed.place(byte: stage.tiling.bitOffset(tile), frame: frame))
        }
    }

    private func expand(_ block: FoldedBlock, _ memory: StageMemory, _ token: Int, _ group: Extent) {
        let expansion = block.expansion
        let frame = token * steps
        begin(.listing)
        lists.list(inputs: expansion.weights.inputs, group, memory.mixed.source(frame: frame), kernels: kernels)
        for step in 0..<steps {
            let count = lists.count(step: step, steps: steps)
            activity.addSpikes(count, group: block.tokenGroup, step: step)
            activity.addOperations(count * expansion.weights.outputs, layer: expansion.layer, step: step)
        }
        begin(.linear, layer: expansion.layer)
        let weights = expansion.weights
        for tile in 0..<weights.tiling.tiles {
            kernels.expand(
                weights.tile(tile), lists.lists(inputs: weights.inputs), group,
                weights.next(after: tile, following: block.contraction.weights), expansion.thresholds(from: token),
                memory.hidden.place(byte: weights.tiling.bitOffset(tile), frame: frame))
        }
    }

    private func contract(_ block: FoldedBlock, _ stage: FoldedStage, _ memory: StageMemory, _ token: Int, _ group: Extent) {
        let contraction = block.contraction
        let frame = token * steps
        begin(.listing)
        lists.list(inputs: contraction.weights.inputs, group, memory.hidden.source(frame: frame), kernels: kernels)
        for step in 0..<steps {
            let count = lists.count(step: step, steps: steps)
            activity.addSpikes(count, group: block.expansion.group, step: step)
            activity.addOperations(count * stage.channels, layer: contraction.layer, step: step)
        }
        begin(.linear, layer: contraction.layer)
        let weights = contraction.weights
        for tile in 0..<stage.tiling.tiles {
            kernels.contract(
                weights.tile(tile), lists.lists(inputs: weights.inputs), group, weights.next(after: tile, following: block.fuse),
                memory.kept.line(tile * group.tokens * steps), contraction.scales(from: token), contraction.shiftTable,
                stage.threshold, memory.x.place(byte: stage.tiling.bitOffset(tile), frame: frame))
        }
    }
}
