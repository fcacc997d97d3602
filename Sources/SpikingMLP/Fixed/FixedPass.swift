internal import SpikeKernels

/// One forward pass of a ``FixedNetwork``, with all the memory it writes, allocated here once.
///
/// Layer by layer through all time steps. From the mixing of tokens on, tokens do not depend on each other any more, and a block's other
/// layers take a group of tokens at a time: what they hand on stays in the caches.
final class FixedPass {
    enum Input {
        case pixels([UInt8])
        case normalized([Float])
    }

    let network: FixedNetwork
    let kernels: KernelSet
    let layout: FixedPointLayout
    let steps: Int
    let observer: (any PassObserver)?
    var activity: ActivityRecorder

    let stages: [StageMemory]
    let lists: ListMemory
    let pixels: LineBuffer
    /// The first convolution's currents where they still have 32 bits.
    let wideCurrents: LineBuffer
    /// Spikes of each channel of the last stage at one time step, as terms of the head.
    let headTerms: LineBuffer
    let logits: LineBuffer
    var channelCounts: [Int]

    init(_ network: FixedNetwork, kernels: KernelSet, steps: Int, isTracing: Bool, observer: (any PassObserver)?) {
        self.network = network
        self.kernels = kernels
        self.steps = steps
        self.observer = observer
        let architecture = network.architecture
        activity = ActivityRecorder(architecture: architecture, steps: steps, isTracing: isTracing)
        let lists = ListMemory(architecture, steps: steps)
        let layout = FixedPointLayout(precision: network.format.precision)
        self.lists = lists
        self.layout = layout
        stages = (0..<4).map { StageMemory(architecture, stage: $0, steps: steps, layout: layout, groupTokens: lists.groupTokens) }
        pixels = LineBuffer(count: 3 * architecture.imageSize * architecture.imageSize, of: UInt8.self)
        wideCurrents = LineBuffer(lines: 2 * architecture.grid(stage: 0) * architecture.grid(stage: 0))
        channelCounts = Array(repeating: 0, count: architecture.channels(stage: 3))
        let bitsPerCount = Int.bitWidth - (architecture.grid(stage: 3) * architecture.grid(stage: 3)).leadingZeroBitCount
        headTerms = LineBuffer(count: channelCounts.count * bitsPerCount, of: ShiftedRow.self)
        logits = LineBuffer(lines: (architecture.classes + 15) / 16)
    }

    var bytes: Int {
        stages.reduce(lists.bytes + pixels.bytes + wideCurrents.bytes + headTerms.bytes + logits.bytes) { $0 + $1.bytes }
    }

    func run(_ input: Input) -> Inference {
        activity.reset()
        for (index, stage) in network.stages.enumerated() {
            embed(input, stage, stages[index], before: index == 0 ? nil : stages[index - 1])
            for block in stage.blocks {
                mixTokens(block, stage, stages[index])
                mixChannels(block, stage, stages[index])
            }
        }
        let logits = classify(stages[3])
        observer?.end()
        return Inference(logits: logits, spikes: activity.spikes, synapticOperations: activity.operations)
    }

    func begin(_ part: PassPart, layer: Int? = nil) {
        observer?.begin(part, layer: layer)
    }

    func extent(_ tokens: Int) -> Extent { Extent(tokens: tokens, steps: steps) }

    /// Records the spikes of a group that no list has counted.
    func record(group: Int, _ map: SpikeBits, channels: Range<Int>? = nil) {
        for step in 0..<steps {
            activity.addSpikes(map.count(step: step, steps: steps), group: group, step: step)
        }
        trace(group: group, map, channels: channels)
    }

    func trace(group: Int, _ map: SpikeBits, channels: Range<Int>? = nil) {
        guard activity.isTracing else { return }
        activity.trace(group: group, map.spikeMap(steps: steps, channels: channels ?? 0..<map.channels))
    }
}
