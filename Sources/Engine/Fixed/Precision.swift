package import Diagnostics

extension Failure.Code {
    /// A network, or its weights, that whole numbers of these lanes cannot hold.
    package static let unfitWeights = Failure.Code("engine.unfit-weights")
}

/// The two precisions of the fixed-point engine.
package enum Precision: String, Sendable, Hashable, CaseIterable {
    /// 32-bit lanes with as many weight bits as their sums allow.
    case fixed32
    /// 16-bit lanes: twice as fast, and coarser.
    case fixed16

    package var laneBits: Int { self == .fixed32 ? 32 : 16 }

    /// The largest current that is kept; what lies beyond, on either side, is cut off. A quarter of the range of wide lanes leaves room for a
    /// potential; narrow potentials saturate.
    var largestCurrent: Double { self == .fixed32 ? 0x1p30 - 1 : 0x1p15 - 1 }
    /// The largest constant that a sum of weights starts with.
    var largestBias: Double { self == .fixed32 ? 0x1p30 - 1 : 0x1p14 - 1 }
    /// The largest sum of weights. Wide lanes never reach it: the folding bounds every sum. Narrow ones cut off.
    var largestSum: Double { self == .fixed32 ? 0x1p31 - 1 : 0x1p15 - 1 }
    /// Units of a threshold at most.
    var finestThreshold: Double { self == .fixed32 ? 0x1p28 : 0x1p13 }
    /// Units of a weight at most. Narrow lanes can then add at least four rows to a bias, and mostly dozens, before they have to be widened.
    var largestWeight: Double { self == .fixed32 ? 0x1p31 - 1 : 0x1p12 - 1 }
    /// A scale is right to this fraction of the largest sum.
    var scaleResolution: Double { self == .fixed32 ? 0x1p-32 : 0x1p-13 }

    func unfit(_ part: String, _ reason: String, isInAnyPrecision: Bool = false) -> Failure {
        Failure(
            .unfitWeights, "The engine \(rawValue) cannot hold \(part): \(reason).",
            remedy: self == .fixed16 && !isInAnyPrecision ? "Use --engine fixed32 or float." : "Use --engine float.")
    }
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
