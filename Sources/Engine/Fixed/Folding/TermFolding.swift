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

    var precision: Precision { folder.format.precision }
    var tiling: Tiling { Tiling(channels: own.count, precision: precision) }
    var zeros: [Double] { Array(repeating: 0, count: own.count) }

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
                RowWeights(
                    layer, units: inner, bias: added, repeats: planes.count * (shares ? window?.taps ?? 1 : 1), precision: precision),
                sources: FoldedTerm.ListedSource.all(of: planes),
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
        return FoldedTerm(
            work: work, scale: scale, bias: isApart ? folding.lines(added, inner, tiling) : nil, layers: term.layers, counted: term.counted)
    }

    var isAxis: Bool { if case .mix = term.source { true } else { false } }

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
    func unitLines() -> LineBuffer? { Self.unitLines(own, tiling, precision) }

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
