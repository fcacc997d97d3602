import Networks

/// Where each node's values stand while a pass runs: memory of nodes that nobody reads any more is used again.
struct MemoryPlan: Sendable {
    struct Place: Sendable {
        /// Index among the buffers of real values, or among those of spikes.
        var buffer: Int
        /// Whether the node changes its first input where it stands.
        var isInPlace: Bool
        /// Nodes whose values end with this one.
        var ending: [Int] = []
    }

    private(set) var places: [Place] = []
    /// Values of each buffer of reals.
    private(set) var realSizes: [Int] = []
    /// Words of each buffer of spikes.
    private(set) var wordSizes: [Int] = []

    /// Bytes of all buffers.
    var bytes: Int { 8 * (realSizes.reduce(0, +) + wordSizes.reduce(0, +)) }

    /// - Parameter reads: the nodes whose values each node reads.
    init(_ network: Network, reads: [[Int]], images: Int, steps: Int) {
        let features = network.features
        var lastReader = Array(features.indices)
        for (node, inputs) in reads.enumerated() {
            for input in inputs { lastReader[input] = max(lastReader[input], node) }
        }
        lastReader[network.graph.output] = features.count
        var freeReals = FreeBuffers()
        var freeWords = FreeBuffers()
        for (node, feature) in features.enumerated() {
            var place: Place
            if let first = reads[node].first, lastReader[first] == node, reads[node].count(where: { $0 == first }) == 1,
                network.graph.nodes[node].operation.canWorkInPlace, features[first].keepsMemory(as: feature)
            {
                place = Place(buffer: places[first].buffer, isInPlace: true)
            } else if feature.isSpikes {
                let size = SpikeMap.size(feature, images: images, steps: steps)
                place = Place(buffer: freeWords.take(size, of: &wordSizes), isInPlace: false)
            } else {
                let size = FeatureMap.size(feature, images: images, steps: steps)
                place = Place(buffer: freeReals.take(size, of: &realSizes), isInPlace: false)
            }
            place.ending = Set(reads[node] + [node]).filter { lastReader[$0] == node }.sorted()
            if place.isInPlace { place.ending.removeAll { $0 == reads[node][0] } }
            places.append(place)
            for ended in place.ending {
                if features[ended].isSpikes {
                    freeWords.give(places[ended].buffer)
                } else {
                    freeReals.give(places[ended].buffer)
                }
            }
        }
    }
}

/// Buffers that nobody uses at the moment.
private struct FreeBuffers {
    private var free: [Int] = []

    /// The smallest free buffer of at least that size, else the largest, made larger; a new one where none is free.
    mutating func take(_ size: Int, of sizes: inout [Int]) -> Int {
        let fitting = free.indices.filter { sizes[free[$0]] >= size }.min { sizes[free[$0]] < sizes[free[$1]] }
        guard let place = fitting ?? free.indices.max(by: { sizes[free[$0]] < sizes[free[$1]] }) else {
            sizes.append(size)
            return sizes.count - 1
        }
        let buffer = free.remove(at: place)
        sizes[buffer] = max(sizes[buffer], size)
        return buffer
    }

    mutating func give(_ buffer: Int) { free.append(buffer) }
}

extension Operation {
    /// Whether each value depends on the first input's at the same place and on no other of it.
    fileprivate var canWorkInPlace: Bool {
        switch self {
        case .normalisation, .scale, .sum, .and, .iand, .gate: true
        default: false
        }
    }
}

extension Feature {
    fileprivate func keepsMemory(as other: Feature) -> Bool {
        isSpikes == other.isSpikes && isConstant == other.isConstant && channels == other.channels && height == other.height
            && width == other.width
    }
}
