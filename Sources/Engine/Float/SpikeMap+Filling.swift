import Networks

/// What takes no weights, on spikes.
extension SpikeMap {
    mutating func set(_ map: SpikeMap) {
        for index in 0..<frames * tokens * wordsPerToken { words[index] = map.words[index] }
    }

    /// Keeps of each word the bits of the word that `mask` gives for its index.
    mutating func keep(_ mask: (Int) -> UInt64) {
        for index in 0..<frames * tokens * wordsPerToken { words[index] &= mask(index) }
    }

    /// Keeps the spikes of channels, or of positions, at which the gate spikes: it has one position, or one channel.
    mutating func gate(by gate: SpikeMap) {
        for frame in 0..<frames {
            for token in 0..<tokens {
                let first = wordIndex(frame: frame, token: token)
                if gate.channels == channels {
                    let open = gate.wordIndex(frame: frame, token: gate.tokens == 1 ? 0 : token)
                    for word in 0..<wordsPerToken { words[first + word] &= gate.words[open + word] }
                } else if !gate.contains(frame: frame, token: token, channel: 0) {
                    for word in 0..<wordsPerToken { words[first + word] = 0 }
                }
            }
        }
    }

    /// The channels of all maps, one after the other.
    mutating func setChannels(_ maps: [SpikeMap]) {
        clear()
        for frame in 0..<frames {
            for token in 0..<tokens {
                var first = 0
                for map in maps {
                    map.words.forEachBit(firstWord: map.wordIndex(frame: frame, token: token), count: map.wordsPerToken) {
                        insert(frame: frame, token: token, channel: first + $0)
                    }
                    first += map.channels
                }
            }
        }
    }

    /// Channels, rows and columns become channels.
    mutating func setFlattened(_ map: SpikeMap) {
        clear()
        for frame in 0..<frames {
            for token in 0..<map.tokens {
                map.words.forEachBit(firstWord: map.wordIndex(frame: frame, token: token), count: map.wordsPerToken) {
                    insert(frame: frame, token: 0, channel: $0 * map.tokens + token)
                }
            }
        }
    }

    /// A spike where any below the window is.
    ///
    /// - Parameters:
    ///   - grid: the map's.
    ///   - output: this map's feature.
    mutating func setPooled(_ map: SpikeMap, grid: Extent2, output: Feature, _ window: PoolingWindow) {
        clear()
        for frame in 0..<frames {
            for token in 0..<tokens {
                let target = wordIndex(frame: frame, token: token)
                window.forEachPosition(output: Extent2(token / output.width, token % output.width), grid: grid) { position in
                    let source = map.wordIndex(frame: frame, token: position)
                    for word in 0..<wordsPerToken { words[target + word] |= map.words[source + word] }
                }
            }
        }
    }
}
