internal import Diagnostics
internal import Networks
internal import SpikeKernels

/// One part of a pass, before units are chosen and weights rounded.
enum Plan {
    case current(CurrentPlan)
    /// Neurons on a stored current, or on some channels of it.
    case fire(NeuronPlan)
    /// Pooling or a mean of a stored current.
    case grid(Int)
    /// A concatenation of stored currents and of spikes, by their first channels.
    case join(Int, [JoinedPart])
    /// An operation on spikes, and where these stand.
    case bits(Int, inputs: [Int])
    /// Spikes that are no node's, by their number.
    case derive(Int)
    case head(Expression)
}

/// A current that is computed, kept where it is stored, and the neurons behind it.
struct CurrentPlan {
    /// The node whose current it is.
    var node: Int
    var isStored: Bool
    /// Whether nothing of the current was computed before.
    var isFirst: Bool
    var expression: Expression
    var neurons: [NeuronPlan] = []
}

struct NeuronPlan {
    var node: Int
    var neuron: Neuron
    /// The node of the current that it reads, and the place of its first channel there.
    var current: Int
    var firstChannel: Int
    /// A normalisation on the way: `scale * current + shift`, by channel.
    var scale: [Double]?
    var shift: [Double]?
    /// `1 / tau`; 0 for a neuron without a leak.
    var share: Double
}

/// Plans of a whole network, in the order of computation.
struct ProgramPlan {
    private(set) var plans: [Plan] = []
    private var pending: [Int: Expression] = [:]
    private var begun: Set<Int> = []
    private var derivedSpikes: Set<Int> = []

    init(_ folder: Folder) throws(Failure) {
        if folder.isStored(0) { try advance(0, before: 1, folder) }
        for index in folder.graph.nodes.indices.dropFirst() where folder.used.contains(index) {
            try add(index, folder)
        }
        countOnce()
    }

    /// A layer that is computed again for another current is one layer all the same.
    private mutating func countOnce() {
        var counted: Set<Int> = []
        for index in plans.indices {
            switch plans[index] {
            case .current(var current):
                current.expression.count(in: &counted)
                plans[index] = .current(current)
            case .head(var expression):
                expression.count(in: &counted)
                plans[index] = .head(expression)
            default: break
            }
        }
    }

    private mutating func add(_ index: Int, _ folder: Folder) throws(Failure) {
        let node = folder.node(index)
        let feature = folder.features[index]
        if case .neuron(let neuron) = node.operation {
            try add(neuron, index, folder)
        } else if index == folder.graph.output {
            guard folder.isGridStep(index) || folder.isJoin(index) else {
                return append(.head(try folder.expression(of: index, isRoot: true)), folder)
            }
            try addMoved(index, folder)
            let ones = Array(repeating: 1.0, count: feature.channels)
            plans.append(.head(Expression(Term(source: .current(index), factor: ones), channels: feature.channels)))
        } else if folder.isGridStep(index) || folder.isJoin(index) {
            try addMoved(index, folder)
        } else if feature.isCurrent {
            if folder.isStored(index) { try advance(index, before: index, folder) }
        } else {
            switch node.operation {
            case .maximumPool where !feature.isSpikes: break
            case .and, .iand, .gate, .maximumPool:
                var inputs: [Int] = []
                for input in node.inputs { inputs.append(try folder.gathered(input, for: index)) }
                append(.bits(index, inputs: inputs), folder)
            default: break
            }
        }
    }

    /// A current that is pooled or copied together from kept ones.
    private mutating func addMoved(_ index: Int, _ folder: Folder) throws(Failure) {
        guard folder.isJoin(index) else { return plans.append(.grid(index)) }
        append(.join(index, try folder.joinedParts(of: index)), folder)
    }

    private mutating func add(_ neuron: Neuron, _ index: Int, _ folder: Folder) throws(Failure) {
        let input = folder.node(index).inputs[0]
        var plan = NeuronPlan(node: index, neuron: neuron, current: input, firstChannel: 0, share: folder.share(neuron))
        if let base = base(of: input, folder) {
            plan.current = base.node
            if let slice = folder.slices[base.node] {
                try advance(slice.whole, before: index, folder)
                (plan.current, plan.firstChannel) = (slice.whole, slice.first)
            }
            for normalisation in base.normalisations.reversed() {
                let (scale, shift) = folder.affine(normalisation)
                plan.shift = plan.shift.map { zip(zip($0, scale).map(*), shift).map(+) } ?? shift
                plan.scale = plan.scale.map { zip($0, scale).map(*) } ?? scale
            }
            if case .current(var last) = plans.last, last.node == plan.current, last.isStored, !folder.features[last.node].isConstant,
                last.expression.channels == folder.features[index].channels, folder.slices[base.node] == nil
            {
                last.neurons.append(plan)
                plans[plans.count - 1] = .current(last)
            } else {
                plans.append(.fire(plan))
            }
        } else {
            append(
                .current(
                    CurrentPlan(
                        node: input, isStored: false, isFirst: true, expression: try folder.expression(of: input, isRoot: true),
                        neurons: [plan])), folder)
        }
    }

    /// A stored current that a neuron reads, through normalisations of channels or not at all.
    private func base(of index: Int, _ folder: Folder) -> (node: Int, normalisations: [Normalisation])? {
        var place = index
        var normalisations: [Normalisation] = []
        while true {
            if folder.isStored(place) || folder.slices[place] != nil { return (place, normalisations) }
            guard case .normalisation(let normalisation) = folder.node(place).operation, normalisation.axis == .channel,
                normalisation.timeScale == nil, folder.features[folder.node(place).inputs[0]].isCurrent
            else { return nil }
            normalisations.append(normalisation)
            place = folder.node(place).inputs[0]
        }
    }

    /// Computes those terms of a stored current whose sources are there before a node.
    private mutating func advance(_ index: Int, before end: Int, _ folder: Folder) throws(Failure) {
        if pending[index] == nil, !begun.contains(index) {
            pending[index] = try folder.expression(of: index, isRoot: true)
        }
        guard var rest = pending[index] else { return }
        var ready = rest
        func isReady(_ term: Term) -> Bool { term.source.nodes.flatMap(folder.roots).allSatisfy { $0 < end } }
        ready.terms = rest.terms.filter(isReady)
        rest.terms = rest.terms.filter { !isReady($0) }
        pending[index] = rest.terms.isEmpty ? nil : rest
        let isFirst = begun.insert(index).inserted
        guard isFirst || !ready.terms.isEmpty else { return }
        append(.current(CurrentPlan(node: index, isStored: true, isFirst: isFirst, expression: ready)), folder)
    }

    /// Adds a plan behind the spikes that are no node's and that it reads.
    private mutating func append(_ plan: Plan, _ folder: Folder) {
        for id in plan.spikes { derive(id, folder) }
        plans.append(plan)
    }

    private mutating func derive(_ id: Int, _ folder: Folder) {
        guard let spikes = folder.derived(id), derivedSpikes.insert(id).inserted else { return }
        switch spikes.work {
        case .tap(let source, _, _), .pooled(let source, _): derive(source, folder)
        case .either(let first, let second), .both(let first, let second): for id in [first, second] { derive(id, folder) }
        case .gathered(let slices): for slice in slices { derive(slice.node, folder) }
        }
        plans.append(.derive(id))
    }
}
