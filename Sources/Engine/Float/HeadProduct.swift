/// `q (k^T v) 2^exponent` for each head, summed over positions: nothing but additions of spikes and of whole numbers.
struct HeadProduct {
    let heads: Int
    let exponent: Int

    /// - Parameter count: told each frame's synaptic operations: the coincidences of k and v at each position, and for each spike of q its
    ///   head's channels.
    func apply(_ q: SpikeMap, _ k: SpikeMap, _ v: SpikeMap, into y: inout FeatureMap, count: (_ frame: Int, _ operations: Int) -> Void) {
        let width = q.channels / heads
        let factor = exponent < 0 ? 1 / Double(1 << -exponent) : Double(1 << exponent)
        var sums = Array(repeating: 0, count: heads * width * width)
        for frame in 0..<q.frames {
            for index in sums.indices { sums[index] = 0 }
            var operations = 0
            for token in 0..<q.tokens {
                let word = q.wordIndex(frame: frame, token: token)
                k.words.forEachBit(firstWord: word, count: k.wordsPerToken) { row in
                    for channel in head(of: row, width) where v.contains(frame: frame, token: token, channel: channel) {
                        sums[row * width + channel % width] += 1
                        operations += 1
                    }
                }
            }
            for token in 0..<q.tokens {
                let first = y.index(frame: frame, position: token)
                for channel in 0..<y.channels { y.values[first + channel] = 0 }
                q.words.forEachBit(firstWord: q.wordIndex(frame: frame, token: token), count: q.wordsPerToken) { row in
                    for channel in head(of: row, width) {
                        y.values[first + channel] += Double(sums[row * width + channel % width])
                    }
                    operations += width
                }
                for channel in 0..<y.channels { y.values[first + channel] *= factor }
            }
            count(frame, operations)
        }
    }

    /// The channels of a channel's head.
    private func head(of channel: Int, _ width: Int) -> Range<Int> {
        channel / width * width..<(channel / width + 1) * width
    }
}
