extension ScalarKernels {
    @Sendable
    func sumRows(
        _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ currents: UnsafeMutableRawPointer,
        _ isAdded: Bool
    ) {
        for frame in 0..<extent.tokens * extent.steps {
            let line = currents + frame * LineBuffer.lineBytes
            forEachLane(tile.lanes) { lane in
                let sum = frameSum(tile, lists, frame, lane)
                set(line, lane, limited(isAdded ? numbers.sum(sum, value(line, lane)) : sum))
            }
        }
    }

    @Sendable
    func fuse(
        _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ embedding: CurrentLines,
        _ kept: UnsafeMutableRawPointer, _ threshold: Int, _ spikes: SpikePlace
    ) {
        clear(spikes, extent)
        forEachNeuron(tile.lanes, extent) { token, lane in
            var potential = 0
            for step in 0..<extent.steps {
                let frame = token * extent.steps + step
                let sum = frameSum(tile, lists, frame, lane)
                let current = limited(numbers.sum(sum, value(embedding.line(token: token, step: step), lane)))
                set(kept + frame * LineBuffer.lineBytes, lane, current)
                if self.step(&potential, current, threshold: threshold) { insert(spikes, frame, lane) }
            }
        }
    }

    @Sendable
    func expand(
        _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer,
        _ thresholds: UnsafePointer<TokenThreshold>, _ spikes: SpikePlace
    ) {
        clear(spikes, extent)
        forEachNeuron(tile.lanes, extent) { token, lane in
            let neuron = thresholds[token]
            var potential = 0
            for step in 0..<extent.steps {
                let frame = token * extent.steps + step
                var sum = 0
                if neuron.gate != 0 {
                    sum = frameSum(tile, lists, frame, lane)
                    if neuron.shift > 0 { sum = numbers.shiftedRight(sum, by: Int(neuron.shift)) }
                }
                let current = limited(numbers.sum(sum, Int(neuron.offset)))
                if self.step(&potential, current, threshold: Int(neuron.threshold), isTurned: neuron.turned != 0) {
                    insert(spikes, frame, lane)
                }
            }
        }
    }

    @Sendable
    func contract(
        _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ kept: UnsafeRawPointer,
        _ scales: UnsafePointer<TokenScale>, _ shifts: UnsafePointer<Int32>, _ threshold: Int, _ spikes: SpikePlace
    ) {
        clear(spikes, extent)
        forEachNeuron(tile.lanes, extent) { token, lane in
            let scale = scales[token]
            let added = shifts + Int(scale.firstTerm)
            let subtracted = added + Int(scale.addedTerms)
            var potential = 0
            for step in 0..<extent.steps {
                let frame = token * extent.steps + step
                var sum = frameSum(tile, lists, frame, lane)
                if isNarrow { sum = numbers.limited(sum, from: -Int(scale.limit), to: Int(scale.limit)) }
                if scale.raise > 0 { sum = numbers.shiftedLeft(sum, by: Int(scale.raise)) }
                var scaled = Int(scale.offset)
                for term in 0..<Int(scale.addedTerms) {
                    scaled = numbers.sum(scaled, numbers.shiftedRight(sum, by: Int(added[term])))
                }
                for term in 0..<Int(scale.subtractedTerms) {
                    scaled = numbers.difference(scaled, numbers.shiftedRight(sum, by: Int(subtracted[term])))
                }
                require(Weight(exactly: scaled) != nil, "the folding bounds every scaled sum")
                let current = limited(numbers.sum(scaled, value(kept + frame * LineBuffer.lineBytes, lane)))
                if self.step(&potential, current, threshold: threshold) { insert(spikes, frame, lane) }
            }
        }
    }

    @Sendable
    func fire(_ currents: CurrentLines, _ extent: Extent, _ threshold: Int, _ lanes: UInt32, _ spikes: SpikePlace) {
        clear(spikes, extent)
        forEachNeuron(lanes, extent) { token, lane in
            var potential = 0
            for step in 0..<extent.steps {
                let current = value(currents.line(token: token, step: step), lane)
                if self.step(&potential, current, threshold: threshold) { insert(spikes, token * extent.steps + step, lane) }
            }
        }
    }

    @Sendable
    func fireIdentity(
        _ source: SpikePlace, _ atRest: UnsafeRawPointer, _ rise: UnsafeRawPointer, _ extent: Extent, _ threshold: Int, _ lanes: UInt32,
        _ spikes: SpikePlace
    ) {
        clear(spikes, extent)
        forEachNeuron(lanes, extent) { token, lane in
            var potential = 0
            for step in 0..<extent.steps {
                let frame = token * extent.steps + step
                let low = value(atRest, lane)
                let current = contains(source, frame, lane) ? numbers.sum(low, value(rise, lane)) : low
                if self.step(&potential, current, threshold: threshold) { insert(spikes, frame, lane) }
            }
        }
    }

    @Sendable
    func mix(_ axis: MixingAxis, _ steps: Int, _ source: SpikePlace, _ lanes: UInt32, _ spikes: SpikePlace) {
        clear(spikes, Extent(tokens: axis.side * axis.side, steps: steps))
        for line in 0..<axis.side {
            for output in 0..<axis.side {
                forEachLane(lanes) { lane in
                    var potential = 0
                    for step in 0..<steps {
                        var sum = Int(axis.biases[output])
                        for index in 0..<axis.side {
                            let frame = (index * axis.indexStride + line * axis.lineStride) * steps + step
                            guard contains(source, frame, lane) else { continue }
                            sum = numbers.sum(sum, ofSpikeWith: value(axis.weights, output * axis.side + index))
                        }
                        if self.step(&potential, sum, threshold: Int(axis.thresholds[output])) {
                            insert(spikes, (output * axis.indexStride + line * axis.lineStride) * steps + step, lane)
                        }
                    }
                }
            }
        }
    }

    private func forEachNeuron(_ lanes: UInt32, _ extent: Extent, _ body: (_ token: Int, _ lane: Int) -> Void) {
        for token in 0..<extent.tokens {
            forEachLane(lanes) { body(token, $0) }
        }
    }
}
