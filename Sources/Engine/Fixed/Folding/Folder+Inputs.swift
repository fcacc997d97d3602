internal import Diagnostics
internal import Networks

/// Spikes or counts as a layer or neurons read them.
struct SpikeInput {
    /// Spikes, each plane over all channels, that add up to whole numbers.
    var planes: [[SpikeSlice]]
    /// What the whole numbers are divided by.
    var divisor: Int
    /// Where the spikes stand.
    var grid: Feature
    /// Whether all positions are added up.
    var sharesTaps = false
    /// Whether what is read is one vector of all positions.
    var isWhole = false
}

/// What a layer reads, seen from the spikes themselves: means and normalisations between them become part of the layer.
struct LayerInput {
    /// A layer of each is added up: of one, where spikes or counts stand behind one another as they are.
    var parts: [Part]
    /// Factors of channels, where normalisations stand between.
    var scale: [Double]?
    /// What is added to channels: before factors of time steps, and behind them.
    var inner: [Double]
    var shift: [Double]
    /// Factors of time steps.
    var time: [Double]?

    struct Part {
        var spikes: SpikeInput
        /// Its channels among those that the layer reads.
        var channels: Range<Int>
    }
}

extension Folder {
    /// What a layer on spikes reads.
    func layerInput(of index: Int, source: Int) throws(Failure) -> LayerInput {
        var between: [Int] = []
        var place = graph.nodes[index].inputs[0]
        while place != source {
            between.insert(place, at: 0)
            place = graph.nodes[place].inputs[0]
        }
        let zeros = Array(repeating: 0.0, count: features[source].channels)
        var input = LayerInput(parts: [], inner: zeros, shift: zeros)
        var divisor = 1
        for node in between {
            let positions = features[graph.nodes[node].inputs[0]].positions
            switch graph.nodes[node].operation {
            case .mean:
                divisor *= positions
            case .total:
                input.inner = input.inner.map { $0 * Double(positions) }
                input.shift = input.shift.map { $0 * Double(positions) }
            case .normalisation(let normalisation):
                try input.normalise(by: affine(normalisation), time: normalisation.timeScale.map(values)) { refuse(node, $0) }
            default:
                break
            }
        }
        let addsPositions = between.contains(where: isWhole) && !isWhole(source) && !wholeParts.contains(source)
        for part in try summands(of: source) {
            var spikes = try spikeInput(of: part.node)
            if addsPositions { (spikes.sharesTaps, spikes.isWhole) = (true, true) }
            spikes.divisor *= divisor
            input.parts.append(LayerInput.Part(spikes: spikes, channels: part.first..<part.first + features[part.node].channels))
        }
        return input
    }

    /// Features that a sum or concatenation consists of, where some of them are sums over positions or flattened grids, whose spikes cannot
    /// stand side by side with others; the node itself otherwise. Each comes with its first channel.
    func summands(of index: Int) throws(Failure) -> [(node: Int, first: Int)] {
        var found: [(node: Int, first: Int)] = []
        var open = [(node: index, first: 0)]
        while let (node, first) = open.popLast() {
            guard wholeParts.contains(node) else {
                found.append((node, first))
                guard found.count <= Self.mostPlanes else { throw refuse(index, "it consists of more than \(Self.mostPlanes) parts") }
                continue
            }
            var inputs: [(node: Int, first: Int)] = []
            var place = first
            for input in graph.nodes[node].inputs {
                inputs.append((input, place))
                if graph.nodes[node].operation == .concatenate { place += features[input].channels }
            }
            open += inputs.reversed()
        }
        return found
    }

    /// Sums and concatenations of spikes and counts that add up positions of some of them, or flatten them.
    func findWholeParts() -> Set<Int> {
        var found: Set<Int> = []
        for (index, node) in graph.nodes.enumerated() where node.operation == .sum || node.operation == .concatenate {
            guard !features[index].isCurrent, node.inputs.contains(where: { isWhole($0) || found.contains($0) }) else { continue }
            found.insert(index)
        }
        return found
    }

    private func isWhole(_ index: Int) -> Bool {
        switch graph.nodes[index].operation {
        case .mean, .total, .flatten: true
        default: false
        }
    }

    /// Means and normalisations that become part of the layers behind them, and that nothing else reads.
    func findReadThrough() -> Set<Int> {
        var found: Set<Int> = []
        for index in graph.nodes.indices.reversed() where features[index].isCurrent && !uses[index].isEmpty {
            switch graph.nodes[index].operation {
            case .mean, .total, .normalisation: break
            default: continue
            }
            let isAbsorbed = uses[index].allSatisfy { use in
                layer(use).map { network.activity.layers[$0].source < index } ?? found.contains(use)
            }
            if isAbsorbed { found.insert(index) }
        }
        return found
    }
}

extension LayerInput {
    /// With one more normalisation between spikes and the layer.
    fileprivate mutating func normalise(
        by affine: (scale: [Double], shift: [Double]), time: [Double]?, refuse: (String) -> Failure
    ) throws(Failure) {
        scale = scale.map { zip($0, affine.scale).map(*) } ?? affine.scale
        inner = zip(inner, affine.scale).map(*)
        shift = zip(zip(shift, affine.scale).map(*), affine.shift).map(+)
        guard let time else { return }
        guard self.time == nil else { throw refuse("factors of time steps meet those of another normalisation") }
        (self.time, inner, shift) = (time, shift, shift.map { _ in 0 })
    }
}
