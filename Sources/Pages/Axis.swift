internal import Foundation
internal import Reports

/// Where values lie along one side of a figure, and what stands there.
struct Axis {
    enum Scale { case linear, logarithmic }

    /// With its unit.
    var title: String
    var scale = Scale.linear
    var low: Double
    var high: Double
    /// Values that are named.
    var ticks: [Double]
    var text: (Double) -> String

    /// The place of `value` where `low` is at `start` and `high` at `end`.
    func place(_ value: Double, _ start: Double, _ end: Double) -> Double {
        let fraction =
            switch scale {
            case .linear: high > low ? (value - low) / (high - low) : 0.5
            case .logarithmic: high > low ? log10(max(value, low) / low) / log10(high / low) : 0.5
            }
        return start + min(max(fraction, 0), 1) * (end - start)
    }

    /// An axis from about `low` to about `high`, with round numbers at its ticks.
    /// - Parameters:
    ///   - bounds: what the axis never exceeds.
    ///   - factor: the numbers are shown times this, as 100 is for percent.
    static func linear(
        _ title: String, from low: Double, to high: Double, within bounds: ClosedRange<Double> = -.infinity ... .infinity, count: Int = 5,
        factor: Double = 1
    ) -> Axis {
        var (low, high) = (low.isFinite ? low : 0, high.isFinite ? high : 1)
        if high <= low { (low, high) = (low - max(abs(low) * 0.1, 1e-9), high + max(abs(high) * 0.1, 1e-9)) }
        let step = roundStep((high - low) / Double(max(count, 1)))
        let first = max((low / step + 1e-9).rounded(.down) * step, bounds.lowerBound)
        let last = min((high / step - 1e-9).rounded(.up) * step, bounds.upperBound)
        let number = Int(((last - first) / step).rounded())
        let digits = max(0, -Int(floor(log10(step * factor) + 1e-9)))
        return Axis(
            title: title, low: first, high: last,
            ticks: (0...max(number, 1)).map { first + Double($0) * step }.filter { $0 <= last + step / 9 },
            text: { value in
                let shown = value * factor
                return digits == 0 && abs(shown) >= 10_000 && abs(shown) < 1e15
                    ? NumberText.grouped(Int(shown.rounded())) : NumberText.fixed(shown, min(digits, 9))
            })
    }

    /// An axis over powers of ten, with 2 and 5 between where there is room.
    static func logarithmic(_ title: String, from low: Double, to high: Double, text: @escaping (Double) -> String) -> Axis {
        let low = max(low.isFinite ? low : 1, 1e-12)
        let high = max(high.isFinite ? high : low * 10, low * 1.01)
        let decades = log10(high / low)
        let factors: [Double] = decades <= 2.5 ? [1, 2, 5] : [1]
        var ticks: [Double] = []
        for exponent in Int(floor(log10(low)))...Int(ceil(log10(high))) {
            for factor in factors {
                let value = factor * pow(10, Double(exponent))
                if value >= low * 0.999, value <= high * 1.001 { ticks.append(value) }
            }
        }
        return Axis(title: title, scale: .logarithmic, low: low, high: high, ticks: ticks, text: text)
    }

    /// Whole numbers from 1, some left out where they are many.
    static func steps(_ title: String, count: Int) -> Axis {
        let stride = max(1, Int(roundStep(Double(count) / 12).rounded(.up)))
        // 1, 2, 3, ..., or 1, 5, 10, 15, ...
        let named = (1...max(count, 1)).filter { stride == 1 || $0 == 1 || $0 % stride == 0 }
        let margin = max(Double(count - 1) * 0.03, count == 1 ? 0.5 : 0.15)
        return Axis(
            title: title, low: 1 - margin, high: Double(max(count, 1)) + margin, ticks: named.map { Double($0) },
            text: { "\(Int($0))" })
    }

    /// 1, 2 or 5 times a power of ten, at least `step`.
    private static func roundStep(_ step: Double) -> Double {
        guard step > 0, step.isFinite else { return 1 }
        let power = pow(10, floor(log10(step) + 1e-9))
        let factor = [1.0, 2, 5, 10].first { $0 * power >= step * 0.999 } ?? 10
        return factor * power
    }
}
