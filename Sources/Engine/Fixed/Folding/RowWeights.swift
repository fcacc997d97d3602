internal import Foundation
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

/// A layer's whole-number weights as spikes need them: tiles of a line of outputs, in each tile a line for every input.
struct RowWeights: Sendable {
    let outputs: Int
    let inputs: Int
    let tiling: Tiling
    /// The tiles that hold weights; the others are all zeros and are not kept.
    let tiles: Range<Int>
    /// Tiles for which lists are walked once: as many as stay in a first cache, four at most.
    let groups: [Range<Int>]
    /// `[tiles][inputs + 1]` lines, the last of each tile of zeros.
    private let rows: LineBuffer
    /// `[tiles]` lines.
    private let bias: LineBuffer
    /// `[tiles]` pairs of lines.
    private let places: LineBuffer
    private let safeCount: Int

    /// Inputs from which on weights are finer: the roundings of fewer add up to little, and a shift a sum costs time.
    private static let manyInputs = 512
    /// Rows that wide lanes add up in finer units than those of currents.
    private static let fineCount = 64
    /// Places by which they are finer at most.
    private static let finestPlaces = 8
    /// Lines of weights that stay in a first cache of 48 kB.
    private static let cachedLines = 640

    /// Rounds a layer to whole numbers.
    ///
    /// - Parameters:
    ///   - units: of each output. The lanes hold every weight and every bias: the caller chose the units so.
    ///   - bias: of each output, beside the layer's own.
    ///   - repeats: how often a list may have one row.
    init(_ layer: RealLayer, units: [Double], bias: [Double], repeats: Int, precision: Precision) {
        let tiling = Tiling(channels: layer.outputs, precision: precision)
        self.tiling = tiling
        outputs = layer.outputs
        inputs = layer.inputs
        let firstLane = layer.reached.lowerBound / tiling.lanes * tiling.lanes
        tiles = firstLane / tiling.lanes..<(layer.reached.upperBound + tiling.lanes - 1) / tiling.lanes
        groups = Self.groups(tiles, inputs: inputs)
        rows = LineBuffer(lines: tiles.count * (inputs + 1))
        self.bias = LineBuffer(lines: tiles.count)
        places = LineBuffer(lines: 2 * tiles.count)
        var row = Array(repeating: 0.0, count: inputs)
        var safeCount = Int.max
        for output in layer.reached {
            layer.fill(output, &row)
            let lane = output - firstLane
            let first = lane / tiling.lanes * (inputs + 1) * tiling.lanes + lane % tiling.lanes
            let unit = units[output]
            let scaledBias = (layer.bias[output] + bias[output]) * unit
            if precision == .fixed32 {
                let finer = Self.finerPlaces(row, repeats: repeats, unit: unit, bias: scaledBias)
                for input in 0..<inputs { rows.set(first + input * tiling.lanes, Int32(nearest(scalbn(row[input] * unit, finer)))) }
                let half = finer > 0 ? scalbn(1, finer - 1) : 0
                let fineBias = nearest(scalbn(max(min(scaledBias, 0x1p31), -0x1p31), finer)) + half
                self.bias.set(lane, Int32(max(min(fineBias, 0x1p31 - 1), -0x1p31)))
                let place = lane / tiling.lanes * 2 * tiling.lanes + lane % tiling.lanes
                places.set(place, Int32(finer))
                places.set(place + tiling.lanes, Int32(1) << Int32(finer) - 1)
                if finer > 0 { safeCount = Self.fineCount }
            } else {
                var largest = 0.0
                for input in 0..<inputs {
                    let weight = nearest(row[input] * unit)
                    largest = max(largest, abs(weight))
                    rows.set(first + input * tiling.lanes, Int16(weight))
                }
                let limited = max(min(nearest(scaledBias), precision.largestBias), -precision.largestBias)
                self.bias.set(lane, Int16(limited))
                if largest > 0 { safeCount = min(safeCount, Int((precision.largestSum - abs(limited)) / largest)) }
            }
        }
        self.safeCount = safeCount
    }

    /// Places by which one output's sums can be finer than its unit: the bias and any ``fineCount`` of its rows stay within the lanes.
    private static func finerPlaces(_ row: [Double], repeats: Int, unit: Double, bias: Double) -> Int {
        guard row.count >= manyInputs else { return 0 }
        let sizes = row.map(abs).sorted(by: >)
        let sum = (0..<fineCount).reduce(0.0) { $1 / repeats < sizes.count ? $0 + sizes[$1 / repeats] : $0 } * unit + abs(bias)
        guard sum > 0 else { return 0 }
        return max(0, min(Int(((0x1p31 - 0x1p10) / sum).exponent), finestPlaces))
    }

    /// Bytes of weights and biases.
    var bytes: Int { rows.bytes + bias.bytes + places.bytes }

    private static func groups(_ tiles: Range<Int>, inputs: Int) -> [Range<Int>] {
        var groups: [Range<Int>] = []
        var tile = tiles.lowerBound
        while tile < tiles.upperBound {
            let count = [4, 2].first { $0 <= tiles.upperBound - tile && $0 * (inputs + 1) <= cachedLines } ?? 1
            groups.append(tile..<tile + count)
            tile += count
        }
        return groups
    }

    /// The lines that are wanted after those of some tiles: as many tiles' behind them.
    func next(after group: Range<Int>) -> UnsafeRawBufferPointer {
        let next = group.upperBound..<min(group.upperBound + group.count, tiles.upperBound)
        guard !next.isEmpty else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(
            start: rows.line((next.lowerBound - tiles.lowerBound) * (inputs + 1)), count: next.count * tileBytes)
    }

    private var tileBytes: Int { (inputs + 1) * LineBuffer.lineBytes }

    /// - Parameter currentStride: bytes from one tile's currents to the next one's.
    func tiles(_ group: Range<Int>, currentStride: Int = 0) -> WeightTiles {
        WeightTiles(
            first: tile(group.lowerBound), count: group.count, stride: tileBytes, currentStride: currentStride,
            lastLanes: tiling.laneMask(group.upperBound - 1))
    }

    func tile(_ index: Int) -> WeightTile {
        let place = index - tiles.lowerBound
        return WeightTile(
            rows: rows.line(place * (inputs + 1)), bias: bias.line(place), places: places.line(2 * place), safeCount: safeCount,
            lanes: tiling.laneMask(index))
    }
}
