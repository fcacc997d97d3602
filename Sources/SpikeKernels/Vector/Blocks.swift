package import SpikeKernels

/// Where a tile's spikes go, frame by frame.
struct SpikeWriter<L: Lanes> {
    private var place: UnsafeMutableRawPointer
    private let stride: Int
    private let lanes: UInt32

    @inline(__always)
    init(_ spikes: SpikePlace, lanes: UInt32) {
        place = spikes.bits
        stride = spikes.stride
        self.lanes = lanes
    }

    @inline(__always)
    mutating func write(_ spikes: UInt32) {
        storeSpikes(L.self, spikes & lanes, place)
        place += stride
    }
}

/// Keeps currents, and adds to those before where asked.
struct CurrentConsumer<L: Lanes>: SumConsumer {
    var line: UnsafeMutableRawPointer
    let isAdded: Bool

    @inline(__always)
    mutating func begin(token: Int) {}

    @inline(__always)
    mutating func take(_ sum: L.Line) {
        L.store(L.limited(isAdded ? L.boundedSum(sum, L.load(line)) : sum), line)
        line += 64
    }
}

/// Token mixing's last step and its neurons.
struct FuseConsumer<L: Lanes>: SumConsumer {
    private let embedding: CurrentLines
    private let threshold: L.Line
    private var input: UnsafeRawPointer
    private let inputStride: Int
    private var kept: UnsafeMutableRawPointer
    private var writer: SpikeWriter<L>
    private var neurons = Neurons<L>()

    @inline(__always)
    init(_ embedding: CurrentLines, _ kept: UnsafeMutableRawPointer, _ threshold: Int, _ lanes: UInt32, _ spikes: SpikePlace) {
        self.embedding = embedding
        self.threshold = L.broadcast(Int32(truncatingIfNeeded: threshold))
        input = embedding.lines
        inputStride = embedding.steps == 1 ? 0 : 64
        self.kept = kept
        writer = SpikeWriter(spikes, lanes: lanes)
    }

    @inline(__always)
    mutating func begin(token: Int) {
        input = embedding.line(token: token, step: 0)
        neurons = Neurons()
    }

    @inline(__always)
    mutating func take(_ sum: L.Line) {
        let current = L.limited(L.boundedSum(sum, L.load(input)))
        L.store(current, kept)
        writer.write(neurons.step(current, threshold: threshold))
        input += inputStride
        kept += 64
    }
}

/// Channel mixing's hidden neurons.
struct ExpandConsumer<L: Lanes>: SumConsumer {
    private let thresholds: UnsafePointer<TokenThreshold>
    private var shift: Int32 = 0
    private var offset = L.broadcast(0)
    private var threshold = L.broadcast(0)
    private var turned = L.broadcast(0)
    private var gate = L.broadcast(0)
    private var writer: SpikeWriter<L>
    private var neurons = Neurons<L>()

    @inline(__always)
    init(_ thresholds: UnsafePointer<TokenThreshold>, _ lanes: UInt32, _ spikes: SpikePlace) {
        self.thresholds = thresholds
        writer = SpikeWriter(spikes, lanes: lanes)
    }

    @inline(__always)
    mutating func begin(token: Int) {
        let neuron = thresholds[token]
        shift = neuron.shift
        offset = L.broadcast(neuron.offset)
        threshold = L.broadcast(neuron.threshold)
        turned = L.broadcast(neuron.turned)
        gate = L.broadcast(neuron.gate)
        neurons = Neurons()
    }

    @inline(__always)
    mutating func take(_ sum: L.Line) {
        let current = L.limited(L.boundedSum(L.both(L.shiftedRight(sum, shift), gate), offset))
        writer.write(neurons.step(current, threshold: threshold, turned: turned))
    }
}

/// Channel mixing's outputs and the block's last neurons.
struct ContractConsumer<L: Lanes>: SumConsumer {
    private let scales: UnsafePointer<TokenScale>
    private let shifts: UnsafePointer<Int32>
    private let threshold: L.Line
    private var scale: TokenScale
    private var offset = L.broadcast(0)
    private var kept: UnsafeRawPointer
    private var writer: SpikeWriter<L>
    private var neurons = Neurons<L>()

    @inline(__always)
    init(
        _ kept: UnsafeRawPointer, _ scales: UnsafePointer<TokenScale>, _ shifts: UnsafePointer<Int32>, _ threshold: Int, _ lanes: UInt32,
        _ spikes: SpikePlace
    ) {
        self.scales = scales
        self.shifts = shifts
        self.threshold = L.broadcast(Int32(truncatingIfNeeded: threshold))
        scale = TokenScale(offset: 0, limit: 0, raise: 0, firstTerm: 0, addedTerms: 0, subtractedTerms: 0)
        self.kept = kept
        writer = SpikeWriter(spikes, lanes: lanes)
    }

    @inline(__always)
    mutating func begin(token: Int) {
        scale = scales[token]
        offset = L.broadcast(scale.offset)
        neurons = Neurons()
    }

    @inline(__always)
    mutating func take(_ sum: L.Line) {
        let added = shifts + Int(scale.firstTerm)
        let subtracted = added + Int(scale.addedTerms)
        let sum = raised(sum)
        var scaled = offset
        for term in 0..<Int(scale.addedTerms) {
            scaled = L.sum(scaled, L.shiftedRight(sum, added[term]))
        }
        for term in 0..<Int(scale.subtractedTerms) {
            scaled = L.difference(scaled, L.shiftedRight(sum, subtracted[term]))
        }
        step(scaled)
    }

    /// One walk over the token's terms serves four frames.
    @inline(__always)
    mutating func take(_ first: L.Line, _ second: L.Line, _ third: L.Line, _ fourth: L.Line) {
        let added = shifts + Int(scale.firstTerm)
        let subtracted = added + Int(scale.addedTerms)
        let sums = (raised(first), raised(second), raised(third), raised(fourth))
        var scaled = (offset, offset, offset, offset)
        for term in 0..<Int(scale.addedTerms) {
            let shift = added[term]
            scaled.0 = L.sum(scaled.0, L.shiftedRight(sums.0, shift))
            scaled.1 = L.sum(scaled.1, L.shiftedRight(sums.1, shift))
            scaled.2 = L.sum(scaled.2, L.shiftedRight(sums.2, shift))
            scaled.3 = L.sum(scaled.3, L.shiftedRight(sums.3, shift))
        }
        for term in 0..<Int(scale.subtractedTerms) {
            let shift = subtracted[term]
            scaled.0 = L.difference(scaled.0, L.shiftedRight(sums.0, shift))
            scaled.1 = L.difference(scaled.1, L.shiftedRight(sums.1, shift))
            scaled.2 = L.difference(scaled.2, L.shiftedRight(sums.2, shift))
            scaled.3 = L.difference(scaled.3, L.shiftedRight(sums.3, shift))
        }
        step(scaled.0)
        step(scaled.1)
        step(scaled.2)
        step(scaled.3)
    }

    /// The sum shifted left, doubled once a bit: older processors shift lanes left by a count in a register by multiplying.
    @inline(__always)
    private func raised(_ sum: L.Line) -> L.Line {
        var raised = L.limited(sum, to: scale.limit)
        for _ in 0..<scale.raise { raised = L.sum(raised, raised) }
        return raised
    }

    @inline(__always)
    private mutating func step(_ scaled: L.Line) {
        writer.write(neurons.step(L.limited(L.boundedSum(scaled, L.load(kept))), threshold: threshold))
        kept += 64
    }
}

package func sumRows16(
    _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ currents: UnsafeMutableRawPointer,
    _ isAdded: Bool
) {
    var consumer = CurrentConsumer<Lanes16>(line: currents, isAdded: isAdded)
    sumRowsTile(tile, lists, extent, next, &consumer)
}

package func fuse16(
    _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ embedding: CurrentLines,
    _ kept: UnsafeMutableRawPointer, _ threshold: Int, _ spikes: SpikePlace
) {
    var consumer = FuseConsumer<Lanes16>(embedding, kept, threshold, tile.lanes, spikes)
    sumRowsTile(tile, lists, extent, next, &consumer)
}

package func expand16(
    _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer,
    _ thresholds: UnsafePointer<TokenThreshold>, _ spikes: SpikePlace
) {
    var consumer = ExpandConsumer<Lanes16>(thresholds, tile.lanes, spikes)
    sumRowsTile(tile, lists, extent, next, &consumer)
}

package func contract16(
    _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ kept: UnsafeRawPointer,
    _ scales: UnsafePointer<TokenScale>, _ shifts: UnsafePointer<Int32>, _ threshold: Int, _ spikes: SpikePlace
) {
    var consumer = ContractConsumer<Lanes16>(kept, scales, shifts, threshold, tile.lanes, spikes)
    sumRowsTile(tile, lists, extent, next, &consumer)
}

package func sumRows32(
    _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ currents: UnsafeMutableRawPointer,
    _ isAdded: Bool
) {
    var consumer = CurrentConsumer<Lanes32>(line: currents, isAdded: isAdded)
    sumRowsTile(tile, lists, extent, next, &consumer)
}

package func fuse32(
    _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ embedding: CurrentLines,
    _ kept: UnsafeMutableRawPointer, _ threshold: Int, _ spikes: SpikePlace
) {
    var consumer = FuseConsumer<Lanes32>(embedding, kept, threshold, tile.lanes, spikes)
    sumRowsTile(tile, lists, extent, next, &consumer)
}

package func expand32(
    _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer,
    _ thresholds: UnsafePointer<TokenThreshold>, _ spikes: SpikePlace
) {
    var consumer = ExpandConsumer<Lanes32>(thresholds, tile.lanes, spikes)
    sumRowsTile(tile, lists, extent, next, &consumer)
}

package func contract32(
    _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ kept: UnsafeRawPointer,
    _ scales: UnsafePointer<TokenScale>, _ shifts: UnsafePointer<Int32>, _ threshold: Int, _ spikes: SpikePlace
) {
    var consumer = ContractConsumer<Lanes32>(kept, scales, shifts, threshold, tile.lanes, spikes)
    sumRowsTile(tile, lists, extent, next, &consumer)
}
