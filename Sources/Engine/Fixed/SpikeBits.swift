internal import SpikeKernels

/// Spikes of a grid of tokens: frames ordered by token, then time step, and in each a bit for every channel, in words of 64.
struct SpikeBits {
    let tokens: Int
    let channels: Int
    let words: LineBuffer
    let frames: Int

    init(tokens: Int, channels: Int, steps: Int) {
        self.tokens = tokens
        self.channels = channels
        frames = tokens * steps
        words = LineBuffer(count: Self.words(tokens: tokens, channels: channels, steps: steps), of: UInt64.self)
    }

    static func words(tokens: Int, channels: Int, steps: Int) -> Int { tokens * steps * ((channels + 63) / 64) }

    var wordsPerFrame: Int { (channels + 63) / 64 }
    /// Bytes from one frame to the next.
    var stride: Int { wordsPerFrame * 8 }

    /// The bits from a byte of a frame on.
    func place(byte: Int, frame: Int = 0) -> SpikePlace {
        SpikePlace(bits: words.base + (frame * stride + byte), stride: stride)
    }

    /// All channels' bits.
    func source() -> SpikeSource { SpikeSource(words: words.base, stride: stride, wordCount: wordsPerFrame, firstRow: 0) }

    /// The bits of some channels from a frame on, the first of them to be listed as `firstRow`. Other channels in the same words hold no spikes.
    func source(channels range: Range<Int>, frame: Int, firstRow: Int) -> SpikeSource {
        let first = range.lowerBound / 64
        return SpikeSource(
            words: words.base + frame * stride + first * 8, stride: stride, wordCount: (range.upperBound + 63) / 64 - first,
            firstRow: firstRow + first * 64 - range.lowerBound)
    }

    /// Spikes of some channels of a frame.
    func count(frame: Int, _ range: Range<Int>) -> Int {
        var count = 0
        var channel = range.lowerBound
        while channel < range.upperBound {
            let end = min(channel / 64 * 64 + 64, range.upperBound)
            let mask: UInt64 = (end - channel == 64 ? ~0 : (1 << UInt64(end - channel)) - 1) << UInt64(channel % 64)
            count += (words.value(frame * wordsPerFrame + channel / 64, as: UInt64.self) & mask).nonzeroBitCount
            channel = end
        }
        return count
    }

    func word(_ frame: Int, _ word: Int) -> UInt64 { words.value(frame * wordsPerFrame + word, as: UInt64.self) }

    /// All tokens' words.
    func all(_ steps: Int) -> SpikeWords {
        SpikeWords(words: words.records(of: UInt64.self), perToken: steps * wordsPerFrame, perFrame: wordsPerFrame)
    }

    /// Spikes of all tokens at each time step.
    func counts(steps: Int) -> [Int] {
        var counts = Array(repeating: 0, count: steps)
        all(steps).addCounts(tokens: tokens, to: &counts)
        return counts
    }

    /// The spikes of some channels in the order of the reference engine's maps.
    func spikeMap(steps: Int, channels range: Range<Int>) -> SpikeMap {
        var map = SpikeMap(frames: steps, tokens: tokens, channels: range.count)
        for token in 0..<tokens {
            for step in 0..<steps {
                for channel in range {
                    let word = words.value((token * steps + step) * wordsPerFrame + channel / 64, as: UInt64.self)
                    if word >> UInt64(channel % 64) & 1 == 1 { map.insert(frame: step, token: token, channel: channel - range.lowerBound) }
                }
            }
        }
        return map
    }
}
