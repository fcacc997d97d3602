internal import SpikeKernels

/// A layer's whole-number weights as spikes need them: tiles of one line of outputs, in each tile a line for every input.
struct RowWeights: Sendable {
    let outputs: Int
    let inputs: Int
    let tiles: Int
    private let lanes: Int
    /// `[tiles][inputs]` lines
    private let rows: LineBuffer
    /// `[tiles]` lines
    private let bias: LineBuffer
    private let safeCount: Int

    /// Rounds a layer to multiples of `1 / unit`.
    ///
    /// - Parameter precision: its lanes hold every weight and every bias; the caller chose the unit so.
    init(_ layer: RealLayer, unit: Double, precision: Precision) {
        let lanes = LineBuffer.lineBytes * 8 / precision.laneBits
        self.lanes = lanes
        outputs = layer.outputs
        inputs = layer.inputs
        tiles = (layer.outputs + lanes - 1) / lanes
        rows = LineBuffer(lines: tiles * inputs)
        bias = LineBuffer(lines: tiles)
        var row = Array(repeating: 0.0, count: inputs)
        var safeCount = Int.max
        for output in 0..<outputs {
            layer.fill(output, &row)
            let first = output / lanes * inputs * lanes + output % lanes
            let roundedBias = nearest(layer.bias[output] * unit)
            var largest = 0.0
            if precision == .fixed32 {
                for input in 0..<inputs { rows.set(first + input * lanes, Int32(nearest(row[input] * unit))) }
                bias.set(output, Int32(roundedBias))
            } else {
                for input in 0..<inputs {
                    let weight = nearest(row[input] * unit)
                    largest = max(largest, abs(weight))
                    rows.set(first + input * lanes, Int16(weight))
                }
                let limited = max(min(roundedBias, precision.largestCurrent), -precision.largestCurrent)
                bias.set(output, Int16(limited))
                if largest > 0 { safeCount = min(safeCount, Int((precision.largestSum - abs(limited)) / largest)) }
            }
        }
        self.safeCount = safeCount
    }

    /// Bytes of weights and biases.
    var bytes: Int { rows.bytes + bias.bytes }

    func tile(_ index: Int) -> WeightTile {
        WeightTile(
            rows: rows.line(index * inputs), bias: bias.line(index), safeCount: safeCount, lanes: laneMask(index, 0..<outputs))
    }

    /// The lanes of a tile whose outputs lie in a range.
    func laneMask(_ tile: Int, _ range: Range<Int>) -> UInt32 {
        FixedPointLayout(precision: lanes == 16 ? .fixed32 : .fixed16).laneMask(tile: tile, range)
    }
}

/// How channels stand in lines.
struct FixedPointLayout: Sendable {
    let lanes: Int

    init(precision: Precision) {
        lanes = LineBuffer.lineBytes * 8 / precision.laneBits
    }

    func tiles(_ channels: Int) -> Int { (channels + lanes - 1) / lanes }

    /// Bit i is set where lane i of the tile is a channel of the range.
    func laneMask(tile: Int, _ range: Range<Int>) -> UInt32 {
        var mask: UInt32 = 0
        for lane in 0..<lanes where range.contains(tile * lanes + lane) { mask |= 1 << UInt32(lane) }
        return mask
    }
}
