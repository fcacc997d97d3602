internal import Foundation
internal import Networks
internal import SpikeKernels

/// The logits.
extension NetworkFolding {
    mutating func addHead(_ expression: Expression) throws {
        guard expression.terms.count == 1, case .rows(let planes, let window, let shares) = expression.terms[0].source,
            let layer = expression.terms[0].layer, expression.terms[0].outer.map({ $0.scale == [1] && $0.shift == [0] }) ?? true
        else { return try addCurrentHead(expression) }
        let outer = expression.terms[0].outer
        let count = planes.count * (shares ? window?.taps ?? 1 : 1)
        steps.append(
            try HeadStep(
                layer, bias: expression.bias, inner: outer?.bias ?? [], times: outer?.time ?? [],
                sources: FoldedTerm.ListedSource.all(of: planes), counted: expression.terms[0].counted,
                rowsPerPosition: shares ? 0 : (window == nil ? 0 : layer.inputs / (window?.taps ?? 1)), largestCount: count,
                layerNumber: expression.terms[0].layers.first?.layer, weightBits: folder.format.weightBits, precision: precision))
    }

    /// Logits that are no layer on spikes alone: a current, read as it is.
    private mutating func addCurrentHead(_ expression: Expression) throws {
        let output = folder.graph.output
        // What is kept already is read with the units that it has.
        var kept: [ReadoutStep.Source] = []
        var expression = expression
        expression.terms.removeAll { term in
            guard case .current(let node) = term.source, term.outer.map({ $0.scale[0] != 0 && $0.time.isEmpty }) ?? true else {
                return false
            }
            let factor = term.outer?.scale[0] ?? 1
            kept.append(ReadoutStep.Source(node: node, units: units.units(of: node).map { $0 / factor }))
            return true
        }
        guard !expression.terms.isEmpty else {
            steps.append(ReadoutStep(sources: kept, bias: expression.bias))
            return
        }
        let plan = CurrentPlan(node: output, isStored: true, isFirst: true, expression: expression)
        let terms = expression.terms.map { $0.range(folder, stored: units.ranges, isContracted: false) }
        let range = CurrentRange(expression, terms, stored: units.ranges)
        let largest = precision == .fixed32 ? precision.largestCurrent - 0x1p17 : precision.largestCurrent
        let own = range.lowest.indices.map { (channel: Int) -> Double in
            exp2(floor(log2(largest / max(range.worst(channel), 0x1p-10))))
        }
        let slot = CurrentSlot(tokens: 1, channels: expression.channels, isConstant: false)
        currents[output] = slot
        let tiling = Tiling(channels: slot.channels, precision: precision)
        steps.append(
            CurrentStep(
                node: output, slot: slot, isStored: true, isFirst: true, form: .general,
                terms: try expression.terms.map { try folded($0, plan, units: own, bias: nil, isContraction: false) },
                bias: lines(expression.bias, own, tiling), neurons: [], tiling: tiling, part: .head))
        steps.append(
            ReadoutStep(sources: kept + [ReadoutStep.Source(node: output, units: own)], bias: Array(repeating: 0, count: own.count)))
    }
}
