internal import SpikeKernels

/// Where a pass keeps spikes and currents: memory that nobody reads any more is used again. Only a plan: nothing is allocated.
struct PassMemory {
    /// Spikes of so many channels at so many positions.
    struct SpikeShape: Equatable {
        var tokens: Int
        var channels: Int
    }

    /// The buffer that a node's spikes stand in, among ``spikeShapes``.
    private(set) var spikes: [Int: Int] = [:]
    private(set) var spikeShapes: [SpikeShape] = []
    /// The buffer that a node's currents stand in, among ``currentLines``, and for how many steps.
    private(set) var currents: [Int: (buffer: Int, steps: Int)] = [:]
    private(set) var currentLines: [Int] = []
    private let steps: Int

    init(_ network: FixedNetwork, steps: Int, lanes: Int) {
        self.steps = steps
        var lastUses: [Int: Int] = [:]
        for (index, run) in network.runs.enumerated() {
            for step in network.steps[run] {
                let nodes = step.currentReads.union(step.currentWrites).union(step.spikeReads).union(step.spikeWrites)
                for node in nodes { lastUses[node] = index }
            }
        }
        var freeLines: [Int] = []
        var freeBits: [Int] = []
        for (index, run) in network.runs.enumerated() {
            for step in network.steps[run] {
                for node in step.currentWrites.sorted() where currents[node] == nil {
                    guard let slot = network.currents[node] else { continue }
                    let ownSteps = slot.isConstant ? 1 : steps
                    let lines = (slot.channels + lanes - 1) / lanes * slot.tokens * ownSteps
                    let fitting = freeLines.indices.filter { currentLines[freeLines[$0]] >= lines }.min {
                        currentLines[freeLines[$0]] < currentLines[freeLines[$1]]
                    }
                    if fitting == nil { currentLines.append(lines) }
                    currents[node] = (fitting.map { freeLines.remove(at: $0) } ?? currentLines.count - 1, ownSteps)
                }
                for node in step.spikeWrites.sorted() where spikes[node] == nil {
                    guard let slot = network.spikes[node] else { continue }
                    let shape = SpikeShape(tokens: slot.tokens, channels: slot.width)
                    let fitting = freeBits.firstIndex { spikeShapes[$0] == shape }
                    if fitting == nil { spikeShapes.append(shape) }
                    spikes[node] = fitting.map { freeBits.remove(at: $0) } ?? spikeShapes.count - 1
                }
            }
            for (node, last) in lastUses.sorted(by: { $0.key < $1.key }) where last == index {
                if let current = currents[node] { freeLines.append(current.buffer) }
                if let buffer = spikes[node] { freeBits.append(buffer) }
            }
        }
    }

    var bytes: Int {
        let words = spikeShapes.reduce(0) { sum, shape in
            sum + LineBuffer.lines(count: SpikeBits.words(tokens: shape.tokens, channels: shape.channels, steps: steps), of: UInt64.self)
        }
        return (words + currentLines.reduce(0) { $0 + max($1, 1) }) * LineBuffer.lineBytes
    }
}
