internal import SpikeKernels

/// Logits that are read from currents, each of whose sums becomes a number by its unit.
struct ReadoutStep: ProgramStep {
    struct Source: Sendable {
        let node: Int
        /// Whole numbers of 1, by channel.
        let units: [Double]
    }

    let sources: [Source]
    let bias: [Double]

    var tokens: Int { 1 }
    var isGlobal: Bool { true }
    var currentReads: Set<Int> { Set(sources.map(\.node)) }
    var distantReads: Set<Int> { currentReads }

    func run(_ pass: FixedPass, first: Int, count: Int) {
        pass.begin(.head)
        for step in 0..<pass.steps {
            pass.logits.append(
                bias.indices.map { label in
                    Float(
                        sources.reduce(bias[label]) { sum, source in
                            sum + Double(pass.value(source.node, channel: label, token: 0, step: step)) / source.units[label]
                        })
                })
        }
    }
}

extension FixedPass {
    /// One number of a stored current.
    func value(_ node: Int, channel: Int, token: Int, step: Int) -> Int {
        let buffer = current(node)
        let line = buffer.line(tile: channel / kernels.lanes, token: token) + min(step, buffer.steps - 1) * LineBuffer.lineBytes
        let lane = channel % kernels.lanes
        return kernels.laneBits == 32
            ? Int(line.load(fromByteOffset: lane * 4, as: Int32.self)) : Int(line.load(fromByteOffset: lane * 2, as: Int16.self))
    }
}
