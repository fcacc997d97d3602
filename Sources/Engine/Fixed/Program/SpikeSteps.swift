internal import Networks
internal import SpikeKernels

/// An operation of spikes with spikes, word by word.
struct BitStep: ProgramStep {
    enum Work: Sendable {
        case and, andNot
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
        var positions: [Int] = []
        for token in first..<first + count {
            if case .pool(let window) = work { window.inputs(of: token, into: &positions) }
            for step in 0..<pass.steps {
                let frame = token * pass.steps + step
                for word in 0..<words {
                    let value: UInt64 =
                        switch work {
                        case .and: source.word(frame, word) & pass.bits(inputs[1]).word(frame, word)
                        case .andNot: source.word(frame, word) & ~pass.bits(inputs[1]).word(frame, word)
                        case .gateByChannel: source.word(frame, word) & pass.bits(inputs[1]).word(step, word)
                        case .gateByPosition: pass.bits(inputs[1]).word(frame, 0) & 1 == 1 ? source.word(frame, word) : 0
                        case .pool: positions.reduce(0) { $0 | source.word($1 * pass.steps + step, word) }
                        case .sample(let window, let tap):
                            sampled(source, window.input(output: token, tap: tap), pass.steps, step, word)
                        }
                    target.words.set(frame * words + word, value)
                }
            }
        }
    }
}

extension GridWindow {
    /// The input positions below the window at an output position, in place of those that were there.
    fileprivate func inputs(of output: Int, into positions: inout [Int]) {
        positions.removeAll(keepingCapacity: true)
        for tap in 0..<taps {
            let input = input(output: output, tap: tap)
            if input >= 0 { positions.append(input) }
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

/// Pooling or a mean of a stored current.
struct GridStep: ProgramStep {
    let node: Int
    let input: Int
    let window: GridWindow
    /// Places that the sum is shifted right by; nil for the largest.
    let shift: Int?
    let slot: CurrentSlot
    let tiles: Int

    var tokens: Int { slot.tokens }
    var currentReads: Set<Int> { [input] }
    var distantReads: Set<Int> { [input] }
    var currentWrites: Set<Int> { [node] }

    func run(_ pass: FixedPass, first: Int, count: Int) {
        pass.begin(.pooling)
        let extent = Extent(tokens: count, steps: slot.isConstant ? 1 : pass.steps)
        for tile in 0..<tiles {
            let source = pass.current(input).currents(tile: tile, token: 0)
            let target = pass.current(node).line(tile: tile, token: first)
            if let shift {
                pass.kernels.averageCurrents(source, window, Int32(shift), first, extent, target)
            } else {
                pass.kernels.poolCurrents(source, window, first, extent, target)
            }
        }
    }
}
