/// A 95 % confidence interval. As JSON it is `[low, high]`.
package struct Interval: Sendable, Hashable, Codable {
    package var low: Double
    package var high: Double

    package init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }

    /// What is known of a proportion before anything was tried.
    package static let unknown = Interval(low: 0, high: 1)

    package init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        low = try container.decode(Double.self)
        high = try container.decode(Double.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(low)
        try container.encode(high)
    }
}

extension Interval {
    /// The 0.975 quantile of the normal distribution.
    package static let z = 1.959963984540054

    /// Wilson's score interval of a proportion; 0 to 1 where nothing was tried. The SQL functions `wilson_low` and `wilson_high` give the same.
    package static func wilson(_ successes: Int, of trials: Int) -> Interval {
        guard trials > 0 else { return .unknown }
        let n = Double(trials)
        let centre = Double(successes) + z * z / 2
        let spread = z * (Double(successes) * (Double(trials - successes) / n) + z * z / 4).squareRoot()
        return Interval(
            low: successes == 0 ? 0 : (centre - spread) / (n + z * z), high: successes == trials ? 1 : (centre + spread) / (n + z * z))
    }
}
