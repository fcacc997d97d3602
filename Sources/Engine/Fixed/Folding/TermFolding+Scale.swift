internal import Diagnostics
internal import Foundation
internal import Networks
internal import SpikeKernels

extension TermFolding {
    /// Factors of positions and time steps; of a kept mean also what its divisor is beside a power of two.
    private func scale(_ units: Units) -> OuterScale? {
        guard case .current(let node) = term.source, units.factor(of: node) != 1 else { return term.outer }
        var outer = term.outer ?? OuterScale(bias: zeros, scale: [1], shift: [0])
        outer.scale = outer.scale.map { $0 / units.factor(of: node) }
        return outer
    }

    /// The units of a layer's own sums, and the factors that bring them into the current's.
    func scaled(_ units: Units) throws -> (inner: [Double], scale: FoldedScale?) {
        guard let outer = scale(units), !(outer.scale == [1] && outer.shift == [0] && outer.time.isEmpty) else { return ([], nil) }
        let inner = term.inner(folder, stored: units.ranges)
        // The sums have units of their own, all the same number of places finer or coarser.
        var places = Double.infinity
        for channel in own.indices {
            let bias = isAxis ? 0 : outer.bias[channel]
            let reach = max(abs(inner.lowest[channel] + bias), abs(inner.highest[channel] + bias), inner.weights[channel])
            guard reach > 0 else { continue }
            let room = (isContraction ? precision.largestSum : precision.largestCurrent) - 0x1p17
            var limit = precision == .fixed32 ? room / reach : precision.largestWeight / max(inner.weights[channel], 0x1p-60)
            // Narrow lanes hold the sums of a map as they are.
            if precision == .fixed16, isAxis { limit = min(limit, (precision.largestCurrent - 0x1p9) / reach) }
            places = min(places, floor(log2(limit / own[channel])))
        }
        if !places.isFinite { places = 0 }
        if case .current(let node) = term.source {
            // A kept current has the bits that it has.
            for (from, to) in zip(units.exponents(of: node), units.exponents(of: plan.node)) { places = min(places, Double(from - to)) }
        }
        let factors = outer.scale.flatMap { scale in (outer.time.isEmpty ? [1] : outer.time).map { abs(scale * $0) } }
        if case .products = term.source, units.mayCut(plan.node), precision == .fixed32 {
            // These sums are cut off and need no room of their own, but what they are scaled to does.
            places = ceil(log2(max(factors.max() ?? 1, 0x1p-20)))
        }
        guard places >= -40 else { throw folder.refuse(plan.node, "its sums are too large beside its thresholds") }
        places = min(max(places, -40), 12)
        let ratio = exp2(places)
        let base = own.max() ?? 1
        var table = ScaleTable()
        let times = outer.time.isEmpty ? [1] : outer.time
        let reach = own.indices.reduce(0) { reach, channel in
            let bias = isAxis ? 0 : outer.bias[channel]
            return max(reach, max(abs(inner.lowest[channel] + bias), abs(inner.highest[channel] + bias), abs(bias)) * own[channel])
        }
        let kept = plan.expression.terms.compactMap { term -> CurrentRange? in
            if case .current(let node) = term.source { units.ranges[node] } else { nil }
        }.first
        for position in outer.scale.indices {
            let drop = isContraction ? drop(outer, position, inner, kept) : 0
            let part = exp2(-Double(drop))
            if isContraction, precision == .fixed32 {
                let scaled = abs(outer.scale[position]) * part * (reach + Double(term.layer?.inputs ?? 0) / ratio + 1)
                guard drop <= 24, scaled + abs(outer.shift[min(position, outer.shift.count - 1)]) * base * part < precision.largestSum - 128
                else {
                    throw folder.refuse(plan.node, "a position's factor is too large")
                }
            }
            for time in times {
                table.add(
                    factor: outer.scale[position] * time / ratio * part,
                    offset: outer.shift[min(position, outer.shift.count - 1)] * time * base * part,
                    drop: drop, precision: precision)
            }
        }
        return (own.map { $0 * ratio }, FoldedScale(table, times: times.count, units: unitLines()))
    }

    /// Places that a position's currents are shifted right by, where its factor is larger than most.
    private func drop(_ outer: OuterScale, _ position: Int, _ inner: InnerRange, _ kept: CurrentRange?) -> Int {
        guard precision == .fixed32 else { return 0 }
        var largest = 0.0
        for channel in own.indices {
            let own = max(abs(inner.lowest[channel] + outer.bias[channel]), abs(inner.highest[channel] + outer.bias[channel]))
            let sum = abs(outer.scale[position]) * own + abs(outer.shift[position]) + (kept?.worst(channel) ?? 0)
            largest = max(largest, sum * self.own[channel])
        }
        guard largest > precision.largestCurrent - 0x1p10 else { return 0 }
        return Int(ceil(log2(largest / (precision.largestCurrent - 0x1p10))))
    }
}
