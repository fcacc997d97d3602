internal import Networks
internal import SpikeKernels

/// Where spikes stand, and the operations of spikes with spikes.
extension NetworkFolding {
    mutating func placeSpikes(_ plan: ProgramPlan) {
        func place(_ neuron: NeuronPlan, _ width: Int) {
            let feature = folder.features[neuron.node]
            spikes[neuron.node] = SpikeSlot(
                tokens: feature.positions, width: width, first: neuron.firstChannel, channels: feature.channels)
        }
        for plan in plan.plans {
            switch plan {
            case .current(let current): for neuron in current.neurons { place(neuron, current.expression.channels) }
            case .fire(let neuron): place(neuron, folder.features[neuron.current].channels)
            case .bits(let node, _):
                let feature = folder.features[node]
                spikes[node] = SpikeSlot(tokens: feature.positions, width: feature.channels, first: 0, channels: feature.channels)
            case .derive(let id):
                guard let derived = folder.derived(id) else { break }
                spikes[id] = SpikeSlot(tokens: derived.positions, width: derived.channels, first: 0, channels: derived.channels)
            case .grid, .join, .head: break
            }
        }
    }

    mutating func addBits(_ node: Int, _ inputs: [Int]) {
        let (feature, source) = (folder.features[node], folder.features[folder.node(node).inputs[0]])
        let work: BitStep.Work
        switch folder.node(node).operation {
        case .and: work = .and
        case .iand: work = .andNot
        case .gate:
            let gate = folder.features[folder.node(node).inputs[1]]
            work = gate.positions == 1 && gate.channels > 1 || feature.positions == 1 ? .gateByChannel : .gateByPosition
        case .maximumPool(let pool): work = .pool(folder.window(pool, source, feature))
        default: preconditionFailure("only operations on spikes are planned as such")
        }
        steps.append(BitStep(work: work, inputs: inputs, output: node, tokens: feature.positions))
    }

    mutating func addDerived(_ id: Int) {
        guard let derived = folder.derived(id) else { return }
        switch derived.work {
        case .tap(let source, let node, let tap):
            guard case .averagePool(let pool) = folder.node(node).operation else { return }
            let window = folder.window(pool, folder.features[folder.node(node).inputs[0]], folder.features[node])
            steps.append(BitStep(work: .sample(window, tap: tap), inputs: [source], output: id, tokens: derived.positions))
        case .either(let first, let second):
            steps.append(BitStep(work: .or, inputs: [first, second], output: id, tokens: derived.positions))
        case .both(let first, let second):
            steps.append(BitStep(work: .and, inputs: [first, second], output: id, tokens: derived.positions))
        case .pooled(let source, let node):
            guard case .maximumPool(let pool) = folder.node(node).operation else { return }
            let window = folder.window(pool, folder.features[folder.node(node).inputs[0]], folder.features[node])
            steps.append(BitStep(work: .pool(window), inputs: [source], output: id, tokens: derived.positions))
        case .gathered(let slices):
            var first = 0
            var parts: [GatherStep.Part] = []
            for slice in slices {
                if let slot = spikes[slice.node] {
                    parts.append(GatherStep.Part(spikes: slice.node, first: slot.first, channels: slice.channels, target: first))
                }
                first += slice.channels
            }
            steps.append(GatherStep(parts: parts, output: id, tokens: derived.positions))
        }
    }
}
