internal import SpikeKernels

/// Computes some positions of a current, tile by tile.
final class CurrentWork {
    private let pass: FixedPass
    private let step: CurrentStep
    private let first: Int
    private let extent: Extent
    /// Whether tiles that are not stored have memory of their own until the last one is done.
    private let keepsAllTiles: Bool
    private var begun: [Bool]
    private var firstTile = 0

    init(pass: FixedPass, step: CurrentStep, first: Int, extent: Extent, keepsAllTiles: Bool) {
        self.pass = pass
        self.step = step
        self.first = first
        self.extent = extent
        self.keepsAllTiles = keepsAllTiles
        begun = Array(repeating: !step.isFirst, count: step.tiling.tiles)
    }

    private var lines: Int { extent.tokens * extent.steps }

    private func target(_ tile: Int) -> UnsafeMutableRawPointer {
        if step.isStored { return pass.current(step.node).line(tile: tile, token: first) }
        return pass.scratch.line((keepsAllTiles ? tile : tile - firstTile) * lines)
    }

    private var tileStride: Int { step.isStored ? pass.current(step.node).tileStride : lines * LineBuffer.lineBytes }

    /// The tiles that are computed until others are chosen.
    func choose(_ tiles: Range<Int>) { firstTile = tiles.lowerBound }

    private func clear(_ tile: Int) {
        pass.begin(.neurons)
        for frame in 0..<lines { pass.copyLine(from: pass.zeroLines.line(0), to: target(tile) + frame << 6) }
        begun[tile] = true
    }

    /// Adds a term to tiles that stand side by side.
    func apply(_ term: FoldedTerm, _ tiles: Range<Int>) {
        guard term.reaches(tiles.lowerBound) else { return }
        if tiles.contains(where: { begun[$0] }) { for tile in tiles where !begun[tile] { clear(tile) } }
        TermRun(
            pass: pass, term: term, tile: tiles.lowerBound, tiling: step.tiling, first: first, extent: extent, part: step.part,
            tileStride: tileStride
        ).run(into: target(tiles.lowerBound), isAdded: begun[tiles.lowerBound])
        for tile in tiles { begun[tile] = true }
    }

    /// Adds what no term has taken in, and fires the neurons.
    func end(_ tile: Int) {
        if !begun[tile] { clear(tile) }
        if let bias = step.bias {
            pass.begin(.neurons)
            pass.kernels.addLine(bias.line(tile), extent, target(tile))
        }
        for neurons in step.neurons {
            pass.begin(.neurons)
            neurons.fire(
                pass, CurrentLines(lines: target(tile), steps: extent.steps), tile: tile, first: first, extent: pass.extent(extent.tokens))
        }
    }
}
