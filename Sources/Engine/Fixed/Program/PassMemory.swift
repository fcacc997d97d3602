internal import SpikeKernels

/// Where a pass keeps spikes and currents: memory that nobody reads any more is used again.
struct PassMemory {
    private(set) var spikes: [Int: SpikeBits] = [:]
    private(set) var currents: [Int: CurrentLinesBuffer] = [:]

    init(_ network: FixedNetwork, steps: Int, lanes: Int) {
        var lastUses: [Int: Int] = [:]
        for (index, run) in network.runs.enumerated() {
            for step in network.steps[run] {
                let nodes = step.currentReads.union(step.currentWrites).union(step.spikeReads).union(step.spikeWrites)
                for node in nodes { lastUses[node] = index }
            }
        }
        var freeLines: [LineBuffer] = []
        var freeBits: [SpikeBits] = []
        for (index, run) in network.runs.enumerated() {
            for step in network.steps[run] {
                for node in step.currentWrites.sorted() where currents[node] == nil {
                    guard let slot = network.currents[node] else { continue }
                    let ownSteps = slot.isConstant ? 1 : steps
                    let lines = (slot.channels + lanes - 1) / lanes * slot.tokens * ownSteps
                    let fitting = freeLines.indices.filter { freeLines[$0].lines >= lines }.min {
                        freeLines[$0].lines < freeLines[$1].lines
                    }
                    let buffer = fitting.map { freeLines.remove(at: $0) } ?? LineBuffer(lines: lines)
                    currents[node] = CurrentLinesBuffer(slot: slot, steps: ownSteps, lines: buffer)
                }
                for node in step.spikeWrites.sorted() where spikes[node] == nil {
                    guard let slot = network.spikes[node] else { continue }
                    let fitting = freeBits.firstIndex { $0.tokens == slot.tokens && $0.channels == slot.width }
                    spikes[node] =
                        fitting.map { freeBits.remove(at: $0) } ?? SpikeBits(tokens: slot.tokens, channels: slot.width, steps: steps)
                }
            }
            for (node, last) in lastUses.sorted(by: { $0.key < $1.key }) where last == index {
                if let buffer = currents[node]?.lines { freeLines.append(buffer) }
                if let bits = spikes[node] { freeBits.append(bits) }
            }
        }
    }

    /// Bytes of what is kept, each counted once.
    static func bytes(_ spikes: [Int: SpikeBits], _ currents: [Int: CurrentLinesBuffer]) -> Int {
        var buffers: [ObjectIdentifier: Int] = [:]
        for bits in spikes.values { buffers[ObjectIdentifier(bits.words)] = bits.words.bytes }
        for lines in currents.values { buffers[ObjectIdentifier(lines.lines)] = lines.lines.bytes }
        return buffers.values.reduce(0, +)
    }
}
