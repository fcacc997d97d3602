/// Currents that are added to each other by shifts, so that their units are one fraction times powers of two.
struct UnitFamilies {
    private var parents: [Int: Int] = [:]
    /// Currents that count: their numbers have to be whole multiples of each other.
    private var counting: Set<Int> = []

    mutating func join(_ node: Int, _ other: Int) { parents[root(node)] = root(other) }
    mutating func noteCounting(_ node: Int) { counting.insert(node) }

    private func root(_ node: Int) -> Int {
        var place = node
        while let parent = parents[place], parent != place { place = parent }
        return place
    }

    /// The fraction of each current's units.
    ///
    /// Wide lanes have bits to spare, and powers of two keep weights exact that are short binary fractions.
    func fractions(_ largest: [Int: [Double]], _ precision: Precision) -> [Int: Double] {
        guard precision == .fixed16 else { return largest.mapValues { _ in 1 } }
        let wholes = Set(counting.map(root))
        var members: [Int: [Double]] = [:]
        for (node, units) in largest.sorted(by: { $0.key < $1.key }) { members[root(node), default: []] += units }
        let fractions = members.mapValues { Self.fraction(below: $0) }
        return Dictionary(
            uniqueKeysWithValues: largest.keys.map { node in
                let family = root(node)
                return (node, wholes.contains(family) ? 1 : fractions[family] ?? 1)
            })
    }

    /// The number from 1 up to 2 of which the largest multiples by powers of two come nearest to some units from below.
    static func fraction(below units: [Double]) -> Double {
        let significands = units.map(\.significand).sorted()
        var above = significands.reduce(0) { $0 + 1 / $1 }
        var below = 0.0
        var best = (share: above, fraction: 1.0)
        for significand in significands {
            // Units with smaller significands get the next smaller power of two.
            let share = significand * (above + below / 2)
            if share > best.share { best = (share, significand) }
            above -= 1 / significand
            below += 1 / significand
        }
        return best.fraction
    }
}
