internal import Networks
internal import SpikeKernels

/// An operation of spikes with spikes, word by word.
struct BitStep: ProgramStep {
    enum Work: Sendable {
        case and, or, andNot
        /// Where the second input, of one position, spikes.
        case gateByChannel
        /// Where the second input, of one channel, spikes.
        case gateByPosition
        /// Where any position below a window spikes.
        case pool(GridWindow)
        /// The position below one tap of a window.
        case sample(GridWindow, tap: Int)
    }

    let work: Work
    let inputs: [Int]
    let output: Int
    let tokens: Int

    var spikeReads: Set<Int> { Set(inputs) }
    var distantReads: Set<Int> { Set(inputs) }
    var spikeWrites: Set<Int> { [output] }

    func run(_ pass: FixedPass, first: Int, count: Int) {
        pass.begin(.pooling)
        let (source, target) = (pass.bits(inputs[0]).all(pass.steps), pass.bits(output).all(pass.steps))
        let other = inputs.count > 1 ? pass.bits(inputs[1]).all(pass.steps) : source
        let tokens = first..<first + count
        switch work {
        case .and: target.set(.and, source, other, tokens: tokens)
        case .or: target.set(.or, source, other, tokens: tokens)
        case .andNot: target.set(.andNot, source, other, tokens: tokens)
        case .gateByChannel: target.set(source, gatedByChannel: other, tokens: tokens)
        case .gateByPosition: target.set(source, gatedByToken: other, tokens: tokens)
        case .pool(let window): target.set(poolOf: source, window, tokens: tokens)
        case .sample(let window, let tap): target.set(sampleOf: source, window, tap: tap, tokens: tokens)
        }
    }
}
