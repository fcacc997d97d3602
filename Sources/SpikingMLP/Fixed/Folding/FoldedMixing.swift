internal import SpikeKernels

/// One branch of token mixing in whole numbers. Each output's neurons have a unit and so a threshold of their own.
struct FoldedAxis: Sendable {
    let group: Int
    let layer: Int
    let side: Int
    let isHeight: Bool
    private let weights: LineBuffer
    private let biases: LineBuffer
    private let thresholds: LineBuffer

    init(_ loader: FoldingSource, block: Architecture.Block, projection: String, format: FixedPointFormat) throws {
        let path = "token_mix.\(block.index).\(projection)"
        let precision = format.precision
        side = loader.architecture.grid(stage: block.stage)
        isHeight = projection == "proj_h"
        group = loader.group("\(path).3")
        layer = loader.layer("\(path).1")
        let normalization = loader.batchNorm("\(path).2")
        let real = RealLayer(
            loader.take("\(path).1.weight"), bias: loader.values("\(path).1.bias"), scale: normalization.scale.map { $0 / 2 },
            shift: normalization.shift.map { $0 / 2 }
        ).rounded(toBits: format.weightBits)
        let bounds = real.bounds()
        weights = precision == .fixed32 ? LineBuffer(count: side * side, of: Int32.self) : LineBuffer(count: side * side, of: Int16.self)
        biases = LineBuffer(count: side, of: Int32.self)
        thresholds = LineBuffer(count: side, of: Int32.self)
        var row = Array(repeating: 0.0, count: side)
        for output in 0..<side {
            // Rounding moves a sum by at most half a unit for each of its terms.
            let room = precision.largestCurrent - Double(side + 1)
            let unit = min(precision.finestThreshold, (room / bounds.sums[output]).rounded(.down))
            try precision.check(unit: unit, of: path)
            real.fill(output, &row)
            for input in 0..<side {
                let weight = nearest(row[input] * unit)
                if precision == .fixed32 {
                    weights.set(output * side + input, Int32(weight))
                } else {
                    weights.set(output * side + input, Int16(weight))
                }
            }
            biases.set(output, Int32(nearest(real.bias[output] * unit)))
            thresholds.set(output, Int32(unit))
        }
    }

    var bytes: Int { weights.bytes + biases.bytes + thresholds.bytes }

    func axis(scratch: LineBuffer) -> MixingAxis {
        MixingAxis(
            side: side, indexStride: isHeight ? side : 1, lineStride: isHeight ? 1 : side, weights: weights.line(0),
            biases: biases.records(of: Int32.self), thresholds: thresholds.records(of: Int32.self),
            scratch: scratch.records(of: UInt32.self))
    }
}

/// The plain family's identity branch: on a spike its batch normalisation takes two values per channel, a table.
struct FoldedIdentity: Sendable {
    let group: Int
    let threshold: Int
    /// `[tiles]` lines each.
    let atRest: LineBuffer
    let rise: LineBuffer

    init(_ loader: FoldingSource, block: Architecture.Block, precision: Precision) throws {
        let path = "token_mix.\(block.index)"
        group = loader.group("\(path).activation")
        let normalization = loader.batchNorm("\(path).BN")
        let low = normalization.shift.map { $0 / 2 }
        let high = zip(low, normalization.scale).map { $0 + $1 / 2 }
        let largest = zip(low, high).reduce(0) { max($0, abs($1.0), abs($1.1)) }
        let unit = min(precision.finestThreshold, ((precision.largestCurrent - 2) / largest).rounded(.down))
        try precision.check(unit: unit, of: "\(path).BN")
        threshold = Int(unit)
        let lines = FixedPointLayout(precision: precision).tiles(low.count)
        atRest = LineBuffer(lines: lines)
        rise = LineBuffer(lines: lines)
        for channel in low.indices {
            let first = nearest(low[channel] * unit)
            let second = nearest(high[channel] * unit)
            if precision == .fixed32 {
                atRest.set(channel, Int32(first))
                rise.set(channel, Int32(second - first))
            } else {
                atRest.set(channel, Int16(first))
                rise.set(channel, Int16(second - first))
            }
        }
    }

    var bytes: Int { atRest.bytes + rise.bytes }
}
