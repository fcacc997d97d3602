internal import Diagnostics
internal import Foundation
internal import Networks
internal import SpikeKernels

/// Rounds a network's plans to a program.
struct NetworkFolding {
    let folder: Folder
    private let units: Units
    private(set) var steps: [any ProgramStep] = []
    private(set) var spikes: [Int: SpikeSlot] = [:]
    private(set) var currents: [Int: CurrentSlot] = [:]
    private(set) var unitSpread: [UnitSpread] = []

    private var precision: Precision { folder.format.precision }

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
            plans[index] = .bits(0)
            try fold(next)
        }
    }

    private mutating func placeSpikes(_ plan: ProgramPlan) {
        func place(_ neuron: NeuronPlan, _ width: Int) {
            let feature = folder.features[neuron.node]
            spikes[neuron.node] = SpikeSlot(
                tokens: feature.positions, width: width, first: neuron.firstChannel, channels: feature.channels)
        }
        for plan in plan.plans {
            switch plan {
            case .current(let current): for neuron in current.neurons { place(neuron, current.expression.channels) }
            case .fire(let neuron): place(neuron, folder.features[neuron.current].channels)
            case .bits(let node):
                let feature = folder.features[node]
                spikes[node] = SpikeSlot(tokens: feature.positions, width: feature.channels, first: 0, channels: feature.channels)
            case .sample(let plane):
                let feature = folder.features[plane.node]
                spikes[plane.id] = SpikeSlot(
                    tokens: feature.positions, width: plane.source.channels, first: 0, channels: plane.source.channels)
            case .grid, .join, .head: break
            }
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
        case .bits(let node):
            try addBits(node)
        case .sample(let plane):
            guard case .averagePool(let pool) = folder.node(plane.node).operation else { return }
            let window = folder.window(pool, folder.features[folder.node(plane.node).inputs[0]], folder.features[plane.node])
            try requireUnshifted([plane.source.node], plane.node)
            steps.append(
                BitStep(work: .sample(window, tap: plane.tap), inputs: [plane.source.node], output: plane.id, tokens: window.outputs))
        case .head(let expression):
            try addHead(expression)
        }
    }

    private mutating func addBits(_ node: Int) throws {
        let operation = folder.node(node).operation
        var inputs: [Int] = []
        for input in folder.node(node).inputs {
            let planes = try folder.planes(of: input)
            guard planes.count == 1, planes[0].count == 1 else { throw folder.refuse(node, "it reads joined spikes") }
            inputs.append(planes[0][0].node)
        }
        try requireUnshifted(inputs, node)
        let work: BitStep.Work
        switch operation {
        case .and: work = .and
        case .iand: work = .andNot
        case .gate:
            let gate = folder.features[folder.node(node).inputs[1]]
            work = gate.positions == 1 && gate.channels > 1 || folder.features[node].positions == 1 ? .gateByChannel : .gateByPosition
        case .maximumPool(let pool): work = .pool(folder.window(pool, folder.features[folder.node(node).inputs[0]], folder.features[node]))
        default: throw folder.refuse(node, "its operation on spikes is not supported in fixed point")
        }
        steps.append(BitStep(work: work, inputs: inputs, output: node, tokens: folder.features[node].positions))
    }

    private func requireUnshifted(_ nodes: [Int], _ node: Int) throws {
        for input in nodes {
            guard let slot = spikes[input], slot.first == 0, slot.width == slot.channels else {
                throw folder.refuse(node, "it reads spikes that stand among others")
            }
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

    private mutating func addHead(_ expression: Expression) throws {
        let output = folder.graph.output
        guard expression.terms.count == 1, case .rows(let planes, let window, let shares) = expression.terms[0].source,
            let layer = expression.terms[0].layer, expression.terms[0].outer.map({ $0.scale == [1] && $0.shift == [0] }) ?? true
        else { return try addCurrentHead(expression) }
        let outer = expression.terms[0].outer
        let count = planes.count * (shares ? window?.taps ?? 1 : 1)
        steps.append(
            try HeadStep(
                layer, bias: expression.bias, inner: outer?.bias ?? [], times: outer?.time ?? [], sources: try sources(planes, output),
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

    func sources(_ planes: [[SpikeSlice]], _ node: Int) throws -> [FoldedTerm.ListedSource] {
        var all: [FoldedTerm.ListedSource] = []
        for plane in planes {
            var row = 0
            for slice in plane {
                if slice.node >= 0 { all.append(FoldedTerm.ListedSource(spikes: slice.node, row: row)) }
                row += slice.channels
            }
        }
        return all
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

    private func folded(
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

    func coversAll(of channels: Int) -> Bool { layer?.reached == 0..<channels }
}
