internal import Diagnostics
internal import Foundation
internal import Networks
internal import SpikeKernels

/// The units of all currents: how many whole numbers make 1, for each channel.
///
/// What meets in one neuron has one unit; neurons of different channels never meet, and what is added to a coarser current is shifted to its
/// unit. So an outlier costs its own channel, in the currents that it reaches, bits, and no other.
struct Units {
    /// Powers of two, by current and channel.
    private var exponents: [Int: [Int]] = [:]
    /// What the powers of two are multiplied by: one number for currents that are added to each other.
    private var fractions: [Int: Double] = [:]
    /// A mean's divisor that is no power of two.
    private var factors: [Int: Double] = [:]
    /// Currents that may be cut off.
    private var cutting: Set<Int> = []
    private(set) var ranges: [Int: CurrentRange] = [:]

    /// Thresholds beyond which a current may be cut off where room for the worst case would cost bits.
    private static let keptThresholds = 512.0
    /// Currents that are made of so few others one after another have room for the worst case.
    private static let shortChain = 3

    init(_ plan: ProgramPlan, _ folder: Folder) throws(Failure) {
        try self.init(plan, folder, cut: [:])
        guard folder.format.precision == .fixed32, !cutting.isEmpty else { return }
        // Where a current is cut off, what follows needs less room.
        let largest = folder.format.precision.largestCurrent
        var cut: [Int: [Double]] = [:]
        for node in cutting { cut[node] = units(of: node).map { largest / $0 } }
        try self.init(plan, folder, cut: cut)
    }

    /// - Parameter cut: beyond what the currents of some nodes are known to be cut off, by channel.
    private init(_ plan: ProgramPlan, _ folder: Folder, cut: [Int: [Double]]) throws(Failure) {
        var limits: [Int: UnitLimits] = [:]
        var depths: [Int: Int] = [:]
        /// The kept current that a contraction shares its units with.
        var partners: [Int: Int] = [:]
        var sources: [Int: Set<Int>] = [:]
        var order: [Int] = []
        var families = UnitFamilies()
        var joined: [Int: [JoinedPart]] = [:]
        func note(_ node: Int, channels: Int, _ body: (inout UnitLimits) -> Void) {
            if limits[node] == nil { order.append(node) }
            body(&limits[node, default: UnitLimits(channels: channels)])
        }
        for plan in plan.plans {
            switch plan {
            case .current(let current) where current.isExpansion:
                break
            case .current(let current):
                let isContraction = current.isContraction && (current.kept.map { factor(of: $0) == 1 } ?? false)
                let terms = current.expression.terms.map { $0.range(folder, stored: ranges, isContracted: isContraction) }
                let range = CurrentRange(current.expression, terms, stored: ranges)
                let before = current.expression.terms.compactMap { term in if case .current(let node) = term.source { node } else { nil } }
                if current.expression.terms.contains(where: \.isCounted) { families.noteCounting(current.node) }
                depths[current.node] = max(depths[current.node] ?? 0, 1 + before.reduce(0) { max($0, depths[$1] ?? 0) })
                sources[current.node, default: []].formUnion(before)
                let known = current.isFirst ? range : ranges[current.node].map { $0.joined(range) } ?? range
                ranges[current.node] = known.within(cut[current.node])
                if isContraction, let kept = current.kept {
                    partners[current.node] = kept
                    note(kept, channels: range.channels) { $0.note(known, current, terms) }
                }
                note(current.node, channels: range.channels) { limits in
                    limits.note(known, current, terms)
                    for neuron in current.neurons { limits.note(neuron) }
                }
            case .fire(let neuron):
                note(neuron.current, channels: folder.features[neuron.current].channels) { $0.note(neuron) }
            case .grid(let node):
                let input = folder.node(node).inputs[0]
                guard var range = ranges[input] else { break }
                if case .total = folder.node(node).operation { range = range.scaled(Double(folder.features[input].positions)) }
                ranges[node] = range.within(cut[node])
                depths[node] = depths[input]
                factors[node] = GridTaps(node, folder).factor * factor(of: input)
                sources[node] = [input]
                note(node, channels: range.channels) { $0.note(range) }
            case .join(let node, let parts):
                let range = CurrentRange(parts, stored: ranges)
                ranges[node] = range.within(cut[node])
                let before = parts.compactMap(\.current)
                depths[node] = before.reduce(0) { max($0, depths[$1] ?? 0) }
                for part in parts where part.current == nil { families.noteCounting(node) }
                joined[node] = parts
                sources[node] = Set(before)
                note(node, channels: range.channels) { $0.note(range) }
            case .bits, .derive, .head:
                break
            }
        }
        var largest: [Int: [Double]] = [:]
        for node in order {
            let kept = (depths[node] ?? 0) > Self.shortChain ? Self.keptThresholds : .infinity
            guard let limit = limits[node] else { continue }
            let (units, cuts) = try limit.largestUnits(folder.format.precision, keptThresholds: kept) { (reason: String) -> Failure in
                folder.format.precision.unfit("node '\(folder.node(node).name.prefix(80))'", reason)
            }
            largest[node] = units
            if cuts { cutting.insert(node) }
            for source in sources[node] ?? [] { families.join(node, source) }
        }
        fractions = families.fractions(largest, folder.format.precision)
        for node in order {
            guard let own = largest[node] else { continue }
            exponents[node] = chosen(
                for: node, below: own, sources: sources[node] ?? [], partner: partners[node], parts: joined[node])
        }
    }

    /// The binary places of a current's units, below the largest that it can have.
    private mutating func chosen(
        for node: Int, below largest: [Double], sources: Set<Int>, partner: Int?, parts: [JoinedPart]?
    ) -> [Int] {
        if let partner, let shared = exponents[partner] {
            if cutting.contains(partner) { cutting.insert(node) }
            return shared
        }
        // Pooling keeps the unit, or has it divided by the mean's divisor.
        if factors[node] != nil, let input = sources.first, let own = exponents[input] { return own }
        let fraction = fractions[node] ?? 1
        var places = largest.map { Int(($0 / fraction).exponent) }
        // Channels with little to add up gain nothing from a finer unit than most have.
        let usual = places.sorted()[places.count / 2]
        places = places.map { min($0, usual + 4) }
        for source in sources {
            guard let other = exponents[source] else { continue }
            if let parts {
                // What a mean's divisor leaves takes up to one place more.
                let divisor = (factors[source] ?? 1) == 1 ? 0 : 1
                for part in parts where part.current == source {
                    for channel in other.indices {
                        places[part.first + channel] = min(places[part.first + channel], other[channel] - divisor)
                    }
                }
            } else {
                places = zip(places, other).map(min)
            }
        }
        return places
    }

    /// The largest magnitude of each channel of a stored current.
    func reach(of node: Int) -> [Double] { ranges[node].map { range in range.lowest.indices.map(range.worst) } ?? [] }

    /// Whole numbers of 1 in each channel.
    func units(of node: Int) -> [Double] {
        (exponents[node] ?? []).map { scalbn(fraction(of: node), $0) }
    }

    /// What a current's units are beside powers of two.
    func fraction(of node: Int) -> Double { (factors[node] ?? 1) * (fractions[node] ?? 1) }
    /// The powers of two in them.
    func exponents(of node: Int) -> [Int] { exponents[node] ?? [] }
    /// Whether a current may be cut off, so that every one has to be looked at.
    func mayCut(_ node: Int) -> Bool { cutting.contains(node) }

    /// A mean's divisor beside a power of two.
    func factor(of node: Int) -> Double { factors[node] ?? 1 }
}
