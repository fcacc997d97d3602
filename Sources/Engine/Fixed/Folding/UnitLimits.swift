internal import Diagnostics
internal import Foundation

/// What bounds the units of one class, channel by channel.
struct UnitLimits {
    private var worst: [Double]
    private var usual: [Double]
    /// The largest sum of one layer, which must not leave the lanes.
    private var layers: [Double]
    private var weights: [Double]
    /// The largest sum of a map along an axis, which narrow lanes must hold.
    private var maps: [Double]
    private var thresholds: [Double]
    /// Constants that sums start with.
    private var biases: [Double]
    /// Whether layers on currents are among what is added up: their products are summed with bits to spare.
    private var isMultiplied = false
    /// Whether all neurons halve their potentials.
    private var isHalving = true

    /// Times what normalisations make of a current usually, which is 16 deviations, and times its threshold, that are kept of it in any case.
    private static let keptUsual = 16.0
    private static let keptThresholds = 512.0

    init(channels: Int) {
        let zeros = Array(repeating: 0.0, count: channels)
        (worst, usual, layers, weights, maps, thresholds, biases) = (zeros, zeros, zeros, zeros, zeros, zeros, zeros)
    }

    mutating func note(_ range: CurrentRange) {
        for channel in worst.indices {
            worst[channel] = max(worst[channel], range.worst(channel))
            usual[channel] = max(usual[channel], min(range.usual[channel], range.worst(channel)))
        }
    }

    mutating func note(_ range: CurrentRange, _ plan: CurrentPlan, _ terms: [TermRange]) {
        note(range)
        biases = zip(biases, plan.expression.bias).map { max($0, abs($1)) }
        // What is added up without the bias needs room as it is.
        var (lowest, highest) = (worst.map { _ in 0.0 }, worst.map { _ in 0.0 })
        for (term, own) in zip(plan.expression.terms, terms) where term.outer == nil && term.startsAtZero {
            lowest = zip(lowest, own.lowest).map { $0 + min($1, 0) }
            highest = zip(highest, own.highest).map { $0 + max($1, 0) }
        }
        for channel in worst.indices { worst[channel] = max(worst[channel], -lowest[channel], highest[channel]) }
        for (term, own) in zip(plan.expression.terms, terms) {
            if case .current = term.source { continue }
            if case .products = term.source {
                // Their sums have 64 bits, and are cut off.
                isMultiplied = true
                continue
            }
            if case .mix = term.source {
                for channel in worst.indices { maps[channel] = max(maps[channel], abs(own.lowest[channel]), abs(own.highest[channel])) }
            }
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
        isHalving = isHalving && plan.share == 0.5
        for channel in 0..<(plan.scale?.count ?? worst.count - plan.firstChannel) {
            let scale = abs(plan.scale?[channel] ?? 1)
            let threshold = scale > 1e-12 ? own / scale : own
            guard plan.firstChannel + channel < thresholds.count else { break }
            thresholds[plan.firstChannel + channel] = max(thresholds[plan.firstChannel + channel], min(threshold, own * 1024))
        }
    }

    /// The largest unit that each channel can have, and whether the worst case is cut off then.
    func largestUnits(
        _ precision: Precision, keptThresholds: Double, refuse: (String) -> Failure
    ) throws(Failure) -> (units: [Double], cuts: Bool) {
        var units: [Double] = []
        var cuts = false
        for channel in worst.indices {
            let threshold = max(thresholds[channel], 0x1p-20)
            var room = worst[channel]
            let kept = keptThresholds * threshold
            if room > kept {
                room = min(room, max(usual[channel], kept))
            }
            // A factor that belongs to a channel which was nearly dead may make its worst case anything.
            if precision == .fixed32, isMultiplied {
                room = min(room, max(Self.keptUsual * usual[channel], Self.keptThresholds * threshold))
            }
            if precision == .fixed16 { room = min(room, max(usual[channel] / 8, 4 * threshold)) }
            // Narrow lanes cut off everywhere.
            if precision == .fixed32, room < worst[channel] { cuts = true }
            // A factor that belongs to a channel which was nearly dead may make its worst case anything.
            if precision == .fixed32, isMultiplied {
                room = min(room, max(Self.keptUsual * usual[channel], Self.keptThresholds * threshold))
            }
            if precision == .fixed16 { room = max(room, 2 * min(biases[channel], room)) }
            var unit = precision.finestThreshold / threshold
            // Other potentials are cut off earlier.
            if precision == .fixed16, !isHalving { unit /= 2 }
            if room > 0 { unit = min(unit, (precision.largestCurrent - 0x1p10) / room) }
            if precision == .fixed32 {
                if layers[channel] > 0 { unit = min(unit, (precision.largestSum - 0x1p17) / layers[channel]) }
            } else if weights[channel] > 0 {
                unit = min(unit, precision.largestWeight / weights[channel])
            }
            if precision == .fixed16, maps[channel] > 0 { unit = min(unit, (precision.largestCurrent - 0x1p9) / maps[channel]) }
            guard unit.isFinite, unit > 0 else { throw refuse("its numbers are too far apart") }
            guard unit >= 0x1p-60 else { throw refuse("its numbers are too large") }
            units.append(min(unit, 0x1p60))
        }
        return (units, cuts)
    }
}
