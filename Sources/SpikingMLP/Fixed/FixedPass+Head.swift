internal import SpikeKernels

extension FixedPass {
    /// The logits of each time step, `[steps][classes]`.
    ///
    /// A channel that spikes at n tokens adds its row n times: n's binary digits as shifts.
    func classify(_ memory: StageMemory) -> [[Float]] {
        let head = network.head
        begin(.head, layer: head.layer)
        return (0..<steps).map { step in
            let spikes = countChannels(memory.x, step: step)
            activity.addOperations(spikes * head.classes, layer: head.layer, step: step)
            var terms = 0
            for channel in channelCounts.indices {
                var count = channelCounts[channel]
                while count != 0 {
                    headTerms.set(terms, ShiftedRow(row: UInt32(channel), shift: UInt32(count.trailingZeroBitCount)))
                    terms += 1
                    count &= count &- 1
                }
            }
            head.sum(headTerms, count: terms, into: logits, kernels: kernels)
            return (0..<head.classes).map { head.logit(logits.value($0, as: Int32.self)) }
        }
    }

    /// How many tokens of each channel spike at a time step; returns all of them.
    private func countChannels(_ x: SpikeBits, step: Int) -> Int {
        for channel in channelCounts.indices { channelCounts[channel] = 0 }
        var total = 0
        for token in 0..<x.tokens {
            for word in 0..<x.wordsPerFrame {
                var bits = x.words.value((token * steps + step) * x.wordsPerFrame + word, as: UInt64.self)
                total += bits.nonzeroBitCount
                while bits != 0 {
                    channelCounts[word * 64 + bits.trailingZeroBitCount] += 1
                    bits &= bits &- 1
                }
            }
        }
        return total
    }
}
