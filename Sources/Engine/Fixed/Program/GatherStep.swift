internal import SpikeKernels

/// Copies channels of several nodes' spikes together: no arithmetic.
struct GatherStep: ProgramStep {
    struct Part: Sendable {
        let spikes: Int
        /// Where the channels stand in the frames that they come from, and in those that they go to.
        let first: Int
        let channels: Int
        let target: Int

        init(spikes: Int, first: Int, channels: Int, target: Int) {
            (self.spikes, self.first, self.channels, self.target) = (spikes, first, channels, target)
        }
    }

    let parts: [Part]
    let output: Int
    let tokens: Int

    var spikeReads: Set<Int> { Set(parts.map(\.spikes)) }
    var spikeWrites: Set<Int> { [output] }

    func run(_ pass: FixedPass, first: Int, count: Int) {
        pass.begin(.listing)
        let target = pass.bits(output)
        for frame in first * pass.steps..<(first + count) * pass.steps {
            let start = frame * target.wordsPerFrame
            for word in 0..<target.wordsPerFrame { target.words.set(start + word, UInt64(0)) }
            for part in parts {
                let source = pass.bits(part.spikes)
                for channel in stride(from: 0, to: part.channels, by: 64) {
                    let bits = source.bits(frame: frame, channel: part.first + channel, count: min(64, part.channels - channel))
                    target.insert(bits, frame: frame, channel: part.target + channel)
                }
            }
        }
    }
}

extension SpikeBits {
    /// Up to 64 channels' bits of a frame.
    fileprivate func bits(frame: Int, channel: Int, count: Int) -> UInt64 {
        let (first, shift) = (channel / 64, UInt64(channel % 64))
        var bits = word(frame, first) >> shift
        if shift > 0, first + 1 < wordsPerFrame { bits |= word(frame, first + 1) << (64 - shift) }
        return count == 64 ? bits : bits & (1 << UInt64(count) - 1)
    }

    fileprivate func insert(_ bits: UInt64, frame: Int, channel: Int) {
        let (first, shift) = (channel / 64, UInt64(channel % 64))
        words.set(frame * wordsPerFrame + first, word(frame, first) | bits << shift)
        guard shift > 0, bits >> (64 - shift) != 0 else { return }
        words.set(frame * wordsPerFrame + first + 1, word(frame, first + 1) | bits >> (64 - shift))
    }
}
