/// Spikes of one layer over images, time steps and tokens: a bit for each channel of each token.
///
/// Frames are `image * steps + step`; a token's channels are packed into 64-bit words, channel 0 in the lowest bit of the first.
package struct SpikeMap: Sendable {
    package let frames: Int
    package let tokens: Int
    package let channels: Int
    package let wordsPerToken: Int
    /// `[frames, tokens, wordsPerToken]`, and perhaps more that is not used; bits beyond `channels` are 0.
    package var words: [UInt64]

    package init(frames: Int, tokens: Int, channels: Int) {
        self.frames = frames
        self.tokens = tokens
        self.channels = channels
        self.wordsPerToken = (channels + 63) / 64
        self.words = Array(repeating: 0, count: frames * tokens * wordsPerToken)
    }

    /// A map over memory that is there already, at least as many words as it needs; what they hold is kept.
    init(frames: Int, tokens: Int, channels: Int, words: consuming [UInt64]) {
        self.frames = frames
        self.tokens = tokens
        self.channels = channels
        self.wordsPerToken = (channels + 63) / 64
        self.words = words
    }

    /// Index of a token's first word.
    package func wordIndex(frame: Int, token: Int) -> Int {
        (frame * tokens + token) * wordsPerToken
    }

    package mutating func clear() {
        for index in 0..<frames * tokens * wordsPerToken {
            words[index] = 0
        }
    }

    package mutating func insert(frame: Int, token: Int, channel: Int) {
        words[wordIndex(frame: frame, token: token) + channel / 64] |= 1 << UInt64(channel % 64)
    }

    package func contains(frame: Int, token: Int, channel: Int) -> Bool {
        words[wordIndex(frame: frame, token: token) + channel / 64] >> UInt64(channel % 64) & 1 == 1
    }

    /// Number of spikes of a token.
    package func count(frame: Int, token: Int) -> Int {
        let first = wordIndex(frame: frame, token: token)
        var count = 0
        for word in words[first..<first + wordsPerToken] {
            count += word.nonzeroBitCount
        }
        return count
    }

    /// Number of spikes of a frame.
    package func count(frame: Int) -> Int {
        let first = wordIndex(frame: frame, token: 0)
        var count = 0
        for word in words[first..<first + tokens * wordsPerToken] {
            count += word.nonzeroBitCount
        }
        return count
    }
}

extension [UInt64] {
    /// Calls `body` with the position of each set bit of `count` words from `firstWord` on, ascending.
    func forEachBit(firstWord: Int, count: Int, _ body: (Int) -> Void) {
        for word in 0..<count {
            var bits = self[firstWord + word]
            while bits != 0 {
                body(word * 64 + bits.trailingZeroBitCount)
                bits &= bits &- 1
            }
        }
    }
}
