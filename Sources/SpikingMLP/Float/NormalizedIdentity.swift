import SpikeKernels

/// The plain family's identity branch, `LIF(BN(x))`. On a spike BN takes two values per channel: a table, no synapse.
struct NormalizedIdentity: Sendable {
    private let group: Int
    private let normalization: BatchNorm

    init(_ loader: ModuleLoader, path: String) {
        group = loader.group("\(path).activation")
        normalization = BatchNorm(loader, path: "\(path).BN")
    }

    func fire(_ x: SpikeMap, into y: inout SpikeMap, _ pass: inout ForwardPass) {
        let normalization = pass.normalization(normalization) { x.measureChannels(into: &$0) }
        let atRest = normalization.shift
        let atSpike = zip(normalization.scale, normalization.shift).map { $0 + $1 }
        for image in 0..<pass.images {
            for token in 0..<x.tokens {
                pass.resetPotentials(count: atRest.count)
                for step in 0..<pass.steps {
                    let word = x.wordIndex(frame: image * pass.steps + step, token: token)
                    fillRows(&pass.currents, offset: 0, count: 1, with: atRest, length: atRest.count)
                    x.words.forEachBit(firstWord: word, count: x.wordsPerToken) { channel in
                        pass.currents[channel] = atSpike[channel]
                    }
                    stepNeurons(
                        potentials: &pass.potentials, currents: pass.currents, currentsOffset: 0, count: x.channels,
                        spikes: &y.words, firstWord: word)
                }
            }
        }
        pass.activity.recordSpikes(group: group, y)
    }
}

extension SpikeMap {
    /// Adds every channel's spikes, as values 0 and 1, to its moments.
    func measureChannels(into moments: inout [Moments]) {
        for frame in 0..<frames {
            for token in 0..<tokens {
                for channel in 0..<channels {
                    moments[channel].add(contains(frame: frame, token: token, channel: channel) ? 1 : 0)
                }
            }
        }
    }
}
