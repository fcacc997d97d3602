internal import Diagnostics

/// Numbers as reports print them: no locale, the same text everywhere.
package enum NumberText {
    /// `value` with exactly `digits` decimals.
    package static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return "-" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        guard abs(value) * scale < 9e15 else { return "\(value)" }
        let scaled = Int64((abs(value) * scale).rounded())
        let whole = String(scaled / Int64(scale))
        let sign = value < 0 && scaled != 0 ? "-" : ""
        guard digits > 0 else { return sign + whole }
        let fraction = String(scaled % Int64(scale))
        return sign + whole + "." + String(repeating: "0", count: digits - fraction.count) + fraction
    }

    /// A mean with exactly `digits` decimals; `none` where there is none.
    package static func mean(_ value: Double?, _ digits: Int) -> String {
        value.map { fixed($0, digits) } ?? "none"
    }

    /// A fraction as a percentage (`97.40 %`).
    package static func percent(_ fraction: Double, digits: Int = 2) -> String {
        fixed(fraction * 100, digits) + " %"
    }

    /// An accuracy over so many images as a percentage; `none` where there are none.
    package static func accuracy(_ fraction: Double, of images: Int) -> String {
        images > 0 ? percent(fraction) : "none"
    }

    /// An integer with thousands separated by commas.
    package static func grouped(_ value: Int) -> String {
        let digits = Array(String(value.magnitude))
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// An integer with thousands separated by commas, and the noun it counts (`12,000 images`, `1 image`).
    package static func grouped(_ value: Int, _ noun: String) -> String { "\(grouped(value)) \(noun.counting(value))" }

    /// Microseconds as milliseconds (`1.234 ms`); `none` where there are none.
    package static func milliseconds(_ microseconds: Int?) -> String {
        microseconds.map { fixed(Double($0) / 1000, 3) + " ms" } ?? "none"
    }

    /// A span of seconds (`47 s`, `3 min 20 s`, `2 h 05 min`).
    package static func duration(seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "-" }
        let whole = Int(seconds.rounded())
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(two(whole % 60)) s" }
        return "\(whole / 3600) h \(two(whole % 3600 / 60)) min"
    }
}
