internal import Diagnostics
internal import Networks

extension Folder {
    /// What a concatenation is copied together from.
    func joinedParts(of index: Int) throws(Failure) -> [JoinedPart] {
        var parts: [JoinedPart] = []
        var first = 0
        for input in graph.nodes[index].inputs {
            let channels = features[input].channels
            let source: JoinedPart.Source
            if features[input].isCurrent {
                guard isStored(input) else { throw refuse(index, "it joins a current that is not kept") }
                source = .current(input)
            } else {
                let spikes = try spikeInput(of: input)
                guard !spikes.isWhole else { throw refuse(index, "it joins flattened spikes or means with currents") }
                source = .spikes(spikes.planes, amplitude: 1 / Double(spikes.divisor))
            }
            parts.append(JoinedPart(source: source, first: first, channels: channels))
            first += channels
        }
        return parts
    }
}

extension CurrentRange {
    /// The parts' one after another.
    init(_ parts: [JoinedPart], stored: [Int: CurrentRange]) {
        (lowest, highest, usual) = ([], [], [])
        for part in parts {
            let zeros = Array(repeating: 0.0, count: part.channels)
            switch part.source {
            case .current(let node):
                lowest += stored[node]?.lowest ?? zeros
                highest += stored[node]?.highest ?? zeros
                usual += stored[node]?.usual ?? zeros
            case .spikes(let planes, let amplitude):
                lowest += zeros
                highest += zeros.map { _ in amplitude * Double(planes.count) }
                usual += zeros.map { _ in amplitude * Double(planes.count) }
            }
        }
    }
}
