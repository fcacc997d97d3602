internal import Diagnostics
internal import Foundation
internal import Networks
internal import SpikeKernels

/// Rounds a network's plans to a program.
struct NetworkFolding {
    let folder: Folder
    let units: Units
    var steps: [any ProgramStep] = []
    var spikes: [Int: SpikeSlot] = [:]
    var currents: [Int: CurrentSlot] = [:]
    private(set) var unitSpread: [UnitSpread] = []

    var precision: Precision { folder.format.precision }

    /// - Throws: `engine.unfit-weights`, `parameters.unusable`.
    init(_ folder: Folder) throws {
        self.folder = folder
        let plan = try ProgramPlan(folder)
        units = try Units(plan, folder)
        placeSpikes(plan)
        var plans = plan.plans
        folder.releaseTensors()
        for index in plans.indices {
            let next = plans[index]
            plans[index] = .bits(0, inputs: [])
            try fold(next)
        }
    }

    private mutating func fold(_ plan: Plan) throws {
        switch plan {
        case .current(let current):
            try add(current)
        case .fire(let neuron):
            steps.append(FireStep(neurons: neurons(neuron), current: neuron.current))
        case .grid(let node):
            let input = folder.node(node).inputs[0]
            let feature = folder.features[node]
            let slot = CurrentSlot(tokens: feature.positions, channels: feature.channels, isConstant: feature.isConstant)
            currents[node] = slot
            let taps = GridTaps(node, folder)
            let window: GridWindow
            switch folder.node(node).operation {
            case .maximumPool(let pool), .averagePool(let pool): window = folder.window(pool, folder.features[input], feature)
            default: window = folder.wholeWindow(folder.features[input])
            }
            steps.append(
                GridStep(
                    node: node, input: input, window: window, shift: taps.divisor == nil ? nil : taps.shift, slot: slot,
                    tiles: Tiling(channels: feature.channels, precision: precision).tiles))
        case .join(let node, let parts):
            let feature = folder.features[node]
            let slot = CurrentSlot(tokens: feature.positions, channels: feature.channels, isConstant: feature.isConstant)
            currents[node] = slot
            steps.append(JoinStep(node: node, slot: slot, parts: parts.map { JoinStep.Part($0, of: node, units) }))
        case .bits(let node, let inputs):
            addBits(node, inputs)
        case .derive(let id):
            addDerived(id)
        case .head(let expression):
            try addHead(expression)
        }
    }

    private func neurons(_ plan: NeuronPlan) -> FoldedNeurons { neurons(plan, units: units.units(of: plan.current)) }

    func neurons(_ plan: NeuronPlan, units: [Double]) -> FoldedNeurons {
        guard let slot = spikes[plan.node], let group = folder.network.activity.groups.firstIndex(where: { $0.node == plan.node }) else {
            preconditionFailure("every neuron node has a place")
        }
        return FoldedNeurons(plan, slot: slot, units: units, group: group, precision: precision)
    }

    private mutating func add(_ plan: CurrentPlan) throws {
        let feature = folder.features[plan.node]
        let slot = CurrentSlot(tokens: feature.positions, channels: plan.expression.channels, isConstant: feature.isConstant)
        if plan.isStored { currents[plan.node] = slot }
        if let step = try axis(plan, slot) ?? expansion(plan, slot) {
            steps.append(step)
            return
        }
        let own = units.units(of: plan.node)
        unitSpread.append(
            UnitSpread(node: folder.node(plan.node).name, exponents: units.exponents(of: plan.node), scale: units.fraction(of: plan.node)))
        let isContraction = plan.isContraction && !units.mayCut(plan.node) && plan.kept.map { units.factor(of: $0) == 1 } ?? false
        let ordered = plan.expression.terms.enumerated().sorted { left, right in
            (left.element.outer == nil ? 1 : 0, left.offset) < (right.element.outer == nil ? 1 : 0, right.offset)
        }.map(\.element)
        // The first layer takes the bias in, unless it is scaled.
        var bias: [Double]? = plan.isFirst && plan.expression.bias.contains { $0 != 0 } ? plan.expression.bias : nil
        let taker = ordered.firstIndex { $0.outer == nil && $0.canTakeBias && $0.coversAll(of: plan.expression.channels) }
        var terms: [FoldedTerm] = []
        for (index, term) in ordered.enumerated() {
            let taken = index == taker ? bias : nil
            if index == taker { bias = nil }
            var folded = try folded(term, plan, units: own, bias: taken, isContraction: isContraction)
            folded.scale?.key = steps.count << 8 | index
            terms.append(folded)
        }
        let tiling = Tiling(channels: slot.channels, precision: precision)
        let neurons = plan.neurons.map(self.neurons)
        let part: PassPart = terms.contains { !$0.isLocal } ? .convolution : .linear
        steps.append(
            CurrentStep(
                node: plan.node, slot: slot, isStored: plan.isStored, isFirst: plan.isFirst,
                form: bias == nil ? form(plan, terms, isContraction: isContraction) : .general, terms: terms,
                bias: bias.map { lines($0, own, tiling) }, neurons: neurons, tiling: tiling, part: part))
    }

    private func form(_ plan: CurrentPlan, _ terms: [FoldedTerm], isContraction: Bool) -> CurrentStep.Form {
        guard terms.count == 2, let rows = terms.firstIndex(where: \.isListed),
            let (other, places) = terms.compactMap({ term -> (Int, LineBuffer?)? in
                if case .current(let node, let places) = term.work, term.scale == nil { (node, places) } else { nil }
            }).first
        else { return .general }
        if isContraction { return .contraction(rows: rows, kept: other) }
        guard plan.isStored, plan.isFirst, plan.neurons.count == 1, plan.neurons[0].isPlain, terms[rows].scale == nil,
            !units.mayCut(plan.node),
            plan.neurons[0].firstChannel == 0
        else { return .general }
        return .fused(rows: rows, other: other, places: places)
    }

    /// Values of channels in whole numbers.
    func lines(_ values: [Double], _ units: [Double], _ tiling: Tiling) -> LineBuffer {
        let buffer = LineBuffer(lines: tiling.tiles)
        for (channel, value) in values.enumerated() {
            let number = max(
                min(nearest(max(min(value * units[channel], 0x1p40), -0x1p40)), precision.largestCurrent), -precision.largestCurrent)
            if precision == .fixed32 { buffer.set(channel, Int32(number)) } else { buffer.set(channel, Int16(number)) }
        }
        return buffer
    }

    func folded(
        _ term: Term, _ plan: CurrentPlan, units own: [Double], bias: [Double]?, isContraction: Bool
    ) throws -> FoldedTerm {
        try TermFolding(folder: folder, folding: self, term: term, plan: plan, own: own, bias: bias, isContraction: isContraction).folded(
            units: units)
    }
}

extension Term {
    var canTakeBias: Bool {
        switch source {
        case .rows, .image: true
        default: false
        }
    }

    /// Whether spikes are added up from 0 on, and a bias comes behind them.
    var startsAtZero: Bool {
        switch source {
        case .window, .spikes, .positions, .attention: true
        default: false
        }
    }

    func coversAll(of channels: Int) -> Bool { layer?.reached == 0..<channels }
}

extension FoldedTerm.ListedSource {
    /// Planes' spikes, each with the row that its first channel is in its plane.
    static func all(of planes: [[SpikeSlice]]) -> [Self] {
        var all: [Self] = []
        for plane in planes {
            var row = 0
            for slice in plane {
                if slice.node >= 0 { all.append(Self(spikes: slice.node, row: row)) }
                row += slice.channels
            }
        }
        return all
    }
}
