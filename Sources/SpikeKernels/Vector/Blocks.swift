package import SpikeKernels

@inline(__always)
func fuseTile<L: Lanes>(
    _: L.Type, _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ embedding: CurrentLines, _ kept: UnsafeMutableRawPointer,
    _ threshold: Int, _ spikes: SpikePlace
) {
    let threshold = L.broadcast(Int32(truncatingIfNeeded: threshold))
    var line = kept
    var place = spikes.bits
    var frame = 0
    for token in 0..<extent.tokens {
        var neurons = Neurons<L>()
        for step in 0..<extent.steps {
            let sum = frameSum(L.self, tile, lists, frame)
            let current = L.limited(L.boundedSum(sum, L.load(embedding.line(token: token, step: step))))
            L.store(current, line)
            storeSpikes(L.self, neurons.step(current, threshold: threshold) & tile.lanes, place)
            line += 64
            place += spikes.stride
            frame += 1
        }
    }
}

@inline(__always)
func expandTile<L: Lanes>(
    _: L.Type, _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ thresholds: UnsafePointer<TokenThreshold>, _ spikes: SpikePlace
) {
    var place = spikes.bits
    var frame = 0
    for token in 0..<extent.tokens {
        let neuron = thresholds[token]
        let offset = L.broadcast(neuron.offset)
        let threshold = L.broadcast(neuron.threshold)
        let turned = L.broadcast(neuron.turned)
        let gate = L.broadcast(neuron.gate)
        var neurons = Neurons<L>()
        for _ in 0..<extent.steps {
            let sum = L.both(L.shiftedRight(frameSum(L.self, tile, lists, frame), neuron.shift), gate)
            let current = L.limited(L.boundedSum(sum, offset))
            storeSpikes(L.self, neurons.step(current, threshold: threshold, turned: turned) & tile.lanes, place)
            place += spikes.stride
            frame += 1
        }
    }
}

@inline(__always)
func contractTile<L: Lanes>(
    _: L.Type, _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ kept: UnsafeRawPointer, _ scales: UnsafePointer<TokenScale>,
    _ shifts: UnsafePointer<Int32>, _ threshold: Int, _ spikes: SpikePlace
) {
    let threshold = L.broadcast(Int32(truncatingIfNeeded: threshold))
    var line = kept
    var place = spikes.bits
    var frame = 0
    for token in 0..<extent.tokens {
        let scale = scales[token]
        let added = shifts + Int(scale.firstTerm)
        let subtracted = added + Int(scale.addedTerms)
        let offset = L.broadcast(scale.offset)
        var neurons = Neurons<L>()
        for _ in 0..<extent.steps {
            let sum = L.limited(frameSum(L.self, tile, lists, frame), to: scale.limit)
            var scaled = offset
            for term in 0..<Int(scale.addedTerms) {
                scaled = L.sum(scaled, L.shiftedRight(sum, added[term]))
            }
            for term in 0..<Int(scale.subtractedTerms) {
                scaled = L.difference(scaled, L.shiftedRight(sum, subtracted[term]))
            }
            let current = L.limited(L.boundedSum(scaled, L.load(line)))
            storeSpikes(L.self, neurons.step(current, threshold: threshold) & tile.lanes, place)
            line += 64
            place += spikes.stride
            frame += 1
        }
    }
}

package func fuse16(
    _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ embedding: CurrentLines, _ kept: UnsafeMutableRawPointer,
    _ threshold: Int, _ spikes: SpikePlace
) {
    fuseTile(Lanes16.self, tile, lists, extent, embedding, kept, threshold, spikes)
}

package func fuse32(
    _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ embedding: CurrentLines, _ kept: UnsafeMutableRawPointer,
    _ threshold: Int, _ spikes: SpikePlace
) {
    fuseTile(Lanes32.self, tile, lists, extent, embedding, kept, threshold, spikes)
}

package func expand16(
    _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ thresholds: UnsafePointer<TokenThreshold>, _ spikes: SpikePlace
) {
    expandTile(Lanes16.self, tile, lists, extent, thresholds, spikes)
}

package func expand32(
    _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ thresholds: UnsafePointer<TokenThreshold>, _ spikes: SpikePlace
) {
    expandTile(Lanes32.self, tile, lists, extent, thresholds, spikes)
}

package func contract16(
    _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ kept: UnsafeRawPointer, _ scales: UnsafePointer<TokenScale>,
    _ shifts: UnsafePointer<Int32>, _ threshold: Int, _ spikes: SpikePlace
) {
    contractTile(Lanes16.self, tile, lists, extent, kept, scales, shifts, threshold, spikes)
}

package func contract32(
    _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ kept: UnsafeRawPointer, _ scales: UnsafePointer<TokenScale>,
    _ shifts: UnsafePointer<Int32>, _ threshold: Int, _ spikes: SpikePlace
) {
    contractTile(Lanes32.self, tile, lists, extent, kept, scales, shifts, threshold, spikes)
}
