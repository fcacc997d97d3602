/// The two precisions of the fixed-point engine.
package enum Precision: String, Sendable, Hashable, CaseIterable {
    /// 32-bit lanes with as many weight bits as their sums allow: departs from float32 no more than float64 does.
    case fixed32
    /// 16-bit lanes: twice as fast, and coarser.
    case fixed16

    package var laneBits: Int { self == .fixed32 ? 32 : 16 }

    /// Bounds of a current, half an input. They leave room for half a potential: `|v >> 1| + |current|` stays within the lanes.
    var largestCurrent: Double { self == .fixed32 ? 0x1p30 - 1 : 0x1p14 - 1 }
    /// Bound of a sum of weights.
    var largestSum: Double { self == .fixed32 ? 0x1p31 - 1 : 0x1p15 - 1 }
    /// Units of a threshold at most.
    var finestThreshold: Double { self == .fixed32 ? 0x1p28 : 0x1p12 }
    /// Units of a weight at most. Narrow lanes can then add at least four rows to a bias, and mostly dozens, before they have to be widened.
    var largestWeight: Double { self == .fixed32 ? 0x1p31 - 1 : 0x1p12 - 1 }
    /// Units of a threshold below which a network is refused: its weights are too far apart for one unit.
    var coarsestThreshold: Double { self == .fixed32 ? 0x1p10 : 0x1p6 }
    /// Thresholds that a unit of a layer's sums may be, after the largest of its tokens' scales; a network with coarser ones is refused.
    var coarsestStep: Double { self == .fixed32 ? 0x1p-10 : 0x1p-3 }
    /// A token's scale is right to this fraction of the largest sum.
    var scaleResolution: Double { self == .fixed32 ? 0x1p-32 : 0x1p-13 }
}

/// Which fixed-point engine: `fixed32`, `fixed16`, or with weights rounded to fewer bits, `fixed16-w8`.
package struct FixedPointFormat: Sendable, Hashable {
    package static let weightBits = 6...16

    package var precision: Precision
    /// Bits of a weight, sign included, with a scale for each row of outputs; nil for as many as the lanes carry.
    package var weightBits: Int?

    package init(precision: Precision, weightBits: Int? = nil) {
        self.precision = precision
        self.weightBits = weightBits
    }

    /// The engine's name as runs record it.
    package var name: String {
        weightBits.map { "\(precision.rawValue)-w\($0)" } ?? precision.rawValue
    }

    /// The format of that name, nil where it is none.
    package init?(name: String) {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, let precision = Precision(rawValue: String(first)) else { return nil }
        self.precision = precision
        switch parts.count {
        case 1:
            break
        case 2:
            guard parts[1].first == "w", let bits = Int(parts[1].dropFirst()), Self.weightBits.contains(bits) else { return nil }
            weightBits = bits
        default:
            return nil
        }
        guard self.name == name else { return nil }
    }
}
