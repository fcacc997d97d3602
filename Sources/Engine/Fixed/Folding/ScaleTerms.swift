internal import SpikeKernels

/// Factors as short sums of shifted terms, and the table of their shifts.
struct ScaleTable {
    private(set) var scales: [TokenScale] = []
    private(set) var shifts: [Int32] = []

    /// Adds a factor.
    ///
    /// - Parameters:
    ///   - factor: of sums that the lanes hold.
    ///   - offset: added, in whole numbers of the finest unit.
    ///   - drop: see ``TokenScale/drop``.
    mutating func add(factor: Double, offset: Double, drop: Int = 0, precision: Precision) {
        let raise = factor == 0 ? 0 : min(max(Int(factor.exponent) + 1, 0), precision.laneBits - 2)
        let (added, subtracted) = signedPowers(
            factor / Double(1 << raise), resolution: precision.scaleResolution, deepest: precision.laneBits - 1)
        // A shift to the right loses half a unit on the average.
        let compensation = (Double(added.count { $0 > 0 }) - Double(subtracted.count { $0 > 0 })) / 2
        let offset = max(
            min(nearest(max(min(offset, 0x1p40), -0x1p40) + compensation), precision.largestBias), -precision.largestBias)
        let room = precision.largestSum - abs(offset) - Double(added.count + subtracted.count)
        let raised = (precision.largestSum / Double(1 << raise)).rounded(.down)
        let represented = Double(1 << raise) * (sumOfPowers(added) - sumOfPowers(subtracted))
        let limit = min(raised, (room / max(abs(represented), 0x1p-40)).rounded(.down))
        scales.append(
            TokenScale(
                offset: Int32(offset), limit: Int32(max(min(limit, 0x1p31 - 1), 0)), raise: Int32(raise), drop: Int32(drop),
                firstTerm: Int32(shifts.count), addedTerms: Int32(added.count), subtractedTerms: Int32(subtracted.count)))
        shifts += added + subtracted
    }
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
