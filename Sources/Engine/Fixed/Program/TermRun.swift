internal import SpikeKernels

/// Adds one term to one tile of a current.
struct TermRun {
    let pass: FixedPass
    let term: FoldedTerm
    let tile: Int
    let tiling: Tiling
    let first: Int
    let extent: Extent
    let part: PassPart

    private var layer: Int? { term.layers.first?.layer }
    private var byte: Int { tiling.bitOffset(tile) }
    private var lanes: UInt32 { tiling.laneMask(tile) }

    func run(into target: UnsafeMutableRawPointer, isAdded: Bool) {
        guard term.scale != nil || (term.isGlobal && isAdded) || (isImage && extent.steps > 1) else {
            return compute(target, isAdded: isAdded)
        }
        // What is scaled, or cannot be added in place, is computed beside the current first.
        let own = isAdded ? pass.termScratch.line(0) : target
        if isImage, extent.steps > 1 {
            let still = pass.stillScratch.line(0)
            pass.begin(.input)
            image(into: still)
            pass.kernels.addCurrents(CurrentLines(lines: still, steps: 1), nil, extent, own, false)
        } else {
            compute(own, isAdded: false)
        }
        pass.begin(.neurons)
        if let bias = term.bias { pass.kernels.addLine(bias.line(tile), extent, own) }
        if let scale = term.scale {
            let table = pass.table(of: scale)
            pass.kernels.rescale(
                table.records(of: TokenScale.self, from: first * extent.steps), scale.shiftTable, scale.unitLine(tile), extent, own)
        }
        if isAdded { pass.kernels.addCurrents(CurrentLines(lines: own, steps: extent.steps), nil, extent, target, true) }
    }

    private var isImage: Bool { if case .image = term.work { true } else { false } }

    private func compute(_ target: UnsafeMutableRawPointer, isAdded: Bool) {
        let kernels = pass.kernels
        let zero = UnsafeRawPointer(pass.zeroLines.line(0))
        switch term.work {
        case .rows(let weights, _, _, _):
            pass.begin(part, layer: layer)
            kernels.sumRows(weights.tile(tile), pass.lists(weights), extent, weights.next(after: tile..<tile + 1), target, isAdded)
        case .window(let spikes, let window, let weights):
            pass.begin(part, layer: layer)
            kernels.sumWindow(
                pass.bits(spikes).place(byte: byte), window, weights.line(tile * window.taps), zero, first, extent, lanes, target, isAdded)
        case .spikes(let planes, let amplitudes):
            pass.begin(.neurons)
            for (index, plane) in planes.enumerated() {
                kernels.addWhere(
                    pass.bits(plane).place(byte: byte, frame: first * pass.steps), amplitudes.line(tile),
                    index == 0 && !isAdded ? zero : nil,
                    extent, target)
            }
        case .positions(let planes, let amplitudes):
            pass.begin(.neurons)
            for (index, plane) in planes.enumerated() {
                let bits = pass.bits(plane)
                let own = index == 0 ? target : pass.termScratch.line(0)
                kernels.countTokens(bits.place(byte: byte), amplitudes.line(tile), zero, pass.extent(bits.tokens), own)
                if index > 0 { kernels.addCurrents(CurrentLines(lines: own, steps: extent.steps), nil, extent, target, true) }
            }
        case .current(let other, let places):
            pass.begin(.neurons)
            kernels.addCurrents(
                pass.current(other).currents(tile: tile, token: first), places.map { UnsafeRawPointer($0.line(tile)) }, extent, target,
                isAdded)
        case .products(let current, let products):
            pass.begin(.products, layer: nil)
            kernels.multiplyCurrents(products.products(pass.current(current), tile: tile), first, extent, lanes, target, isAdded)
        case .image:
            pass.begin(.input)
            image(into: target)
        case .mix(let spikes, let axis):
            pass.begin(part, layer: layer)
            kernels.mixCurrents(axis.mixing(scratch: pass.axisScratch), pass.steps, pass.bits(spikes).place(byte: byte), lanes, target)
        case .attention(let attention):
            pass.begin(.attention, layer: layer)
            kernels.multiplySpikes(attention.products(pass, tile: tile, tiling), extent, target)
        }
    }

    private func image(into target: UnsafeMutableRawPointer) {
        guard case .image(let pixels) = term.work else { return }
        if pass.kernels.laneBits == 32 { return pixels.convolve(pass, tile: tile, into: target) }
        let positions = pixels.window.outputs
        let hasSecond = 2 * tile + 1 < pixels.tiles
        pixels.convolve(pass, tile: 2 * tile, into: pass.wideScratch.line(0))
        if hasSecond { pixels.convolve(pass, tile: 2 * tile + 1, into: pass.wideScratch.line(positions)) }
        pass.kernels.narrow(pass.wideScratch.line(0), pass.wideScratch.line(hasSecond ? positions : 0), positions, target)
    }
}

extension FoldedTerm {
    /// Whether a tile has outputs of the term at all.
    func reaches(_ tile: Int) -> Bool {
        guard case .rows(let weights, _, _, _) = work else { return true }
        return weights.tiles.contains(tile)
    }
}
