internal import Networks
internal import SpikeKernels

/// Computes a current, keeps it where it is stored, and fires the neurons behind it.
struct CurrentStep: ProgramStep {
    /// How the work is done: the usual layers of a block have kernels of their own.
    enum Form: Sendable {
        /// A layer's sums and a stored current, kept, with plain neurons behind.
        case fused(rows: Int, other: Int, places: LineBuffer?)
        /// A layer with thresholds of each position.
        case expansion(FoldedThresholds)
        /// A layer with factors of each position, beside a kept current.
        case contraction(rows: Int, kept: Int)
        /// A map along an axis and the neurons behind it.
        case axis(spikes: Int, FoldedAxis)
        case general
    }

    let node: Int
    let slot: CurrentSlot
    let isStored: Bool
    let isFirst: Bool
    let form: Form
    /// Those with factors first, those that are listed before the others.
    let terms: [FoldedTerm]
    /// Lines, where something is added that no term has taken in.
    let bias: LineBuffer?
    let neurons: [FoldedNeurons]
    let tiling: Tiling
    let part: PassPart

    var tokens: Int { slot.tokens }
    var isGlobal: Bool { terms.contains(where: \.isGlobal) }
    var distantReads: Set<Int> {
        terms.reduce(into: []) { reads, term in if !term.isLocal { reads.formUnion(term.spikeReads.union(term.currentReads)) } }
    }
    var currentReads: Set<Int> { terms.reduce(into: []) { $0.formUnion($1.currentReads) } }
    var currentWrites: Set<Int> { isStored ? [node] : [] }
    var spikeReads: Set<Int> { terms.reduce(into: []) { $0.formUnion($1.spikeReads) } }
    var spikeWrites: Set<Int> { Set(neurons.map(\.node)) }
    var listed: (rows: Int, sources: Int) {
        terms.reduce((0, 0)) { (max($0.0, $1.listed.rows), max($0.1, $1.listed.sources)) }
    }
    func listedPositions(outputs: Int) -> [(frames: Int, channels: Int)] { terms.map { $0.listedPositions(outputs: outputs) } }
    private var listedTerms: Int { terms.count(where: \.isListed) }
    var scratchTiles: Int {
        guard case .general = form, !isStored else { return 0 }
        return listedTerms > 1 ? tiling.tiles : 1
    }
    var bytes: Int {
        var bytes = terms.reduce(bias?.bytes ?? 0) { $0 + $1.bytes } + neurons.reduce(0) { $0 + $1.bytes }
        if case .expansion(let thresholds) = form { bytes += thresholds.bytes }
        return bytes
    }

    func run(_ pass: FixedPass, first: Int, count: Int) {
        switch form {
        case .fused(let rows, let other, let places): fuse(pass, terms[rows], other, places, first, count)
        case .expansion(let thresholds): expand(pass, thresholds, first, count)
        case .contraction(let rows, let kept): contract(pass, terms[rows], kept, first, count)
        case .axis(let spikes, let axis): mix(pass, spikes, axis)
        case .general: compute(pass, first, count)
        }
    }

    func finish(_ pass: FixedPass) {
        for term in terms {
            pass.recordOperations(term)
            pass.markInputs(of: term)
        }
        for neurons in neurons { pass.record(neurons) }
    }

    private func fuse(_ pass: FixedPass, _ term: FoldedTerm, _ other: Int, _ places: LineBuffer?, _ first: Int, _ count: Int) {
        guard case .rows(let weights, let sources, let window, let rowsPerTap) = term.work else { return }
        let extent = pass.extent(count)
        pass.list(weights, sources, window, rowsPerTap, term.layers, first: first, extent)
        pass.begin(part, layer: term.layers.first?.layer)
        let kept = pass.current(node)
        for group in weights.groups {
            let tile = group.lowerBound
            pass.kernels.fuse(
                weights.tiles(group, currentStride: kept.tileStride), pass.lists(weights), extent, weights.next(after: group),
                pass.current(other).currents(tile: tile, token: first), places.map { UnsafeRawPointer($0.line(tile)) },
                kept.line(tile: tile, token: first), neurons[0].thresholdLine(tile),
                neurons[0].place(pass, tile: tile, first: first))
        }
    }

    private func expand(_ pass: FixedPass, _ thresholds: FoldedThresholds, _ first: Int, _ count: Int) {
        guard case .rows(let weights, let sources, let window, let rowsPerTap) = terms[0].work else { return }
        let extent = pass.extent(count)
        pass.list(weights, sources, window, rowsPerTap, terms[0].layers, first: first, extent)
        pass.begin(part, layer: terms[0].layers.first?.layer)
        for group in weights.groups {
            let tile = group.lowerBound
            pass.kernels.expand(
                weights.tiles(group), pass.lists(weights), extent, weights.next(after: group), thresholds.records(from: first),
                thresholds.unitLine(tile), neurons[0].place(pass, tile: tile, first: first))
        }
    }

    private func contract(_ pass: FixedPass, _ term: FoldedTerm, _ kept: Int, _ first: Int, _ count: Int) {
        guard case .rows(let weights, let sources, let window, let rowsPerTap) = term.work, let scale = term.scale else { return }
        let extent = pass.extent(count)
        pass.list(weights, sources, window, rowsPerTap, term.layers, first: first, extent)
        pass.begin(part, layer: term.layers.first?.layer)
        let table = pass.table(of: scale)
        let kept = pass.current(kept)
        for group in weights.groups {
            let tile = group.lowerBound
            pass.kernels.contract(
                weights.tiles(group, currentStride: kept.tileStride), pass.lists(weights), extent, weights.next(after: group),
                kept.line(tile: tile, token: first),
                table.records(of: TokenScale.self, from: first), scale.shiftTable, scale.unitLine(tile), neurons[0].thresholdLine(tile),
                neurons[0].place(pass, tile: tile, first: first))
        }
    }

    private func mix(_ pass: FixedPass, _ spikes: Int, _ axis: FoldedAxis) {
        pass.begin(part, layer: terms[0].layers.first?.layer)
        let mixing = axis.mixing(scratch: pass.axisScratch)
        for tile in 0..<tiling.tiles {
            pass.kernels.mix(
                mixing, pass.steps, pass.bits(spikes).place(byte: tiling.bitOffset(tile)), tiling.laneMask(tile),
                neurons[0].place(pass, tile: tile, first: 0))
        }
    }

    private func compute(_ pass: FixedPass, _ first: Int, _ count: Int) {
        let extent = Extent(tokens: count, steps: slot.isConstant ? 1 : pass.steps)
        let manyLists = listedTerms > 1
        func target(_ tile: Int) -> UnsafeMutableRawPointer {
            isStored
                ? pass.current(node).line(tile: tile, token: first) : pass.scratch.line(manyLists ? tile * count * extent.steps : 0)
        }
        var begun = Array(repeating: !isFirst, count: tiling.tiles)
        func apply(_ term: FoldedTerm, _ tile: Int) {
            guard term.reaches(tile) else { return }
            TermRun(pass: pass, term: term, tile: tile, tiling: tiling, first: first, extent: extent, part: part)
                .run(into: target(tile), isAdded: begun[tile])
            begun[tile] = true
        }
        func end(_ tile: Int) {
            if !begun[tile] {
                pass.begin(.neurons)
                pass.kernels.addCurrents(
                    CurrentLines(lines: pass.zeroLines.line(0), steps: 1), nil, Extent(tokens: 1, steps: 1), target(tile), false)
                for frame in 1..<max(extent.tokens * extent.steps, 1) { pass.copyLine(from: target(tile), to: target(tile) + frame << 6) }
            }
            if let bias {
                pass.begin(.neurons)
                pass.kernels.addLine(bias.line(tile), extent, target(tile))
            }
            for neurons in neurons {
                pass.begin(.neurons)
                neurons.fire(
                    pass, CurrentLines(lines: target(tile), steps: extent.steps), tile: tile, first: first, extent: pass.extent(count))
            }
        }
        let listed = terms.filter(\.isListed)
        let others = terms.filter { !$0.isListed }
        for (index, term) in listed.enumerated() {
            pass.list(term, first: first, extent)
            let isLast = index == listed.count - 1
            for tile in 0..<tiling.tiles {
                apply(term, tile)
                guard isLast else { continue }
                for other in others { apply(other, tile) }
                end(tile)
            }
        }
        guard listed.isEmpty else { return }
        for tile in 0..<tiling.tiles {
            for other in others { apply(other, tile) }
            end(tile)
        }
    }
}

/// Thresholds of each position, where a layer's normalisation belongs to the position and the neurons are divided by it.
struct FoldedThresholds: Sendable {
    private let thresholds: LineBuffer
    private let units: LineBuffer?

    init(_ thresholds: [TokenThreshold], units: LineBuffer?) {
        self.thresholds = LineBuffer(thresholds)
        self.units = units
    }

    var bytes: Int { thresholds.bytes + (units?.bytes ?? 0) }
    func records(from token: Int) -> UnsafeMutablePointer<TokenThreshold> { thresholds.records(of: TokenThreshold.self, from: token) }
    func unitLine(_ tile: Int) -> UnsafeRawPointer? { units.map { UnsafeRawPointer($0.line(tile)) } }
}
