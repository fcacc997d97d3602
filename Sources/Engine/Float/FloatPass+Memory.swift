import Networks

/// Values of nodes, lent from the buffers they stand in.
extension FloatPass {
    func reads(_ node: Int, _ input: Int) -> Int { network.reads[node][input] }
    func feature(_ node: Int) -> Feature { network.network.features[node] }
    func feature(_ node: Int, _ input: Int) -> Feature { feature(reads(node, input)) }
    func value(_ node: Int, _ input: Int) -> NodeValue { value(reads(node, input)) }

    func value(_ node: Int) -> NodeValue {
        feature(node).isSpikes ? .spikes(spikes(node)) : .real(real(node))
    }

    func real(_ node: Int) -> FeatureMap {
        FeatureMap(feature(node), images: images, steps: steps, values: reals[plan.places[node].buffer])
    }

    func spikes(_ node: Int) -> SpikeMap {
        SpikeMap(feature(node), images: images, steps: steps, words: words[plan.places[node].buffer])
    }

    /// Whether the node finds its first input's values where it writes.
    func isInPlace(_ node: Int) -> Bool { plan.places[node].isInPlace }

    /// Lets `body` write a node's real values: its buffer leaves the pass meanwhile, so that it is not copied.
    func write(_ node: Int, _ body: (inout FeatureMap) -> Void) {
        var values: [Double] = []
        swap(&values, &reals[plan.places[node].buffer])
        var map = FeatureMap(feature(node), images: images, steps: steps, values: values)
        values = []
        body(&map)
        swap(&map.values, &reals[plan.places[node].buffer])
    }

    /// The same for a node's spikes.
    func write(_ node: Int, _ body: (inout SpikeMap) -> Void) {
        var bits: [UInt64] = []
        swap(&bits, &words[plan.places[node].buffer])
        var map = SpikeMap(feature(node), images: images, steps: steps, words: bits)
        bits = []
        body(&map)
        swap(&map.words, &words[plan.places[node].buffer])
    }
}
