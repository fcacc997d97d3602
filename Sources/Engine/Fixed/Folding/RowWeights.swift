internal import SpikeKernels

/// How channels stand in lines: a tile is one line of them.
struct Tiling: Sendable {
    let channels: Int
    /// Lanes of a line.
    let lanes: Int

    init(channels: Int, precision: Precision) {
        self.channels = channels
        lanes = LineBuffer.lineBytes * 8 / precision.laneBits
    }

    var tiles: Int { (channels + lanes - 1) / lanes }

    /// Bytes from a frame's first bit to the tile's.
    func bitOffset(_ tile: Int) -> Int { tile * lanes / 8 }

    /// Bit i is set where lane i of a tile is a channel of the range.
    func laneMask(_ tile: Int, _ range: Range<Int>) -> UInt32 {
        var mask: UInt32 = 0
        for lane in 0..<lanes where range.contains(tile * lanes + lane) { mask |= 1 << UInt32(lane) }
        return mask
    }

    /// The same for all channels.
    func laneMask(_ tile: Int) -> UInt32 { laneMask(tile, 0..<channels) }
}

/// A layer's whole-number weights as spikes need them: tiles of a line of outputs, several of them side by side, with a line for every input.
struct RowWeights: Sendable {
    /// Tiles that stand side by side, and are computed together.
    struct Group: Sendable {
        /// The first of them.
        let tile: Int
        let width: Int
        /// The line of input 0.
        fileprivate let line: Int
        fileprivate var safeCount = Int.max
        fileprivate var partCount = Int.max
    }

    /// So many tiles stand side by side at most.
    static let widest = 4
    /// Rows of a group's weights that stay in a first cache of 48 kB. Longer lists gain nothing from being walked once for several tiles.
    private static let cachedLines = 768

    let outputs: Int
    let inputs: Int
    let tiling: Tiling
    /// The tiles that hold weights; the others are all zeros and are not kept.
    let tiles: Range<Int>
    private(set) var groups: [Group] = []
    /// For each group `[inputs + 1][width]` lines, the last input's of zeros.
    private let rows: LineBuffer
    /// `[tiles]` lines.
    private let bias: LineBuffer

    /// Rounds a layer to whole numbers.
    ///
    /// - Parameters:
    ///   - units: of each output. The lanes hold every weight and every bias: the caller chose the units so.
    ///   - bias: of each output, beside the layer's own.
    ///   - widest: so many tiles may stand side by side.
    init(_ layer: RealLayer, units: [Double], bias: [Double], precision: Precision, widest: Int = RowWeights.widest) {
        let tiling = Tiling(channels: layer.outputs, precision: precision)
        self.tiling = tiling
        outputs = layer.outputs
        inputs = layer.inputs
        tiles = layer.reached.lowerBound / tiling.lanes..<(layer.reached.upperBound + tiling.lanes - 1) / tiling.lanes
        rows = LineBuffer(lines: tiles.count * (inputs + 1))
        self.bias = LineBuffer(lines: tiles.count)
        var tile = tiles.lowerBound
        while tile < tiles.upperBound {
            let width = [4, 2, 1].first { $0 <= min(widest, tiles.upperBound - tile, max(Self.cachedLines / max(inputs, 1), 1)) } ?? 1
            var group = Group(tile: tile, width: width, line: (tile - tiles.lowerBound) * (inputs + 1))
            for output in tile * tiling.lanes..<(tile + width) * tiling.lanes where layer.reached.contains(output) {
                round(layer, output, units[output], bias[output], &group, precision)
            }
            groups.append(group)
            tile += width
        }
    }

    private func round(_ layer: RealLayer, _ output: Int, _ unit: Double, _ added: Double, _ group: inout Group, _ precision: Precision) {
        var row = Array(repeating: 0.0, count: inputs)
        layer.fill(output, &row)
        let (tile, lane) = (output / tiling.lanes, output % tiling.lanes)
        let first = (group.line + tile - group.tile) * tiling.lanes + lane
        let stride = group.width * tiling.lanes
        let place = output - tiles.lowerBound * tiling.lanes
        let roundedBias = nearest(max(min((layer.bias[output] + added) * unit, 0x1p50), -0x1p50))
        guard precision == .fixed16 else {
            for input in 0..<inputs { rows.set(first + input * stride, Int32(nearest(row[input] * unit))) }
            return bias.set(place, Int32(max(min(roundedBias, 0x1p31 - 1), -0x1p31)))
        }
        var largest = 0.0
        for input in 0..<inputs {
            let weight = nearest(row[input] * unit)
            largest = max(largest, abs(weight))
            rows.set(first + input * stride, Int16(weight))
        }
        let limited = max(min(roundedBias, precision.largestBias), -precision.largestBias)
        bias.set(place, Int16(limited))
        guard largest > 0 else { return }
        group.safeCount = min(group.safeCount, Int((precision.largestSum - abs(limited)) / largest))
        group.partCount = min(group.partCount, Int(precision.largestSum / largest))
    }

    /// Bytes of weights and biases.
    var bytes: Int { rows.bytes + bias.bytes }

    /// The lines that are wanted after a group's.
    func next(after group: Group) -> UnsafeRawBufferPointer {
        guard let next = groups.first(where: { $0.tile == group.tile + group.width }) else {
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return UnsafeRawBufferPointer(start: rows.line(next.line), count: (inputs + 1) * next.width * LineBuffer.lineBytes)
    }

    /// - Parameter currentStride: bytes from one tile's currents to the next one's.
    func tile(_ group: Group, currentStride: Int = 0) -> WeightTile {
        WeightTile(
            rows: rows.line(group.line), bias: bias.line(group.tile - tiles.lowerBound), safeCount: group.safeCount,
            partCount: group.partCount, lanes: tiling.laneMask(group.tile + group.width - 1), width: group.width,
            rowShift: 6 + group.width.trailingZeroBitCount, currentStride: currentStride)
    }
}
