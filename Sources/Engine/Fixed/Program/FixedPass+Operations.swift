internal import Networks

extension FixedPass {
    /// Counts the operations of layers that list nothing.
    func recordOperations(_ term: FoldedTerm) {
        guard !term.isListed else { return }
        for (layer, outputs) in term.layers {
            for step in 0..<steps {
                if case .attention(let attention) = term.work {
                    activity.addOperations(pairs(attention, step), layer: layer, step: step)
                } else {
                    activity.addOperations(operations(of: term, layer, step) * outputs, layer: layer, step: step)
                }
            }
        }
    }

    /// Marks the inputs of layers on counts or means that a term's spikes make more than 0.
    func markInputs(of term: FoldedTerm) {
        guard case .rows(_, let sources, _, let rowsPerTap) = term.work else { return }
        markInputs(of: term.counted, sources, addsPositions: rowsPerTap == 0)
    }

    func markInputs(of parts: [CountedPart], _ sources: [FoldedTerm.ListedSource], addsPositions: Bool) {
        for part in parts {
            for source in sources {
                guard let slot = network.spikes[source.spikes] else { continue }
                nonzero[part.node]?.mark(bits(source.spikes), slot, row: source.row, part, addsPositions: addsPositions)
            }
        }
    }

    /// Counts the marked inputs, once all are.
    func recordEffectiveOperations() {
        for (layer, node) in countingLayers {
            guard let inputs = nonzero[node] else { continue }
            activity.recordEffective(layer: layer, frames: steps) { inputs.count(step: $0, position: $1) }
        }
    }

    private func operations(of term: FoldedTerm, _ layer: Int, _ step: Int) -> Int {
        guard let spikes = term.spikeReads.first else { return 0 }
        let bits = bits(spikes)
        let (rows, columns) = reach[layer]
        var sum = 0
        for token in 0..<bits.tokens {
            var count = 0
            for word in 0..<bits.wordsPerFrame { count += bits.word(token * steps + step, word).nonzeroBitCount }
            sum += count * rows[token / columns.count] * columns[token % columns.count]
        }
        return sum
    }

    /// Coincidences of keys and values of a head, and for each spike of a query its head's channels.
    private func pairs(_ attention: FoldedAttention, _ step: Int) -> Int {
        let (query, key, value) = (bits(attention.query), bits(attention.key), bits(attention.value))
        let width = attention.channels / attention.heads
        var sum = 0
        for token in 0..<key.tokens {
            let frame = token * steps + step
            for head in 0..<attention.heads {
                let range = head * width..<(head + 1) * width
                sum += key.count(frame: frame, range) * value.count(frame: frame, range) + query.count(frame: frame, range) * width
            }
        }
        return sum
    }
}
