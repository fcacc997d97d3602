internal import Diagnostics
internal import Foundation
internal import Networks
internal import SpikeKernels

/// The units of all currents: how many whole numbers make 1, a power of two for each channel.
///
/// What meets in one neuron has one unit; neurons of different channels never meet, and what is added to a coarser current is shifted to its
/// unit. So an outlier costs its own channel, in the currents that it reaches, bits, and no other.
struct Units {
    /// By current and channel.
    private var exponents: [Int: [Int]] = [:]
    /// What a current's units are beside a power of two: a mean's divisor that is none.
    private var factors: [Int: Double] = [:]
    /// Currents that may be cut off.
    private var cutting: Set<Int> = []
    private(set) var ranges: [Int: CurrentRange] = [:]

    /// Thresholds beyond which a current may be cut off where room for the worst case would cost bits.
    private static let keptThresholds = 512.0
    /// Currents that are made of so few others one after another have room for the worst case.
    private static let shortChain = 3

    init(_ plan: ProgramPlan, _ folder: Folder) throws(Failure) {
        var limits: [Int: UnitLimits] = [:]
        var depths: [Int: Int] = [:]
        /// The kept current that a contraction shares its units with.
        var partners: [Int: Int] = [:]
        var sources: [Int: Set<Int>] = [:]
        var order: [Int] = []
        func note(_ node: Int, channels: Int, _ body: (inout UnitLimits) -> Void) {
            if limits[node] == nil { order.append(node) }
            body(&limits[node, default: UnitLimits(channels: channels)])
        }
        for plan in plan.plans {
            switch plan {
            case .current(let current) where current.isExpansion:
                break
            case .current(let current):
                let terms = current.expression.terms.map { $0.range(folder, stored: ranges, isContracted: current.isContraction) }
                let range = CurrentRange(current.expression, terms, stored: ranges)
                let before = current.expression.terms.compactMap { term in if case .current(let node) = term.source { node } else { nil } }
                depths[current.node] = max(depths[current.node] ?? 0, 1 + before.reduce(0) { max($0, depths[$1] ?? 0) })
                sources[current.node, default: []].formUnion(before)
                ranges[current.node] = current.isFirst ? range : ranges[current.node].map { $0.joined(range) } ?? range
                let known = ranges[current.node] ?? range
                if current.isContraction, let kept = before.first {
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
                ranges[node] = range
                depths[node] = depths[input]
                factors[node] = GridTaps(node, folder).factor
                sources[node] = [input]
                note(node, channels: range.channels) { $0.note(range) }
            case .bits, .sample, .head:
                break
            }
        }
        for node in order {
            guard let limit = limits[node] else { continue }
            let kept = (depths[node] ?? 0) > Self.shortChain ? Self.keptThresholds : .infinity
            var (chosen, cuts) = try limit.exponents(folder.format.precision, keptThresholds: kept) { (reason: String) -> Failure in
                folder.format.precision.unfit("node '\(folder.node(node).name.prefix(80))'", reason)
            }
            if let partner = partners[node], let own = exponents[partner] {
                chosen = own
                cuts = cuts || cutting.contains(partner)
            } else if factors[node] != nil, let input = sources[node]?.first, let own = exponents[input] {
                // Pooling keeps the unit, or has it divided by the mean's divisor.
                chosen = own
            } else {
                for source in sources[node] ?? [] {
                    guard let other = exponents[source] else { continue }
                    guard (factors[source] ?? 1) == 1 else {
                        throw folder.format.precision.unfit(
                            "node '\(folder.node(node).name.prefix(80))'",
                            "it adds a mean over \(folder.features[source].channels) channels to other currents",
                            isInAnyPrecision: true)
                    }
                    chosen = zip(chosen, other).map(min)
                }
            }
            exponents[node] = chosen
            if cuts { cutting.insert(node) }
        }
    }

    /// Whole numbers of 1 in each channel.
    func units(of node: Int) -> [Double] {
        let factor = factors[node] ?? 1
        return (exponents[node] ?? []).map { factor * scalbn(1, $0) }
    }

    func exponents(of node: Int) -> [Int] { exponents[node] ?? [] }
    /// Whether a current may be cut off, so that every one has to be looked at.
    func mayCut(_ node: Int) -> Bool { cutting.contains(node) }

    /// Places that a current is shifted right by where it is added to another one, by channel.
    func places(from source: Int, to node: Int) -> [Int] { zip(exponents(of: source), exponents(of: node)).map { max($0 - $1, 0) } }
}

/// How a mean of currents is taken: their sum, shifted right.
struct GridTaps {
    /// Positions that are added up; nil for the largest of them.
    var divisor: Int?
    var shift: Int
    /// What the shifted sum is, in thousandths of the mean as it were: its unit beside the inputs'.
    var factor: Double

    init(_ node: Int, _ folder: Folder) {
        let input = folder.features[folder.node(node).inputs[0]]
        switch folder.node(node).operation {
        case .averagePool(let window): divisor = window.kernel.height * window.kernel.width
        case .mean: divisor = input.positions
        case .total: divisor = input.positions
        default: divisor = nil
        }
        let count = divisor ?? 1
        shift = count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
        factor = Double(count) / Double(1 << shift)
        if case .total = folder.node(node).operation { factor = 1 / Double(1 << shift) }
    }
}

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
                usual = zip(usual, before.usual).map { $0.isFinite ? $0 + $1 : $1 + 1 }
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

    func scaled(_ factor: Double) -> CurrentRange {
        var scaled = self
        scaled.lowest = lowest.map { $0 * factor }
        scaled.highest = highest.map { $0 * factor }
        scaled.usual = usual.map { $0 * factor }
        return scaled
    }
}

/// What one term of a current can come to, by channel.
struct TermRange {
    var lowest: [Double]
    var highest: [Double]
    /// The largest weight before factors of positions and time steps.
    var weights: [Double]
}

extension Term {
    /// - Parameter isContracted: whether tokens with larger factors than most have units of their own, so that these do not count.
    func range(_ folder: Folder, stored: [Int: CurrentRange], isContracted: Bool) -> TermRange {
        let inner = inner(folder, stored: stored)
        var range = TermRange(lowest: inner.lowest, highest: inner.highest, weights: inner.weights)
        guard let outer else { return range }
        let times = outer.time.isEmpty ? [1] : outer.time
        let isAxis = if case .mix = source { true } else { false }
        var (scales, shifts) = (outer.scale, outer.shift)
        if isContracted {
            let (scale, shift) = (Self.most(of: outer.scale), Self.most(of: outer.shift))
            (scales, shifts) = ([-scale, scale], [-shift, shift])
        } else if outer.scale.count > 1 {
            scales = [outer.scale.min() ?? 0, outer.scale.max() ?? 0]
            shifts = [outer.shift.min() ?? 0, outer.shift.max() ?? 0]
        }
        for channel in range.lowest.indices {
            let bias = isAxis ? 0 : outer.bias[channel]
            var (low, high) = (Double.infinity, -Double.infinity)
            for time in times {
                for scale in scales {
                    for shift in shifts {
                        for end in [inner.lowest[channel], inner.highest[channel]] {
                            let value = ((end + bias) * scale + shift) * time
                            low = min(low, value)
                            high = max(high, value)
                        }
                    }
                }
            }
            (range.lowest[channel], range.highest[channel]) = (low, high)
        }
        return range
    }

    /// A magnitude that all but the largest twentieth stay within.
    static func most(of values: [Double]) -> Double {
        let sorted = values.map(abs).sorted()
        return sorted.isEmpty ? 0 : sorted[(sorted.count - 1) * 19 / 20]
    }

    /// The same before factors of positions and time steps.
    func inner(_ folder: Folder, stored: [Int: CurrentRange]) -> (lowest: [Double], highest: [Double], weights: [Double]) {
        let channels = factor.count
        let zeros = Array(repeating: 0.0, count: channels)
        func amplitude(_ count: Int) -> (lowest: [Double], highest: [Double], weights: [Double]) {
            let reach = factor.map { $0 * Double(count) }
            return (reach.map { min($0, 0) }, reach.map { max($0, 0) }, factor.map(abs))
        }
        switch source {
        case .rows(let planes, let window, let shares):
            let bounds = layer?.bounds() ?? RealLayer.Bounds(lowest: zeros, highest: zeros, weights: zeros)
            let count = Double(planes.count * (shares ? window?.taps ?? 1 : 1))
            return (bounds.lowest.map { $0 * count }, bounds.highest.map { $0 * count }, bounds.weights)
        case .window:
            let bounds = layer?.bounds() ?? RealLayer.Bounds(lowest: zeros, highest: zeros, weights: zeros)
            return (bounds.lowest, bounds.highest, bounds.weights)
        case .spikes(let planes):
            return amplitude(planes.count)
        case .positions(let planes):
            return amplitude(planes.count * positions(of: planes, folder))
        case .current(let node):
            guard let range = stored[node] else { return (zeros, zeros, zeros) }
            return (range.lowest, range.highest, zeros)
        case .products(let node, _):
            return products(stored[node])
        case .image:
            return image(folder)
        case .mix:
            let bounds = layer?.bounds() ?? RealLayer.Bounds(lowest: zeros, highest: zeros, weights: zeros)
            let bias = outer?.bias ?? Array(repeating: 0, count: bounds.lowest.count)
            let lowest = zip(bounds.lowest, bias).map(+).min() ?? 0
            let highest = zip(bounds.highest, bias).map(+).max() ?? 0
            let largest = bounds.weights.max() ?? 0
            return (zeros.map { _ in lowest }, zeros.map { _ in highest }, zeros.map { _ in largest })
        case .attention(let query, _, _, let heads):
            let feature = folder.features[query]
            return amplitude(feature.positions * feature.channels / heads)
        }
    }

    private func positions(of planes: [[SpikeSlice]], _ folder: Folder) -> Int {
        planes.first?.first.map { $0.node >= 0 && $0.node < folder.features.count ? folder.features[$0.node].positions : 1 } ?? 1
    }

    private func products(_ range: CurrentRange?) -> (lowest: [Double], highest: [Double], weights: [Double]) {
        guard let layer, let range else { return (factor, factor, factor) }
        var row = Array(repeating: 0.0, count: layer.inputs)
        var reach: [Double] = []
        var weights: [Double] = []
        for output in 0..<layer.outputs {
            layer.fill(output, &row)
            reach.append(row.indices.reduce(0) { $0 + abs(row[$1]) * range.worst($1 % range.channels) })
            weights.append(row.reduce(0) { max($0, abs($1)) })
        }
        return (reach.map { -$0 }, reach, weights)
    }

    private func image(_ folder: Folder) -> (lowest: [Double], highest: [Double], weights: [Double]) {
        guard let layer else { return (factor, factor, factor) }
        let normalization = folder.normalization
        let darkest = (0..<3).map { min(-normalization.means[$0] / normalization.deviations[$0], 0) }
        let brightest = (0..<3).map { max((1 - normalization.means[$0]) / normalization.deviations[$0], 0) }
        var row = Array(repeating: 0.0, count: layer.inputs)
        var (lowest, highest, weights) = ([Double](), [Double](), [Double]())
        for output in 0..<layer.outputs {
            layer.fill(output, &row)
            var (low, high, largest) = (0.0, 0.0, 0.0)
            for (place, weight) in row.enumerated() {
                let ends = (weight * darkest[place % 3], weight * brightest[place % 3])
                low += min(ends.0, ends.1)
                high += max(ends.0, ends.1)
                largest = max(largest, abs(weight))
            }
            lowest.append(low)
            highest.append(high)
            weights.append(largest)
        }
        return (lowest, highest, weights)
    }
}

/// What bounds the units of one class, channel by channel.
struct UnitLimits {
    private var worst: [Double]
    private var usual: [Double]
    /// The largest sum of one layer, which must not leave the lanes.
    private var layers: [Double]
    private var weights: [Double]
    private var thresholds: [Double]
    private var isKnown: [Bool]

    init(channels: Int) {
        let zeros = Array(repeating: 0.0, count: channels)
        (worst, usual, layers, weights, thresholds) = (zeros, zeros, zeros, zeros, zeros)
        isKnown = Array(repeating: false, count: channels)
    }

    mutating func note(_ range: CurrentRange) {
        for channel in worst.indices {
            worst[channel] = max(worst[channel], range.worst(channel))
            usual[channel] = max(usual[channel], min(range.usual[channel], range.worst(channel)))
        }
    }

    mutating func note(_ range: CurrentRange, _ plan: CurrentPlan, _ terms: [TermRange]) {
        note(range)
        for (term, own) in zip(plan.expression.terms, terms) {
            if case .current = term.source { continue }
            // Sums that are scaled are bounded before.
            if term.outer != nil, !plan.isContraction { continue }
            for channel in worst.indices {
                layers[channel] = max(
                    layers[channel], max(abs(own.lowest[channel]), abs(own.highest[channel])) + abs(plan.expression.bias[channel]))
                weights[channel] = max(weights[channel], own.weights[channel])
            }
        }
    }

    mutating func note(_ plan: NeuronPlan) {
        let own = plan.threshold
        for channel in 0..<(plan.scale?.count ?? worst.count - plan.firstChannel) {
            let scale = abs(plan.scale?[channel] ?? 1)
            let threshold = scale > 1e-12 ? own / scale : own
            guard plan.firstChannel + channel < thresholds.count else { break }
            thresholds[plan.firstChannel + channel] = max(thresholds[plan.firstChannel + channel], min(threshold, own * 1024))
        }
    }

    func exponents(
        _ precision: Precision, keptThresholds: Double, refuse: (String) -> Failure
    ) throws(Failure) -> ([Int], cuts: Bool) {
        var chosen: [Int] = []
        var cuts = false
        for channel in worst.indices {
            let threshold = max(thresholds[channel], 0x1p-20)
            var room = worst[channel]
            let kept = keptThresholds * threshold
            if room > kept {
                room = min(room, max(usual[channel], kept))
            }
            if precision == .fixed16 { room = min(room, max(usual[channel] / 4, 4 * threshold)) }
            // Narrow lanes cut off everywhere.
            if precision == .fixed32, room < worst[channel] { cuts = true }
            var unit = precision.finestThreshold / threshold
            if room > 0 { unit = min(unit, (precision.largestCurrent - 0x1p10) / room) }
            if precision == .fixed32 {
                if layers[channel] > 0 { unit = min(unit, (precision.largestSum - 0x1p17) / layers[channel]) }
            } else if weights[channel] > 0 {
                unit = min(unit, precision.largestWeight / weights[channel])
            }
            guard unit.isFinite, unit > 0 else { throw refuse("its numbers are too far apart") }
            let places = Int(floor(log2(unit)))
            guard places >= -60 else { throw refuse("its numbers are too large") }
            chosen.append(min(places, 60))
        }
        // Channels with little to add up gain nothing from a finer unit than most have.
        let usual = chosen.sorted()[chosen.count / 2]
        return (chosen.map { min($0, usual + 4) }, cuts)
    }
}

extension NeuronPlan {
    /// The threshold in terms of a potential that takes the whole input: over the input's share.
    var threshold: Double { (neuron.threshold - resetValue) / inputShare }

    /// The part of an input that reaches the potential.
    var inputShare: Double { neuron.decaysInput && share > 0 ? share : 1 }

    var resetValue: Double { if case .hard(let value) = neuron.reset { value } else { 0 } }

    /// Whether the kernels of neurons behind a layer's sums are for it.
    var isPlain: Bool { share == 0.5 && neuron.reset == .hard(0) && scale == nil && !neuron.isStrict }
}

extension CurrentPlan {
    /// A layer whose normalisation belongs to the token, with nothing beside it, and plain neurons behind: they are divided by it.
    var isExpansion: Bool {
        guard !isStored, neurons.count == 1, neurons[0].isPlain, expression.terms.count == 1, expression.bias.allSatisfy({ $0 == 0 }) else {
            return false
        }
        return isTokenLayer(expression.terms[0])
    }

    /// The same beside a kept current.
    var isContraction: Bool {
        guard !isStored, neurons.count == 1, neurons[0].isPlain, expression.terms.count == 2, expression.bias.allSatisfy({ $0 == 0 }) else {
            return false
        }
        let hasCurrent = expression.terms.contains { if case .current = $0.source { true } else { false } }
        return hasCurrent && expression.terms.contains(where: isTokenLayer)
    }

    private func isTokenLayer(_ term: Term) -> Bool {
        guard case .rows(_, nil, _) = term.source, let outer = term.outer else { return false }
        return outer.time.isEmpty && outer.scale.count > 1
    }
}
