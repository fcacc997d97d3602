package import Evaluation

extension NumberText {
    /// An interval of fractions as percentages (`95.60 to 98.45 %`); `none` where nothing was tried.
    package static func range(_ interval: Interval) -> String {
        interval == .unknown ? "none" : "\(fixed(interval.low * 100, 2)) to \(percent(interval.high))"
    }

    /// A number with its sign (`+1.5`).
    package static func signed(_ value: Double, _ digits: Int) -> String {
        let text = fixed(value, digits)
        return value > 0 && text != fixed(0, digits) ? "+" + text : text
    }

    /// A difference of fractions in percentage points (`+1.40 points`).
    package static func points(_ difference: Double) -> String { signed(difference * 100, 2) + " points" }

    /// An interval of differences in percentage points (`-0.24 to +0.85`).
    package static func pointRange(_ interval: Interval) -> String {
        "\(signed(interval.low * 100, 2)) to \(signed(interval.high * 100, 2))"
    }

    /// A p value: four decimals, or a power of ten where that would be zero.
    package static func probability(_ p: Double) -> String {
        guard p < 0.0001 else { return fixed(p, 4) }
        guard p > 0 else { return "< 1e-290" }
        var exponent = 0
        var mantissa = p
        while mantissa < 1 {
            mantissa *= 10
            exponent += 1
        }
        if mantissa >= 9.95 { (mantissa, exponent) = (1, exponent - 1) }
        return "\(fixed(mantissa, 1))e-\(exponent)"
    }

    /// Four significant digits at most, for energies and rates (`0.0426`, `12.35`).
    package static func significant(_ value: Double) -> String {
        guard value != 0, value.isFinite else { return fixed(value, 0) }
        var digits = 3
        var magnitude = value.magnitude
        while magnitude < 1, digits < 12 {
            magnitude *= 10
            digits += 1
        }
        while magnitude >= 10, digits > 0 {
            magnitude /= 10
            digits -= 1
        }
        return fixed(value, digits)
    }
}
