/// Spikes of consecutive tokens in words: of each token all time steps one after the other, of each time step the same number of words.
package struct SpikeWords {
    package var words: UnsafeMutablePointer<UInt64>
    package var perToken: Int
    package var perFrame: Int

    package init(words: UnsafeMutablePointer<UInt64>, perToken: Int, perFrame: Int) {
        self.words = words
        self.perToken = perToken
        self.perFrame = perFrame
    }

    /// What two spikes become.
    package enum Operation: Sendable { case and, or, andNot }

    /// Sets some tokens' spikes to those of two others.
    package func set(_ operation: Operation, _ first: SpikeWords, _ second: SpikeWords, tokens: Range<Int>) {
        for index in tokens.lowerBound * perToken..<tokens.upperBound * perToken {
            let (one, other) = (first.words[index], second.words[index])
            words[index] =
                switch operation {
                case .and: one & other
                case .or: one | other
                case .andNot: one & ~other
                }
        }
    }

    /// Sets some tokens' spikes to those of `source` where `gate`, of one token, spikes in the same channel.
    package func set(_ source: SpikeWords, gatedByChannel gate: SpikeWords, tokens: Range<Int>) {
        for token in tokens {
            for index in 0..<perToken { words[token * perToken + index] = source.words[token * perToken + index] & gate.words[index] }
        }
    }

    /// Sets some tokens' spikes to those of `source` where `gate`, of one channel, spikes at the same token.
    package func set(_ source: SpikeWords, gatedByToken gate: SpikeWords, tokens: Range<Int>) {
        let steps = perToken / perFrame
        for frame in tokens.lowerBound * steps..<tokens.upperBound * steps {
            let isOpen = gate.words[frame * gate.perFrame] & 1 == 1
            for index in frame * perFrame..<(frame + 1) * perFrame { words[index] = isOpen ? source.words[index] : 0 }
        }
    }

    /// Sets some tokens' spikes where any input below a window spikes.
    package func set(poolOf source: SpikeWords, _ window: GridWindow, tokens: Range<Int>) {
        for token in tokens {
            let target = words + token * perToken
            target.update(repeating: 0, count: perToken)
            window.forEachInput(output: token) { input, _ in
                let other = source.words + input * perToken
                for index in 0..<perToken { target[index] |= other[index] }
            }
        }
    }

    /// Sets some tokens' spikes to those below one tap of a window; none in the padding.
    package func set(sampleOf source: SpikeWords, _ window: GridWindow, tap: Int, tokens: Range<Int>) {
        for token in tokens {
            let input = window.input(output: token, tap: tap)
            let target = words + token * perToken
            if input < 0 {
                target.update(repeating: 0, count: perToken)
            } else {
                target.update(from: source.words + input * perToken, count: perToken)
            }
        }
    }

    /// Adds the spikes of so many tokens to the counts of their time steps.
    package func addCounts(tokens: Int, to counts: inout [Int]) {
        var word = words
        for _ in 0..<tokens {
            for step in counts.indices {
                for _ in 0..<perFrame {
                    counts[step] += word.pointee.nonzeroBitCount
                    word += 1
                }
            }
        }
    }
}
