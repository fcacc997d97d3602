/// What a current of each channel can come to.
struct CurrentRange {
    var lowest: [Double]
    var highest: [Double]
    /// What normalisations say: where it lies, and a multiple of its deviation around that.
    var usual: [Double]

    var channels: Int { lowest.count }
    func worst(_ channel: Int) -> Double { max(abs(lowest[channel]), abs(highest[channel])) }

    private static let deviations = 16.0

    init(_ expression: Expression, _ terms: [TermRange], stored: [Int: CurrentRange]) {
        lowest = expression.bias
        highest = expression.bias
        usual = zip(expression.center, expression.spread).map { abs($0) + Self.deviations * $1 }
        for (term, range) in zip(expression.terms, terms) {
            for channel in lowest.indices {
                lowest[channel] += range.lowest[channel]
                highest[channel] += range.highest[channel]
            }
            if case .current(let node) = term.source, let before = stored[node] {
                let factor = term.outer.map { outer in outer.scale.reduce(0) { max($0, abs($1)) } } ?? 1
                usual = zip(usual, before.usual).map { $0.isFinite ? $0 + $1 * factor : $1 * factor + 1 }
            }
        }
    }

    func joined(_ other: CurrentRange) -> CurrentRange {
        var joined = self
        joined.lowest = zip(lowest, other.lowest).map(+)
        joined.highest = zip(highest, other.highest).map(+)
        joined.usual = zip(usual, other.usual).map(max)
        return joined
    }

    /// Cut off on either side, by channel.
    func within(_ limits: [Double]?) -> CurrentRange {
        guard let limits else { return self }
        var within = self
        within.lowest = zip(lowest, limits).map { max($0, -$1) }
        within.highest = zip(highest, limits).map(min)
        return within
    }

    func scaled(_ factor: Double) -> CurrentRange {
        var scaled = self
        scaled.lowest = lowest.map { $0 * factor }
        scaled.highest = highest.map { $0 * factor }
        scaled.usual = usual.map { $0 * factor }
        return scaled
    }
}
