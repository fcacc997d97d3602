internal import Diagnostics
internal import Foundation
internal import Networks
internal import SpikeKernels

extension NetworkFolding {
    /// A map along an axis with plain neurons behind it: every output has a unit of its own.
    func axis(_ plan: CurrentPlan, _ slot: CurrentSlot) -> CurrentStep? {
        guard !plan.isStored, plan.neurons.count == 1, plan.neurons[0].isPlain, plan.expression.terms.count == 1,
            plan.expression.bias.allSatisfy({ $0 == 0 }), case .mix(let spikes, let mixing) = plan.expression.terms[0].source,
            let outer = plan.expression.terms[0].outer, outer.time.isEmpty, outer.scale == [1], outer.shift == [0],
            let real = plan.expression.terms[0].layer, self.spikes[spikes]?.first == 0
        else { return nil }
        let layer = real.rounded(toBits: folder.format.weightBits)
        let bounds = layer.bounds()
        let threshold = plan.neurons[0].threshold
        let units = outer.bias.indices.map { output in
            let reach = max(
                abs(bounds.lowest[output] + outer.bias[output]), abs(bounds.highest[output] + outer.bias[output]), abs(outer.bias[output]))
            // Rounding moves a sum by at most half a unit for each of its terms.
            let room = precision.largestCurrent - Double(layer.inputs + 1)
            return min(precision.finestThreshold / threshold, room / max(reach, 0x1p-60))
        }
        let feature = folder.features[plan.node]
        let tiling = Tiling(channels: slot.channels, precision: precision)
        let term = FoldedTerm(
            work: .mix(
                spikes: spikes,
                FoldedAxis(
                    layer, bias: outer.bias, axis: mixing.axis, height: feature.height, width: feature.width, units: units,
                    thresholds: units.map { $0 * threshold }, precision: precision)), scale: nil, layers: plan.expression.terms[0].layers)
        guard case .mix(_, let axis) = term.work else { return nil }
        return CurrentStep(
            node: plan.node, slot: slot, isStored: false, isFirst: true, form: .axis(spikes: spikes, axis), terms: [term], bias: nil,
            neurons: [neurons(plan.neurons[0], units: Array(repeating: 1, count: slot.channels))], tiling: tiling, part: .mixing)
    }

    /// A layer whose normalisation belongs to the position, with plain neurons behind it: they are divided by it, so that every position has
    /// a threshold of its own and all of them share the weights.
    func expansion(_ plan: CurrentPlan, _ slot: CurrentSlot) throws -> CurrentStep? {
        guard plan.isExpansion, let term = plan.expression.terms.first, case .rows(let planes, _, _) = term.source, let outer = term.outer,
            let real = term.layer
        else { return nil }
        let layer = real.rounded(toBits: folder.format.weightBits)
        let bounds = layer.bounds()
        let threshold = plan.neurons[0].threshold
        let scales = outer.scale.map(abs).filter { $0 > 0 }.sorted()
        let low = scales.isEmpty ? 1 : scales[scales.count / 20]
        let largest = (0..<slot.channels).map { channel -> Double in
            let reach = max(
                abs(bounds.lowest[channel] + outer.bias[channel]), abs(bounds.highest[channel] + outer.bias[channel]),
                bounds.weights[channel])
            var unit = 0x1p40
            if precision == .fixed32 {
                unit = min(unit, (precision.largestCurrent - Double(layer.inputs + 1)) / max(reach, 0x1p-60))
            } else {
                // Most tokens get a threshold of up to 2^12 units; those with the smallest scales need the most room.
                unit = min(precision.finestThreshold * low / threshold, precision.largestWeight / max(bounds.weights[channel], 0x1p-60))
            }
            return unit
        }
        let fraction = precision == .fixed16 ? UnitFamilies.fraction(below: largest) : 1
        let exponents = largest.map { Int(($0 / fraction).exponent) }
        let usual = exponents.sorted()[exponents.count / 2]
        let units = exponents.map { scalbn(fraction, min($0, usual)) }
        let finest = units.max() ?? 1
        var reach = 0.0
        for channel in 0..<slot.channels {
            let lowest = abs(bounds.lowest[channel] + outer.bias[channel])
            let highest = abs(bounds.highest[channel] + outer.bias[channel])
            reach = max(reach, max(lowest, highest) * units[channel])
        }
        let thresholds = outer.scale.indices.map { position in
            Self.threshold(
                scale: outer.scale[position], shift: outer.shift[position], unit: finest, threshold: threshold,
                reach: precision == .fixed32 ? reach + Double(layer.inputs + 1) : 0, precision: precision)
        }
        let tiling = Tiling(channels: slot.channels, precision: precision)
        let folded = FoldedTerm(
            work: .rows(
                RowWeights(layer, units: units, bias: outer.bias, repeats: planes.count, precision: precision),
                sources: FoldedTerm.ListedSource.all(of: planes), window: nil,
                rowsPerTap: layer.inputs), scale: nil, layers: term.layers, counted: term.counted)
        return CurrentStep(
            node: plan.node, slot: slot, isStored: false, isFirst: true,
            form: .expansion(FoldedThresholds(thresholds, units: TermFolding.unitLines(units, tiling, precision))), terms: [folded],
            bias: nil,
            neurons: [neurons(plan.neurons[0], units: Array(repeating: 1, count: slot.channels))], tiling: tiling, part: .linear)
    }

    /// `scale * (W x + b) + shift` against the threshold, divided by `scale`: sums of W x + b plus `shift / scale`.
    ///
    /// Where that does not fit the lanes, sums, offset and threshold are shifted right together until it does. Where the shift would leave
    /// nothing of the sums (a scale of 0, or next to it) the input is the constant `shift`.
    private static func threshold(
        scale: Double, shift: Double, unit: Double, threshold: Double, reach: Double, precision: Precision
    ) -> TokenThreshold {
        let level = threshold * unit / scale
        let offset = shift * unit / scale
        for places in 0..<precision.laneBits - 1 {
            let divisor = Double(1 << places)
            guard abs(level) / divisor <= precision.largestCurrent, (abs(offset) + reach) / divisor <= precision.largestCurrent - 1 else {
                continue
            }
            let rounded = nearest(level / divisor)
            return TokenThreshold(
                offset: Int32(nearest(offset / divisor)), threshold: Int32(rounded == 0 ? (scale < 0 ? -1 : 1) : rounded),
                shift: Int32(places),
                turned: scale < 0 ? -1 : 0, gate: -1)
        }
        let constantUnit = precision.finestThreshold / threshold
        let constant = max(min(shift * constantUnit, precision.largestCurrent), -precision.largestCurrent)
        return TokenThreshold(
            offset: Int32(nearest(constant)), threshold: Int32(precision.finestThreshold), shift: 0, turned: 0, gate: 0)
    }
}
