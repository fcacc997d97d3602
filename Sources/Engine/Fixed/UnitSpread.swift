/// How far the units of one current's channels lie apart.
package struct UnitSpread: Sendable, Hashable {
    /// The node whose current it is.
    package let node: String
    /// Powers of two in each channel's unit.
    package let exponents: [Int]
    /// What the powers of two are multiplied by.
    package let scale: Double

    package init(node: String, exponents: [Int], scale: Double) {
        self.node = node
        self.exponents = exponents
        self.scale = scale
    }

    /// The power of two that most channels have, or a finer one.
    package var usual: Int { exponents.sorted()[exponents.count / 2] }

    /// Channels that lost bits to something far beyond all others: at least a byte beside most.
    package var losers: [Int] { exponents.indices.filter { exponents[$0] <= usual - Self.lostBits } }

    private static let lostBits = 8
}

/// The units of a fixed-point program in words.
package struct UnitSummary: Sendable, Hashable {
    /// The coarsest and the finest unit of all currents.
    package let spread: String
    /// One for each current with channels that lost bits.
    package let warnings: [String]

    package init(_ spreads: [UnitSpread]) {
        let exponents = spreads.flatMap(\.exponents)
        spread = "1 is 2^\(exponents.min() ?? 0) to 2^\(exponents.max() ?? 0) units in \(spreads.count) currents"
        var named: Set<String> = []
        warnings = spreads.filter { !$0.losers.isEmpty && named.insert($0.node).inserted }.map { spread in
            let lost = spread.losers.map { spread.usual - spread.exponents[$0] }.max() ?? 0
            let channels = spread.losers.prefix(8).map(String.init).joined(separator: ", ") + (spread.losers.count > 8 ? ", …" : "")
            return "\(spread.node): an outlier costs channel \(channels) up to \(lost) bits beside most channels"
        }
    }
}
