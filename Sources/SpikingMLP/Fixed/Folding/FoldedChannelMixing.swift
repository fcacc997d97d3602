internal import SpikeKernels

/// The hidden layer of channel mixing in whole numbers. Its batch normalisation belongs to the token: the neuron is divided by it, so
/// that every token has a threshold of its own and all of them share the weights.
struct FoldedExpansion: Sendable {
    let group: Int
    let layer: Int
    let weights: RowWeights
    private let thresholds: LineBuffer

    init(_ loader: FoldingSource, block: Architecture.Block, format: FixedPointFormat) throws {
        let path = "channel_mix.\(block.index).1.net"
        let precision = format.precision
        group = loader.group("\(path).2")
        layer = loader.layer("\(path).0")
        let normalization = loader.batchNorm("\(path).1")
        let half = Array(repeating: 0.5, count: architectureOutputs(loader, "\(path).0"))
        let real = RealLayer(loader.take("\(path).0.weight"), bias: loader.values("\(path).0.bias"), scale: half)
            .rounded(toBits: format.weightBits)
        let bounds = real.bounds()
        let largestScale = normalization.scale.reduce(0) { max($0, abs($1)) }
        let unit: Double
        if precision == .fixed32 {
            let room = precision.largestCurrent - Double(real.inputs + 1)
            unit = min(room / bounds.largestSum, 0x1p40)
        } else {
            // Most tokens get a threshold of up to 2^12 units; those with the smallest scales need the most room.
            unit = min(
                max(precision.finestThreshold * lowScale(normalization.scale), largestScale / precision.coarsestStep),
                precision.largestWeight / bounds.largestWeight)
        }
        try precision.check(step: largestScale / unit, of: "\(path).0")
        weights = RowWeights(real, unit: unit, precision: precision)
        let largestSum = bounds.largestSum * unit + Double(real.inputs + 1)
        thresholds = LineBuffer(
            normalization.scale.indices.map {
                Self.threshold(
                    scale: normalization.scale[$0], shift: normalization.shift[$0], unit: unit,
                    largestSum: precision == .fixed32 ? largestSum : 0, precision: precision)
            })
    }

    var bytes: Int { weights.bytes + thresholds.bytes }

    func thresholds(from token: Int) -> UnsafeMutablePointer<TokenThreshold> {
        thresholds.records(of: TokenThreshold.self, from: token)
    }

    /// `scale * (W x + b) + shift` against 1, divided by `scale`: sums of W x + b plus `shift / scale`, against `1 / scale`.
    ///
    /// Where that does not fit the lanes, sums, offset and threshold are shifted right together until it does. Where the shift would leave
    /// nothing of the sums (a scale of 0, or next to it) the input is the constant `shift`.
    private static func threshold(scale: Double, shift: Double, unit: Double, largestSum: Double, precision: Precision) -> TokenThreshold {
        let threshold = unit / scale
        let offset = shift / 2 * threshold
        for places in 0..<precision.laneBits - 1 {
            let divisor = Double(1 << places)
            guard abs(threshold) / divisor <= precision.largestCurrent,
                (abs(offset) + largestSum) / divisor <= precision.largestCurrent - 1
            else { continue }
            return TokenThreshold(
                offset: Int32(nearest(offset / divisor)), threshold: nonzero(nearest(threshold / divisor), sign: scale),
                shift: Int32(places), turned: scale < 0 ? -1 : 0, gate: -1)
        }
        let constantUnit = precision.finestThreshold
        let constant = max(min(shift / 2 * constantUnit, precision.largestCurrent), -precision.largestCurrent)
        return TokenThreshold(offset: Int32(nearest(constant)), threshold: Int32(constantUnit), shift: 0, turned: 0, gate: 0)
    }

    /// A threshold is at least one unit away from the resting potential.
    private static func nonzero(_ threshold: Double, sign: Double) -> Int32 {
        threshold == 0 ? (sign < 0 ? -1 : 1) : Int32(threshold)
    }
}

/// The outputs of channel mixing in whole numbers: the token's scale of their batch normalisation is a short sum of shifted terms.
struct FoldedContraction: Sendable {
    let layer: Int
    let weights: RowWeights
    private let scales: LineBuffer
    private let shifts: LineBuffer

    /// - Parameters:
    ///   - real: the layer without its batch normalisation.
    ///   - threshold: units of the stage's threshold.
    /// - Throws: `engine.unfit-weights`, naming the layer at `path`.
    init(
        _ real: RealLayer, path: String, layer: Int, scale: [Double], shift: [Double], threshold: Double, format: FixedPointFormat
    ) throws {
        let precision = format.precision
        self.layer = layer
        let bounds = real.bounds()
        let largestScale = max(scale.reduce(0) { max($0, abs($1)) }, 0x1p-40)
        let unit: Double
        if precision == .fixed32 {
            // A bias of the other sign can hide the half of a weight from the sum's bound.
            let largest = max(bounds.largestSum, bounds.largestWeight)
            unit = min((precision.largestSum - Double(real.inputs + 1)) / largest, threshold * largestScale)
        } else {
            // The tokens with the smallest scales have the largest sums.
            unit = min(
                max(threshold * lowScale(scale) / 2, largestScale / (2 * precision.coarsestStep)),
                precision.largestWeight / bounds.largestWeight)
        }
        try precision.check(step: largestScale / (2 * unit), of: path)
        weights = RowWeights(real, unit: unit, precision: precision)
        var terms: [Int32] = []
        scales = LineBuffer(
            scale.indices.map { token in
                let factor = threshold * scale[token] / (2 * unit)
                let raise = factor == 0 ? 0 : min(max(Int(factor.exponent) + 1, 0), precision.laneBits - 2)
                let (added, subtracted) = signedPowers(
                    factor / Double(1 << raise), resolution: precision.scaleResolution, deepest: precision.laneBits - 1)
                // A shift to the right loses half a unit on the average.
                let compensation = (Double(added.count { $0 > 0 }) - Double(subtracted.count { $0 > 0 })) / 2
                let wanted = nearest(shift[token] / 2 * threshold + compensation)
                let offset = max(min(wanted, precision.largestCurrent), -precision.largestCurrent)
                let room = precision.largestSum - abs(offset) - Double(added.count + subtracted.count)
                let raised = (precision.largestSum / Double(1 << raise)).rounded(.down)
                let represented = Double(1 << raise) * (sumOfPowers(added) - sumOfPowers(subtracted))
                let limit = min(raised, (room / max(abs(represented), 0x1p-40)).rounded(.down))
                defer { terms += added + subtracted }
                return TokenScale(
                    offset: Int32(offset), limit: Int32(limit), raise: Int32(raise), firstTerm: Int32(terms.count),
                    addedTerms: Int32(added.count),
                    subtractedTerms: Int32(subtracted.count))
            })
        shifts = LineBuffer(terms)
    }

    var bytes: Int { weights.bytes + scales.bytes + shifts.bytes }

    func scales(from token: Int) -> UnsafeMutablePointer<TokenScale> { scales.records(of: TokenScale.self, from: token) }
    var shiftTable: UnsafeMutablePointer<Int32> { shifts.records(of: Int32.self) }
}

private func architectureOutputs(_ loader: FoldingSource, _ path: String) -> Int {
    loader.tensor("\(path).bias").values.count
}

/// A scale that all but the smallest twentieth of the tokens' scales exceed; zeros do not count.
private func lowScale(_ scales: [Double]) -> Double {
    let sorted = scales.map(abs).filter { $0 > 0 }.sorted()
    return sorted.isEmpty ? 1 : sorted[sorted.count / 20]
}

/// `sum of 2^-place`
private func sumOfPowers(_ places: [Int32]) -> Double {
    places.reduce(0) { $0 + 1 / Double(1 << $1) }
}

/// A factor of at most 1 as `sum of 2^-added - sum of 2^-subtracted`, to within `resolution`: its canonical signed digits, largest first.
package func signedPowers(_ factor: Double, resolution: Double, deepest: Int) -> (added: [Int32], subtracted: [Int32]) {
    var added: [Int32] = []
    var subtracted: [Int32] = []
    var rest = factor
    while abs(rest) > resolution, added.count + subtracted.count <= deepest {
        // Digits of which no two are adjacent come to at most 4/3 of the first.
        let isFromAbove = rest.significand > 4.0 / 3
        let places = max(-Int(rest.exponent) - (isFromAbove ? 1 : 0), 0)
        guard places <= deepest else { break }
        let power = 1 / Double(1 << places)
        if rest > 0 {
            added.append(Int32(places))
            rest -= power
        } else {
            subtracted.append(Int32(places))
            rest += power
        }
    }
    return (added, subtracted)
}
