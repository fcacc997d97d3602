import SpikeKernels

/// A group of leaky integrate-and-fire neurons, one for each channel of each token.
struct LIF: Sendable {
    private let group: Int

    init(_ loader: ModuleLoader, path: String) {
        group = loader.group(path)
    }

    /// Steps all neurons of the group through all time steps: `spikes[t] = LIF(currents[t])`.
    func fire(_ currents: FeatureMap, into spikes: inout SpikeMap, _ pass: inout ForwardPass) {
        for image in 0..<pass.images {
            for token in 0..<currents.tokens {
                pass.resetPotentials(count: currents.stride)
                for step in 0..<pass.steps {
                    stepNeurons(
                        potentials: &pass.potentials, currents: currents.values,
                        currentsOffset: currents.index(image: image, step: step, token: token), count: currents.channels,
                        spikes: &spikes.words, firstWord: spikes.wordIndex(frame: image * pass.steps + step, token: token))
                }
            }
        }
        pass.activity.recordSpikes(group: group, spikes)
    }
}
