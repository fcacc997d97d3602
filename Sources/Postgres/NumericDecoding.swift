/// Reads `numeric`, which `sum(bigint)` and `avg` give: digits to the base 10000 (`numeric_send` in PostgreSQL's `numeric.c`).
enum NumericDecoding {
    private struct Parts {
        /// Digits to the base 10000, the most significant first.
        let digits: [UInt16]
        /// The power of 10000 of the first digit.
        let weight: Int
        let sign: UInt16
    }

    private static let negative: UInt16 = 0x4000

    private static func parts(_ bytes: RawSpan) -> Parts? {
        guard bytes.byteCount >= 8 else { return nil }
        func word(_ index: Int) -> UInt16 {
            BinaryDecoding.integer(bytes.extracting(2 * index..<2 * index + 2), UInt16.self) ?? 0
        }
        guard bytes.byteCount == 8 + 2 * Int(word(0)) else { return nil }
        let digits = (0..<Int(word(0))).map { word(4 + $0) }
        guard digits.allSatisfy({ $0 < 10_000 }) else { return nil }
        return Parts(digits: digits, weight: Int(Int16(bitPattern: word(1))), sign: word(2))
    }

    /// The value where it is whole and fits.
    static func int(_ bytes: RawSpan) -> Int? {
        guard let parts = parts(bytes), parts.sign == 0 || parts.sign == negative else { return nil }
        var value = 0
        // Summed below zero, where the smallest integer has room too.
        for (index, digit) in parts.digits.enumerated() {
            if index > parts.weight {
                guard digit == 0 else { return nil }
                continue
            }
            let (scaled, scaling) = value.multipliedReportingOverflow(by: 10_000)
            let (sum, adding) = scaled.subtractingReportingOverflow(Int(digit))
            guard !scaling, !adding else { return nil }
            value = sum
        }
        for _ in 0..<max(0, parts.digits.isEmpty ? 0 : parts.weight + 1 - parts.digits.count) {
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10_000)
            guard !overflow else { return nil }
            value = scaled
        }
        if parts.sign == negative { return value }
        return value == .min ? nil : -value
    }

    static func double(_ bytes: RawSpan) -> Double? {
        guard let parts = parts(bytes) else { return nil }
        switch parts.sign {
        case 0, negative: break
        case 0xD000: return .infinity
        case 0xF000: return -.infinity
        default: return .nan
        }
        let digits = parts.digits.map { digit in String(repeating: "0", count: 4 - String(digit).count) + String(digit) }.joined()
        let exponent = 4 * (parts.weight + 1 - parts.digits.count)
        return Double("\(parts.sign == negative ? "-" : "")\(digits.isEmpty ? "0" : digits)e\(exponent)")
    }
}
