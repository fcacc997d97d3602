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
        let (source, target) = (pass.bits(inputs[0]), pass.bits(output))
        let words = target.wordsPerFrame
        for token in first..<first + count {
            for step in 0..<pass.steps {
                let frame = token * pass.steps + step
                for word in 0..<words {
                    let value: UInt64 =
                        switch work {
                        case .and: source.word(frame, word) & pass.bits(inputs[1]).word(frame, word)
                        case .or: source.word(frame, word) | pass.bits(inputs[1]).word(frame, word)
                        case .andNot: source.word(frame, word) & ~pass.bits(inputs[1]).word(frame, word)
                        case .gateByChannel: source.word(frame, word) & pass.bits(inputs[1]).word(step, word)
                        case .gateByPosition: pass.bits(inputs[1]).word(frame, 0) & 1 == 1 ? source.word(frame, word) : 0
                        case .pool(let window):
                            (0..<window.taps).reduce(0) { any, tap in
                                let input = window.input(output: token, tap: tap)
                                return input < 0 ? any : any | source.word(input * pass.steps + step, word)
                            }
                        case .sample(let window, let tap):
                            sampled(source, window.input(output: token, tap: tap), pass.steps, step, word)
                        }
                    target.words.set(frame * words + word, value)
                }
            }
        }
    }
}

/// A word below one tap of a window; none in the padding.
private func sampled(_ source: SpikeBits, _ input: Int, _ steps: Int, _ step: Int, _ word: Int) -> UInt64 {
    input < 0 ? 0 : source.word(input * steps + step, word)
}

extension SpikeBits {
    func word(_ frame: Int, _ word: Int) -> UInt64 { words.value(frame * wordsPerFrame + word, as: UInt64.self) }
}
