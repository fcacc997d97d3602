internal import Networks
internal import SpikeKernels

/// One forward pass of a ``FixedNetwork``, with all the memory it writes, allocated here once.
///
/// Layer by layer through all time steps. Where positions do not depend on each other, consecutive layers take a group of them at a time.
final class FixedPass {
    enum Input {
        case pixels([UInt8])
        case normalized([Float])
    }

    let network: FixedNetwork
    let kernels: KernelSet
    let steps: Int
    let observer: (any PassObserver)?
    var activity: ActivityRecorder
    private(set) var input = Input.pixels([])
    /// Whether the input makes a current that pixels cannot make: units leave no room for it.
    private(set) var hasImpossibleInput = false

    private let spikeBits: [Int: SpikeBits]
    private let currentLines: [Int: CurrentLinesBuffer]
    private var scales: [Int: LineBuffer] = [:]
    /// All memory that the pass writes, spikes that it traces aside.
    let bytes: Int
    private let listRows: LineBuffer
    private let listStarts: LineBuffer
    private let positionChannels: LineBuffer
    private let positionStarts: LineBuffer
    private let listSources: LineBuffer
    private let listCounts: LineBuffer
    private let groups: [Int]
    let reach: [(rows: [Int], columns: [Int])]

    let pixels: LineBuffer
    let zeroLines = LineBuffer(lines: 1)
    let scratch: LineBuffer
    let termScratch: LineBuffer
    let stillScratch: LineBuffer
    let wideScratch: LineBuffer
    let axisScratch: LineBuffer
    let headScratch: LineBuffer
    /// By node of counts or means that layers read.
    var nonzero: [Int: NonzeroInputs]
    let countingLayers: [(layer: Int, node: Int)]
    private(set) var headTerms = LineBuffer(lines: 1)
    private(set) var headLogits = LineBuffer(lines: 1)
    var headCounts: [Int] = []
    var logits: [[Float]] = []

    init(_ network: FixedNetwork, kernels: KernelSet, steps: Int, isTracing: Bool, observer: (any PassObserver)?) {
        self.network = network
        self.kernels = kernels
        self.steps = steps
        self.observer = observer
        activity = ActivityRecorder(network: network.network, steps: steps, isTracing: isTracing)
        reach = network.network.activity.layers.map { ($0.reach(ofRows: true), $0.reach(ofRows: false)) }
        let sizes = PassSizes(network, kernels: kernels, steps: steps)
        groups = sizes.groups
        let shapes = sizes.memory.spikeShapes.map { SpikeBits(tokens: $0.tokens, channels: $0.channels, steps: steps) }
        spikeBits = sizes.memory.spikes.mapValues { shapes[$0] }
        let lines = sizes.memory.currentLines.map { LineBuffer(lines: $0) }
        var currentLines: [Int: CurrentLinesBuffer] = [:]
        for (node, place) in sizes.memory.currents {
            guard let slot = network.currents[node] else { continue }
            currentLines[node] = CurrentLinesBuffer(slot: slot, steps: place.steps, lines: lines[place.buffer])
        }
        self.currentLines = currentLines
        listRows = LineBuffer(lines: sizes.listRows)
        listStarts = LineBuffer(lines: sizes.listStarts)
        positionChannels = LineBuffer(lines: sizes.positionChannels)
        positionStarts = LineBuffer(lines: sizes.positionStarts)
        listSources = LineBuffer(lines: sizes.listSources)
        listCounts = LineBuffer(lines: sizes.listCounts)
        scratch = LineBuffer(lines: sizes.scratch)
        termScratch = LineBuffer(lines: sizes.termScratch)
        stillScratch = LineBuffer(lines: sizes.stillScratch)
        wideScratch = LineBuffer(lines: sizes.wideScratch)
        axisScratch = LineBuffer(lines: sizes.axisScratch)
        headScratch = LineBuffer(lines: sizes.headScratch)
        pixels = LineBuffer(lines: sizes.pixels)
        nonzero = NonzeroInputs.all(of: network.network, steps: steps)
        countingLayers = NonzeroInputs.layers(of: network.network)
        bytes = sizes.bytes
        for step in network.scaledSteps {
            for term in step.terms {
                let frames = step.usesFrames && !step.slot.isConstant ? steps : 1
                if let scale = term.scale { scales[scale.key] = scale.table(tokens: step.tokens, steps: frames) }
            }
        }
    }

    func run(_ input: Input) -> Inference {
        self.input = input
        hasImpossibleInput = false
        if case .pixels(let bytes) = input { pixels.replace(with: bytes) }
        activity.reset()
        for (_, node) in countingLayers { nonzero[node]?.clear() }
        logits.removeAll(keepingCapacity: true)
        for (run, group) in zip(network.runs, groups) {
            let tokens = network.steps[run.lowerBound].tokens
            var first = 0
            while first < tokens {
                let count = min(group, tokens - first)
                for step in network.steps[run] { step.run(self, first: first, count: count) }
                first += count
            }
            for step in network.steps[run] { step.finish(self) }
        }
        begin(.listing)
        recordEffectiveOperations()
        observer?.end()
        return Inference(
            logits: logits, spikes: activity.spikes, synapticOperations: activity.operations,
            effectiveOperations: activity.effectiveOperations)
    }

    func noteImpossibleInput() { hasImpossibleInput = true }
    func begin(_ part: PassPart, layer: Int? = nil) { observer?.begin(part, layer: layer) }
    func extent(_ tokens: Int) -> Extent { Extent(tokens: tokens, steps: steps) }

    func bits(_ node: Int) -> SpikeBits {
        guard let bits = spikeBits[node] else { preconditionFailure("node \(node) fires no spikes") }
        return bits
    }

    func current(_ node: Int) -> CurrentLinesBuffer {
        guard let lines = currentLines[node] else { preconditionFailure("the current of node \(node) is not kept") }
        return lines
    }

    func table(of scale: FoldedScale) -> LineBuffer {
        guard let table = scales[scale.key] else { preconditionFailure("every scale of the program has a table") }
        return table
    }

    func copyLine(from source: UnsafeMutableRawPointer, to target: UnsafeMutableRawPointer) {
        target.copyMemory(from: source, byteCount: LineBuffer.lineBytes)
    }

    func prepareHead(inputs: Int, largestCount: Int, classes: Int) {
        guard headCounts.count != inputs else { return }
        headCounts = Array(repeating: 0, count: inputs)
        headTerms = LineBuffer(count: inputs * (Int.bitWidth - largestCount.leadingZeroBitCount), of: ShiftedRow.self)
        headLogits = LineBuffer(lines: (classes + 15) / 16)
    }

    /// The lists for a layer.
    func lists(_ weights: RowWeights) -> RowLists {
        RowLists(
            rows: listRows.records(of: UInt16.self), starts: listStarts.records(of: UInt32.self),
            positions: PositionLists(
                channels: positionChannels.records(of: UInt16.self), starts: positionStarts.records(of: UInt32.self)),
            zeroRow: weights.inputs)
    }

    func list(_ term: FoldedTerm, first: Int, _ extent: Extent) {
        guard case .rows(let weights, let sources, let window, let rowsPerTap) = term.work else { return }
        list(weights, sources, window, rowsPerTap, term.layers, first: first, extent)
    }

    /// Lists the spikes that a layer reads, and counts its synaptic operations.
    func list(
        _ weights: RowWeights, _ sources: [FoldedTerm.ListedSource], _ window: GridWindow?, _ rowsPerTap: Int,
        _ layers: [(layer: Int, outputs: Int)], first: Int, _ extent: Extent
    ) {
        begin(.listing)
        for (index, source) in sources.enumerated() {
            guard let slot = network.spikes[source.spikes] else { continue }
            let listed = bits(source.spikes).source(
                channels: slot.first..<slot.first + slot.channels, frame: window == nil ? first * extent.steps : 0, firstRow: source.row)
            listSources.set(index, listed)
        }
        listCounts.clear()
        let records = listSources.records(of: SpikeSource.self)
        if let window {
            kernels.listConvolution(
                records, sources.count, window, rowsPerTap, first, extent, lists(weights), listCounts.records(of: Int.self))
        } else {
            kernels.listSpikes(records, sources.count, extent, lists(weights), listCounts.records(of: Int.self))
        }
        for step in 0..<extent.steps {
            let count = sources.indices.reduce(0) { $0 + listCounts.value($1 * extent.steps + step, as: Int.self) }
            for (layer, outputs) in layers { activity.addOperations(count * outputs, layer: layer, step: step) }
        }
    }

    /// Records the spikes of a group.
    func record(_ neurons: FoldedNeurons) {
        let bits = bits(neurons.node)
        for (step, count) in bits.counts(steps: steps).enumerated() { activity.addSpikes(count, group: neurons.group, step: step) }
        guard activity.isTracing else { return }
        activity.trace(
            group: neurons.group, bits.spikeMap(steps: steps, channels: neurons.slot.first..<neurons.slot.first + neurons.slot.channels))
    }
}

extension CurrentStep {
    /// Whether its factors are looked up by frame, and not by position.
    var usesFrames: Bool { if case .contraction = form { false } else { true } }
}
