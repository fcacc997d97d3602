internal import SpikeKernels

/// How outputs stand in lines, and lines in tiles of one or two.
///
/// A tile of two shares the walk over a frame's spikes, and takes twice the room in the first cache: layers of many inputs do without.
struct Tiling: Sendable {
    let channels: Int
    let lanes: Int
    let lines: Int
    private let linesPerTile: Int

    private static let largestPairedInputs = 512

    /// - Parameter inputs: of the layers whose outputs are held so.
    init(channels: Int, inputs: Int, precision: Precision) {
        self.channels = channels
        lanes = LineBuffer.lineBytes * 8 / precision.laneBits
        lines = (channels + lanes - 1) / lanes
        linesPerTile = inputs <= Self.largestPairedInputs ? 2 : 1
    }

    var tiles: Int { (lines + linesPerTile - 1) / linesPerTile }

    func firstLine(_ tile: Int) -> Int { tile * linesPerTile }
    func lineCount(_ tile: Int) -> Int { min(linesPerTile, lines - firstLine(tile)) }

    /// Bytes from a frame's first bit to the tile's.
    func bitOffset(_ tile: Int) -> Int { firstLine(tile) * lanes / 8 }

    /// Bit i is set where lane i of a tile is a channel of the range.
    func laneMask(_ tile: Int, _ range: Range<Int>) -> UInt64 {
        Self.laneMask(first: firstLine(tile) * lanes, count: lineCount(tile) * lanes, range)
    }

    /// The same for a single line.
    func lineMask(_ line: Int) -> UInt64 {
        Self.laneMask(first: line * lanes, count: lanes, 0..<channels)
    }

    /// Where a channel's value stands among rows of a number of frames: `[tiles][frames][lines of the tile][lanes]`.
    func index(channel: Int, frame: Int, frames: Int) -> Int {
        let line = channel / lanes
        let tile = line / linesPerTile
        let row = firstLine(tile) * frames + frame * lineCount(tile)
        return (row + line - firstLine(tile)) * lanes + channel % lanes
    }

    private static func laneMask(first: Int, count: Int, _ range: Range<Int>) -> UInt64 {
        var mask: UInt64 = 0
        for lane in 0..<count where range.contains(first + lane) { mask |= 1 << UInt64(lane) }
        return mask
    }
}

/// A layer's whole-number weights as spikes need them: tiles of a line or two of outputs, in each tile a row for every input.
struct RowWeights: Sendable {
    let outputs: Int
    let inputs: Int
    let tiling: Tiling
    /// `[tiles][inputs]` rows.
    private let rows: LineBuffer
    /// `[tiles]` rows.
    private let bias: LineBuffer
    private let safeCount: Int

    /// Rounds a layer to multiples of `1 / unit`.
    ///
    /// - Parameters:
    ///   - tiling: nil for one by the layer's own inputs.
    ///   - precision: its lanes hold every weight and every bias; the caller chose the unit so.
    init(_ layer: RealLayer, unit: Double, precision: Precision, tiling given: Tiling? = nil) {
        let tiling = given ?? Tiling(channels: layer.outputs, inputs: layer.inputs, precision: precision)
        self.tiling = tiling
        outputs = layer.outputs
        inputs = layer.inputs
        rows = LineBuffer(lines: tiling.lines * inputs)
        bias = LineBuffer(lines: tiling.lines)
        var row = Array(repeating: 0.0, count: inputs)
        var safeCount = Int.max
        for output in 0..<outputs {
            layer.fill(output, &row)
            let first = tiling.index(channel: output, frame: 0, frames: inputs)
            let step = tiling.index(channel: output, frame: 1, frames: inputs) - first
            let roundedBias = nearest(layer.bias[output] * unit)
            var largest = 0.0
            if precision == .fixed32 {
                for input in 0..<inputs { rows.set(first + input * step, Int32(nearest(row[input] * unit))) }
                bias.set(output, Int32(roundedBias))
            } else {
                for input in 0..<inputs {
                    let weight = nearest(row[input] * unit)
                    largest = max(largest, abs(weight))
                    rows.set(first + input * step, Int16(weight))
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
        let first = tiling.firstLine(index)
        return WeightTile(
            rows: rows.line(first * inputs), bias: bias.line(first), lines: tiling.lineCount(index), safeCount: safeCount,
            lanes: tiling.laneMask(index, 0..<outputs))
    }
}
