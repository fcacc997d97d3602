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
                let current = cut(sum)
                set(line, lane, isAdded ? cut(numbers.sum(current, value(line, lane))) : current)
            }
        }
    }

    @Sendable
    func fuse(
        _ tiles: WeightTiles, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ other: CurrentLines,
        _ units: UnsafeRawPointer?, _ kept: UnsafeMutableRawPointer, _ thresholds: UnsafeRawPointer, _ spikes: SpikePlace
    ) {
        forEachTile(tiles) { index, tile, line in
            fuse(
                tile, lists, extent, other.tile(index), units.map { $0 + line }, kept + index * tiles.currentStride, thresholds + line,
                spikes.tile(index, lanes: lanes))
        }
    }

    private func fuse(
        _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ other: CurrentLines, _ units: UnsafeRawPointer?,
        _ kept: UnsafeMutableRawPointer, _ thresholds: UnsafeRawPointer, _ spikes: SpikePlace
    ) {
        clear(spikes, extent)
        forEachNeuron(tile.lanes, extent) { token, lane in
            var potential = 0
            for step in 0..<extent.steps {
                let frame = token * extent.steps + step
                let sum = frameSum(tile, lists, frame, lane)
                let current = limited(numbers.sum(sum, inUnits(value(other.line(token: token, step: step), lane), units, lane)))
                set(kept + frame * LineBuffer.lineBytes, lane, current)
                if self.step(&potential, current, threshold: value(thresholds, lane)) { insert(spikes, frame, lane) }
            }
        }
    }

    @Sendable
    func expand(
        _ tiles: WeightTiles, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer,
        _ thresholds: UnsafePointer<TokenThreshold>, _ units: UnsafeRawPointer?, _ spikes: SpikePlace
    ) {
        forEachTile(tiles) { index, tile, line in
            expand(tile, lists, extent, thresholds, units.map { $0 + line }, spikes.tile(index, lanes: lanes))
        }
    }

    private func expand(
        _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ thresholds: UnsafePointer<TokenThreshold>,
        _ units: UnsafeRawPointer?, _ spikes: SpikePlace
    ) {
        clear(spikes, extent)
        forEachNeuron(tile.lanes, extent) { token, lane in
            let neuron = thresholds[token]
            let offset = inUnits(Int(neuron.offset), units, lane)
            let threshold = inUnits(Int(neuron.threshold), units, lane)
            var potential = 0
            for step in 0..<extent.steps {
                let frame = token * extent.steps + step
                var sum = 0
                if neuron.gate != 0 {
                    sum = frameSum(tile, lists, frame, lane)
                    if neuron.shift > 0 { sum = numbers.shiftedRight(sum, by: Int(neuron.shift)) }
                }
                let current = limited(numbers.sum(sum, offset))
                if self.step(&potential, current, threshold: threshold, isTurned: neuron.turned != 0) {
                    insert(spikes, frame, lane)
                }
            }
        }
    }

    @Sendable
    func contract(
        _ tiles: WeightTiles, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ kept: UnsafeRawPointer,
        _ scales: UnsafePointer<TokenScale>, _ shifts: UnsafePointer<Int32>, _ units: UnsafeRawPointer?, _ thresholds: UnsafeRawPointer,
        _ spikes: SpikePlace
    ) {
        forEachTile(tiles) { index, tile, line in
            contract(
                tile, lists, extent, kept + index * tiles.currentStride, scales, shifts, units.map { $0 + line }, thresholds + line,
                spikes.tile(index, lanes: lanes))
        }
    }

    private func contract(
        _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ kept: UnsafeRawPointer, _ scales: UnsafePointer<TokenScale>,
        _ shifts: UnsafePointer<Int32>, _ units: UnsafeRawPointer?, _ thresholds: UnsafeRawPointer, _ spikes: SpikePlace
    ) {
        clear(spikes, extent)
        forEachNeuron(tile.lanes, extent) { token, lane in
            let scale = scales[token]
            let threshold = dropped(value(thresholds, lane), scale)
            var potential = 0
            for step in 0..<extent.steps {
                let frame = token * extent.steps + step
                let scaled = scaled(frameSum(tile, lists, frame, lane), scale, shifts, units, lane)
                let other = dropped(value(kept + frame * LineBuffer.lineBytes, lane), scale)
                let current = limited(numbers.sum(scaled, other))
                if self.step(&potential, current, threshold: threshold) { insert(spikes, frame, lane) }
            }
        }
    }

    @Sendable
    func rescale(
        _ scales: UnsafePointer<TokenScale>, _ shifts: UnsafePointer<Int32>, _ units: UnsafeRawPointer?, _ extent: Extent,
        _ currents: UnsafeMutableRawPointer
    ) {
        forEachFrame(extent, currents) { frame, line in
            let limit = Int(scales[frame].limit)
            forEachLane { lane in
                let bounded = numbers.limited(value(line, lane), from: -limit, to: limit)
                set(line, lane, cut(scaled(bounded, scales[frame], shifts, units, lane)))
            }
        }
    }

    private func scaled(
        _ unscaled: Int, _ scale: TokenScale, _ shifts: UnsafePointer<Int32>, _ units: UnsafeRawPointer?, _ lane: Int
    ) -> Int {
        let added = shifts + Int(scale.firstTerm)
        let subtracted = added + Int(scale.addedTerms)
        var sum = unscaled
        if isNarrow { sum = numbers.limited(sum, from: -Int(scale.limit), to: Int(scale.limit)) }
        if scale.raise > 0 { sum = numbers.shiftedLeft(sum, by: Int(scale.raise)) }
        var scaled = inUnits(Int(scale.offset), units, lane)
        for term in 0..<Int(scale.addedTerms) {
            scaled = numbers.sum(scaled, numbers.shiftedRight(sum, by: Int(added[term])))
        }
        for term in 0..<Int(scale.subtractedTerms) {
            scaled = numbers.difference(scaled, numbers.shiftedRight(sum, by: Int(subtracted[term])))
        }
        require(Weight(exactly: scaled) != nil, "the folding bounds every scaled sum")
        return scaled
    }

    /// A token's number in the unit of a lane.
    func inUnits(_ number: Int, _ units: UnsafeRawPointer?, _ lane: Int) -> Int {
        guard let units else { return number }
        return numbers.shiftedRight(number, by: value(units, lane))
    }

    private func dropped(_ number: Int, _ scale: TokenScale) -> Int {
        scale.drop == 0 ? number : numbers.shiftedRight(number, by: Int(scale.drop))
    }

    @Sendable
    func mix(_ axis: MixingAxis, _ steps: Int, _ source: SpikePlace, _ lanes: UInt32, _ spikes: SpikePlace) {
        clear(spikes, Extent(tokens: axis.side * axis.lines, steps: steps))
        for line in 0..<axis.lines {
            for output in 0..<axis.side {
                forEachLane(lanes) { lane in
                    var potential = 0
                    for step in 0..<steps {
                        let sum = axisSum(axis, steps, source, line: line, output: output, step: step, lane)
                        if self.step(&potential, sum, threshold: Int(axis.thresholds[output])) {
                            insert(spikes, (output * axis.indexStride + line * axis.lineStride) * steps + step, lane)
                        }
                    }
                }
            }
        }
    }

    @Sendable
    func mixCurrents(_ axis: MixingAxis, _ steps: Int, _ source: SpikePlace, _ lanes: UInt32, _ currents: UnsafeMutableRawPointer) {
        for line in 0..<axis.lines {
            for output in 0..<axis.side {
                for step in 0..<steps {
                    let frame = (output * axis.indexStride + line * axis.lineStride) * steps + step
                    forEachLane(lanes) { lane in
                        let sum = axisSum(axis, steps, source, line: line, output: output, step: step, lane)
                        set(currents + frame * LineBuffer.lineBytes, lane, cut(sum))
                    }
                }
            }
        }
    }

    private func axisSum(
        _ axis: MixingAxis, _ steps: Int, _ source: SpikePlace, line: Int, output: Int, step: Int, _ lane: Int
    ) -> Int {
        var sum = Int(axis.biases[output])
        for index in 0..<axis.side {
            let frame = (index * axis.indexStride + line * axis.lineStride) * steps + step
            guard contains(source, frame, lane) else { continue }
            sum = numbers.sum(sum, ofSpikeWith: value(axis.weights, output * axis.side + index))
        }
        return sum
    }

    /// Calls `body` with each tile, its index, and the bytes from the first tile's lines to its own.
    private func forEachTile(_ tiles: WeightTiles, _ body: (_ index: Int, WeightTile, _ line: Int) -> Void) {
        for index in 0..<tiles.count { body(index, tiles.tile(index), index * LineBuffer.lineBytes) }
    }

    func forEachNeuron(_ lanes: UInt32, _ extent: Extent, _ body: (_ token: Int, _ lane: Int) -> Void) {
        for token in 0..<extent.tokens {
            forEachLane(lanes) { body(token, $0) }
        }
    }

    func forEachFrame(_ extent: Extent, _ currents: UnsafeMutableRawPointer, _ body: (Int, UnsafeMutableRawPointer) -> Void) {
        for frame in 0..<extent.tokens * extent.steps { body(frame, currents + frame * LineBuffer.lineBytes) }
    }

    func forEachLane(_ body: (Int) -> Void) {
        for lane in 0..<lanes { body(lane) }
    }
}
