internal import SpikeKernels

/// A layer on a stored current: the only one that multiplies on a spike path.
struct FoldedProducts: Sendable {
    let window: GridWindow
    let shift: Int32
    /// Of each tile of outputs.
    private let tiles: [Tile]
    /// Lines of 16 outputs, as many as a line of outputs has, for each tap and each input that a tile reads.
    private let weights: LineBuffer
    private let noBias: LineBuffer

    /// What a tile of outputs reads: inputs from the first of a tile of inputs on.
    private struct Tile {
        var inputTile: Int
        var inputs: Int
        var firstLine: Int
    }

    /// - Parameters:
    ///   - units: of the outputs.
    ///   - inputUnits: of the current that is read.
    ///   - inputReach: the largest magnitude of its channels.
    ///   - isByChannel: whether each channel is convolved by itself.
    init(
        _ layer: RealLayer, window: GridWindow, units: [Double], inputUnits: [Double], inputReach: [Double], isByChannel: Bool,
        precision: Precision
    ) {
        self.window = window
        let inputs = inputUnits.count
        let tiling = Tiling(channels: units.count, precision: precision)
        let linesPerWeight = tiling.lanes / 16
        noBias = LineBuffer(lines: linesPerWeight)
        var row = Array(repeating: 0.0, count: layer.inputs)
        /// Calls `body` with each weight that is not 0, in whole numbers before they are rounded, its tap and its input.
        func forEachWeight(of output: Int, _ body: (_ tap: Int, _ input: Int, _ weight: Double) -> Void) {
            layer.fill(output, &row)
            for (place, weight) in row.enumerated() where weight != 0 {
                let (tap, input) = isByChannel ? (place, output) : (place / inputs, place % inputs)
                body(tap, input, weight * units[output] / inputUnits[input])
            }
        }
        let wholes = zip(inputReach, inputUnits).map { min($0 * $1 + 0x1p17, precision == .fixed32 ? 0x1p30 : 0x1p15) }
        var reads: [ClosedRange<Int>?] = Array(repeating: nil, count: tiling.tiles)
        var (largest, reach) = (0.0, 0.0)
        for output in units.indices {
            var sum = 0.0
            let tile = output / tiling.lanes
            forEachWeight(of: output) { _, input, weight in
                largest = max(largest, abs(weight))
                sum += abs(weight) * wholes[input]
                reads[tile] = reads[tile].map { min($0.lowerBound, input)...max($0.upperBound, input) } ?? input...input
            }
            reach = max(reach, sum)
        }
        // Weights have 31 bits, and sums of products stay within 62, rounding included.
        let places = min(0x1p30 / max(largest, 0x1p-60), 0x1p61 / max(reach, 0x1p-60))
        let exponent = min(max(Int(places.exponent), 0), 40)
        shift = Int32(exponent)
        var lines = 0
        let tiles = reads.map { read in
            let inputTile = (read?.lowerBound ?? 0) / tiling.lanes
            let tile = Tile(inputTile: inputTile, inputs: read.map { $0.upperBound + 1 - inputTile * tiling.lanes } ?? 0, firstLine: lines)
            lines += window.taps * tile.inputs * linesPerWeight
            return tile
        }
        let weights = LineBuffer(lines: lines)
        for output in units.indices {
            let (tile, lane) = (tiles[output / tiling.lanes], output % tiling.lanes)
            forEachWeight(of: output) { tap, input, weight in
                let whole = nearest(weight * Double(1 << exponent))
                let place = tap * tile.inputs + input - tile.inputTile * tiling.lanes
                let line = tile.firstLine + place * linesPerWeight + lane / 16
                weights.set(line * 16 + lane % 16, Int32(max(min(whole, 0x1p31 - 1), -0x1p31)))
            }
        }
        self.tiles = tiles
        self.weights = weights
    }

    var bytes: Int { weights.bytes + noBias.bytes }

    func products(_ source: CurrentLinesBuffer, tile: Int) -> CurrentProducts {
        let tile = tiles[tile]
        return CurrentProducts(
            window: window, inputs: tile.inputs, currents: source.lines.line(0) + tile.inputTile * source.tileStride,
            tileStride: source.tileStride, inputSteps: source.steps, weights: weights.line(tile.firstLine), bias: noBias.line(0),
            shift: shift)
    }
}
