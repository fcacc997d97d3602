internal import Networks

/// Which counts or means of a node are not 0: those that any of their spikes reaches.
struct NonzeroInputs {
    private let steps: Int
    private let wordsPerFrame: Int
    /// A bit for each channel, `[positions][steps][words]`.
    private var words: [UInt64]

    private init(_ feature: Feature, steps: Int) {
        self.steps = steps
        wordsPerFrame = (feature.channels + 63) / 64
        words = Array(repeating: 0, count: feature.positions * steps * wordsPerFrame)
    }

    /// Those of all nodes of counts or means that layers read.
    static func all(of network: Network, steps: Int) -> [Int: Self] {
        nodes(of: network).reduce(into: [:]) { $0[$1] = Self(network.features[$1], steps: steps) }
    }

    static func bytes(_ network: Network, steps: Int) -> Int {
        nodes(of: network).reduce(0) { $0 + network.features[$1].positions * steps * ((network.features[$1].channels + 63) / 64) * 8 }
    }

    /// The layers that read counts or means, and the nodes of these. What leads nowhere is not evaluated.
    static func layers(of network: Network) -> [(layer: Int, node: Int)] {
        let used = network.graph.usedNodes
        return network.activity.layers.enumerated().compactMap { index, layer in
            used.contains(layer.node) ? layer.counted.map { (index, $0) } : nil
        }
    }

    private static func nodes(of network: Network) -> Set<Int> { Set(layers(of: network).map(\.node)) }

    mutating func clear() {
        for index in words.indices { words[index] = 0 }
    }

    func count(step: Int, position: Int) -> Int {
        let first = (position * steps + step) * wordsPerFrame
        return words[first..<first + wordsPerFrame].reduce(0) { $0 + $1.nonzeroBitCount }
    }

    /// Marks what a node's spikes reach.
    ///
    /// - Parameters:
    ///   - row: the place of their first channel among the part's.
    ///   - addsPositions: whether all positions belong to one input.
    mutating func mark(_ bits: SpikeBits, _ slot: SpikeSlot, row: Int, _ part: CountedPart, addsPositions: Bool) {
        let isFlat = part.flattened > 1
        for token in 0..<bits.tokens {
            for step in 0..<steps {
                let frame = ((isFlat || addsPositions ? 0 : token) * steps + step) * wordsPerFrame
                var channel = slot.first
                while channel < slot.first + slot.channels {
                    let end = min(channel / 64 * 64 + 64, slot.first + slot.channels)
                    let mask: UInt64 = end - channel == 64 ? ~0 : (1 << UInt64(end - channel)) &- 1
                    let value = bits.word(token * steps + step, channel / 64) >> UInt64(channel % 64) & mask
                    let place = row + channel - slot.first
                    if isFlat {
                        scatter(value, from: part.first + place * part.flattened + token, by: part.flattened, frame)
                    } else {
                        mark(value, at: part.first + place, frame)
                    }
                    channel = end
                }
            }
        }
    }

    private mutating func mark(_ value: UInt64, at place: Int, _ frame: Int) {
        let (word, bit) = (frame + place / 64, UInt64(place % 64))
        if value != 0 { words[word] |= value << bit }
        if bit > 0, value >> (64 - bit) != 0 { words[word + 1] |= value >> (64 - bit) }
    }

    private mutating func scatter(_ value: UInt64, from first: Int, by distance: Int, _ frame: Int) {
        var value = value
        while value != 0 {
            let place = first + value.trailingZeroBitCount * distance
            words[frame + place / 64] |= 1 << UInt64(place % 64)
            value &= value &- 1
        }
    }
}
