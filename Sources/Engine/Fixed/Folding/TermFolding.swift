internal import Diagnostics
internal import Foundation
internal import Networks
internal import SpikeKernels

/// Rounds one term of a current.
struct TermFolding {
    let folder: Folder
    let folding: NetworkFolding
    let term: Term
    let plan: CurrentPlan
    /// Units of the current's channels.
    let own: [Double]
    let bias: [Double]?
    let isContraction: Bool

    private var precision: Precision { folder.format.precision }
    private var tiling: Tiling { Tiling(channels: own.count, precision: precision) }
    private var zeros: [Double] { Array(repeating: 0, count: own.count) }

    func folded(units: Units) throws -> FoldedTerm {
        var (inner, scale) = try scaled(units)
        if inner.isEmpty { inner = own }
        let added = term.outer.map { isAxis ? zeros : $0.bias } ?? bias ?? zeros
        let layer = term.layer?.rounded(toBits: folder.format.weightBits)
        let work: FoldedTerm.Work
        switch term.source {
        case .rows(let planes, let window, let shares):
            guard let layer else { preconditionFailure("rows have weights") }
            let inputs = shares ? layer.inputs : layer.inputs / (window?.taps ?? 1)
            guard layer.inputs < FixedNetwork.largestInputs else {
                throw folder.refuse(plan.node, "it has \(layer.inputs) inputs, and \(FixedNetwork.largestInputs) at most are supported")
            }
            work = .rows(
                RowWeights(layer, units: inner, bias: added, precision: precision), sources: FoldedTerm.ListedSource.all(of: planes),
                window: window, rowsPerTap: shares ? 0 : inputs)
        case .window(let spikes, let window):
            guard let layer else { preconditionFailure("windows have weights") }
            work = .window(spikes: spikes, window, weights: windowLines(layer, window.taps, inner))
        case .spikes(let planes):
            work = .spikes(try single(planes), folding.lines(term.factor, inner, tiling))
        case .positions(let planes):
            work = .positions(try single(planes), folding.lines(term.factor, inner, tiling))
        case .current(let node):
            let raised = Int((inner[0] / own[0]).exponent)
            work = .current(
                node, placeLines(zip(units.exponents(of: node), units.exponents(of: plan.node)).map { max($0 - $1 - raised, 0) }))
        case .products(let node, let window):
            guard let layer else { preconditionFailure("products have weights") }
            work = .products(
                current: node,
                FoldedProducts(
                    layer, window: window, units: inner, inputUnits: units.units(of: node), inputReach: units.reach(of: node),
                    isByChannel: layer.inputs == window.taps && own.count > 1, precision: precision))
        case .image(let window):
            guard let layer else { preconditionFailure("the image's layer has weights") }
            let image = term.outer == nil ? bias ?? zeros : term.outer?.bias ?? zeros
            work = .image(FoldedPixels(layer, bias: image, window: window, normalization: folder.normalization, units: inner))
        case .mix(let spikes, let mixing):
            guard let layer, let outer = term.outer else { preconditionFailure("a map along an axis has weights") }
            let feature = folder.features[plan.node]
            work = .mix(
                spikes: spikes,
                FoldedAxis(
                    layer, bias: outer.bias, axis: mixing.axis, height: feature.height, width: feature.width,
                    units: Array(repeating: inner[0], count: layer.outputs), thresholds: Array(repeating: 1, count: layer.outputs),
                    precision: precision))
        case .attention(let query, let key, let value, let heads):
            guard Set(own).count == 1 else { throw folder.refuse(plan.node, "a product of spikes meets currents of other units") }
            let unit = nearest(term.factor[0] * inner[0])
            guard unit >= 1, unit <= precision.largestCurrent else {
                throw folder.refuse(plan.node, "its products are too far from its thresholds")
            }
            work = .attention(
                FoldedAttention(query: query, key: key, value: value, heads: heads, channels: own.count, unit: Int32(unit)))
        }
        let isApart = scale != nil && !isAxis && !term.canTakeBias && added.contains { $0 != 0 }
        return FoldedTerm(work: work, scale: scale, bias: isApart ? folding.lines(added, inner, tiling) : nil, layers: term.layers)
    }

    private var isAxis: Bool { if case .mix = term.source { true } else { false } }

    private func single(_ planes: [[SpikeSlice]]) throws -> [Int] {
        try planes.map { plane in
            guard plane.count == 1, plane[0].node >= 0, let slot = folding.spikes[plane[0].node], slot.first == 0, slot.width == own.count
            else {
                throw folder.refuse(plan.node, "it adds spikes to currents that stand among others")
            }
            return plane[0].node
        }
    }

    private func windowLines(_ layer: RealLayer, _ taps: Int, _ units: [Double]) -> LineBuffer {
        let buffer = LineBuffer(lines: tiling.tiles * taps)
        var row = Array(repeating: 0.0, count: layer.inputs)
        for channel in units.indices {
            layer.fill(channel, &row)
            let (tile, lane) = (channel / tiling.lanes, channel % tiling.lanes)
            for tap in 0..<taps {
                let weight = nearest(row[tap] * units[channel])
                let place = (tile * taps + tap) * tiling.lanes + lane
                if precision == .fixed32 {
                    buffer.set(place, Int32(weight))
                } else {
                    buffer.set(place, Int16(max(min(weight, 32767), -32767)))
                }
            }
        }
        return buffer
    }

    /// Factors of positions and time steps; of a kept mean also what its divisor is beside a power of two.
    private func scale(_ units: Units) -> OuterScale? {
        guard case .current(let node) = term.source, units.factor(of: node) != 1 else { return term.outer }
        var outer = term.outer ?? OuterScale(bias: zeros, scale: [1], shift: [0])
        outer.scale = outer.scale.map { $0 / units.factor(of: node) }
        return outer
    }

    /// The units of a layer's own sums, and the factors that bring them into the current's.
    private func scaled(_ units: Units) throws -> (inner: [Double], scale: FoldedScale?) {
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

    private func placeLines(_ places: [Int]) -> LineBuffer? {
        guard places.contains(where: { $0 > 0 }) else { return nil }
        let buffer = LineBuffer(lines: tiling.tiles)
        for (channel, count) in places.enumerated() {
            let count = min(count, precision.laneBits - 1)
            if precision == .fixed32 { buffer.set(channel, Int32(count)) } else { buffer.set(channel, Int16(count)) }
        }
        return buffer
    }

    /// How many places below the finest unit each channel's is; nil where all have one unit.
    private func unitLines() -> LineBuffer? { Self.unitLines(own, tiling, precision) }

    static func unitLines(_ units: [Double], _ tiling: Tiling, _ precision: Precision) -> LineBuffer? {
        guard let finest = units.max(), units.contains(where: { $0 != finest }) else { return nil }
        let buffer = LineBuffer(lines: tiling.tiles)
        for (channel, unit) in units.enumerated() {
            let places = min(log2(finest / unit), Double(precision.laneBits - 1))
            if precision == .fixed32 { buffer.set(channel, Int32(places)) } else { buffer.set(channel, Int16(places)) }
        }
        return buffer
    }
}
