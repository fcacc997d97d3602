internal import SpikeKernels

/// A layer on a stored current: the only one that multiplies on a spike path.
struct FoldedProducts: Sendable {
    let window: GridWindow
    let inputs: Int
    let shift: Int32
    /// `[tiles][taps][inputs]` lines of 16 outputs, as many as a line of outputs has.
    private let weights: LineBuffer
    private let linesPerTile: Int
    private let noBias: LineBuffer

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
        inputs = inputUnits.count
        let tiling = Tiling(channels: units.count, precision: precision)
        let linesPerWeight = tiling.lanes / 16
        linesPerTile = window.taps * inputUnits.count * linesPerWeight
        weights = LineBuffer(lines: tiling.tiles * linesPerTile)
        noBias = LineBuffer(lines: linesPerWeight)
        var row = Array(repeating: 0.0, count: layer.inputs)
        var full = Array(repeating: 0.0, count: window.taps * inputUnits.count)
        func fill(_ output: Int) {
            layer.fill(output, &row)
            guard isByChannel else {
                full = row
                return
            }
            for place in full.indices { full[place] = 0 }
            for tap in 0..<window.taps { full[tap * inputUnits.count + output] = row[tap] }
        }
        func factor(_ output: Int, _ place: Int) -> Double { full[place] * units[output] / inputUnits[place % inputUnits.count] }
        let wholes = zip(inputReach, inputUnits).map { min($0 * $1 + 0x1p17, precision == .fixed32 ? 0x1p30 : 0x1p15) }
        var (largest, reach) = (0.0, 0.0)
        for output in units.indices {
            fill(output)
            var sum = 0.0
            for place in full.indices {
                let weight = abs(factor(output, place))
                largest = max(largest, weight)
                sum += weight * wholes[place % inputUnits.count]
            }
            reach = max(reach, sum)
        }
        // Weights have 31 bits, and sums of products stay within 62, rounding included.
        let places = min(0x1p30 / max(largest, 0x1p-60), 0x1p61 / max(reach, 0x1p-60))
        let exponent = min(max(Int(places.exponent), 0), 40)
        shift = Int32(exponent)
        for output in units.indices {
            fill(output)
            let (tile, lane) = (output / tiling.lanes, output % tiling.lanes)
            for place in full.indices {
                let weight = nearest(factor(output, place) * Double(1 << exponent))
                let line = tile * linesPerTile + place * linesPerWeight + lane / 16
                weights.set(line * 16 + lane % 16, Int32(max(min(weight, 0x1p31 - 1), -0x1p31)))
            }
        }
    }

    var bytes: Int { weights.bytes + noBias.bytes }

    func products(_ source: CurrentLinesBuffer, tile: Int) -> CurrentProducts {
        CurrentProducts(
            window: window, inputs: inputs, currents: source.lines.line(0), tileStride: source.tileStride, inputSteps: source.steps,
            weights: weights.line(tile * linesPerTile), bias: noBias.line(0), shift: shift)
    }
}
