internal import Diagnostics
internal import Networks

/// Spikes of no node's own: what a layer or an operation needs in another place than where it was fired.
struct DerivedSpikes: Hashable {
    enum Work: Hashable {
        /// The position below one tap of a pooling node's window.
        case tap(source: Int, pool: Int, tap: Int)
        /// Channels of several nodes, one after the other; those of no node hold no spikes.
        case gathered([SpikeSlice])
        /// Where one or the other spikes, and where both do.
        case either(Int, Int)
        case both(Int, Int)
        /// Where any position below a pooling node's window spikes.
        case pooled(source: Int, pool: Int)
    }

    var work: Work
    var positions: Int
    var channels: Int
}

extension Folder {
    func derived(_ id: Int) -> DerivedSpikes? { id < graph.nodes.count ? nil : derived[id - graph.nodes.count] }

    /// Where one tap of a window over spikes stands.
    func tap(_ tap: Int, of source: SpikeSlice, pool: Int) -> SpikeSlice {
        guard source.node >= 0 else { return source }
        let whole = gathered([source], positions: features[graph.nodes[pool].inputs[0]].positions)
        return SpikeSlice(
            node: number(
                DerivedSpikes(
                    work: .tap(source: whole, pool: pool, tap: tap), positions: features[pool].positions, channels: source.channels)),
            channels: source.channels)
    }

    /// Where the spikes of a plane stand by themselves: at their node, or copied together.
    func gathered(_ plane: [SpikeSlice], positions: Int) -> Int {
        if plane.count == 1, plane[0].node >= 0, !standsAmongOthers(plane[0].node) { return plane[0].node }
        return number(
            DerivedSpikes(work: .gathered(plane), positions: positions, channels: plane.reduce(0) { $0 + $1.channels }))
    }

    /// The largest counts below a pooling node's windows, as planes: at least one, at least two, ... of which each is pooled by itself.
    func largest(of pool: Int) throws(Failure) -> [[SpikeSlice]] {
        let input = graph.nodes[pool].inputs[0]
        let (feature, output) = (features[input], features[pool])
        let planes = try planes(of: input)
        guard planes.count <= Self.mostSortedPlanes else {
            throw refuse(pool, "it takes the largest of counts up to \(planes.count), and \(Self.mostSortedPlanes) are supported")
        }
        func number(_ work: DerivedSpikes.Work, _ positions: Int) -> Int {
            self.number(DerivedSpikes(work: work, positions: positions, channels: feature.channels))
        }
        var sorted: [Int] = []
        for plane in planes {
            var rest = gathered(plane, positions: feature.positions)
            for place in sorted.indices {
                let (least, next) = (sorted[place], rest)
                sorted[place] = number(.either(least, next), feature.positions)
                rest = number(.both(least, next), feature.positions)
            }
            sorted.append(rest)
        }
        return sorted.map { [SpikeSlice(node: number(.pooled(source: $0, pool: pool), output.positions), channels: output.channels)] }
    }

    /// The spikes that a node's operation on spikes reads from one of its inputs.
    func gathered(_ input: Int, for index: Int) throws(Failure) -> Int {
        let planes = try planes(of: input)
        guard planes.count == 1 else { throw refuse(index, "its operation on spikes reads counts") }
        return gathered(planes[0], positions: features[input].positions)
    }

    /// The nodes whose spikes some spikes consist of.
    func roots(of id: Int) -> [Int] {
        switch derived(id)?.work {
        case .tap(let source, _, _), .pooled(let source, _): roots(of: source)
        case .either(let first, let second), .both(let first, let second): roots(of: first) + roots(of: second)
        case .gathered(let slices): slices.filter { $0.node >= 0 }.flatMap { roots(of: $0.node) }
        case nil: [id]
        }
    }

    private func number(_ spikes: DerivedSpikes) -> Int {
        if let known = derivedNumbers[spikes] { return known }
        derived.append(spikes)
        derivedNumbers[spikes] = graph.nodes.count + derived.count - 1
        return graph.nodes.count + derived.count - 1
    }
}
