internal import Networks
internal import SpikeKernels

/// A current as a sum of terms and a bias: what the nodes between stored features and a neuron come to, normalisations included.
struct Expression {
    var terms: [Term]
    /// `[channels]`, added once.
    var bias: [Double]
    /// Where normalisations say that the current lies and how far it spreads; what is not normalised counts by its bound.
    var center: [Double]
    var spread: [Double]
}

/// One addend of a current.
struct Term {
    enum Source {
        /// A linear layer on spikes: planes that are added up, at the output position or below a window.
        case rows(planes: [[SpikeSlice]], window: GridWindow?, sharesTaps: Bool)
        /// A convolution of each channel by itself.
        case window(spikes: Int, GridWindow)
        /// Spikes themselves, times an amplitude of the channel.
        case spikes(planes: [[SpikeSlice]])
        /// The number of positions that spike, times an amplitude of the channel.
        case positions(planes: [[SpikeSlice]])
        /// A stored current.
        case current(Int)
        /// A layer on a stored current.
        case products(current: Int, GridWindow)
        /// A layer on the image.
        case image(GridWindow)
        /// A map along an axis of the grid.
        case mix(spikes: Int, AxisMixing)
        /// Spikes with spikes over positions.
        case attention(query: Int, key: Int, value: Int, heads: Int)
    }

    var source: Source
    /// The layer's weights and their factors, for sources that have weights.
    var layer: RealLayer?
    /// `[channels]`: what a source without weights is multiplied by.
    var factor: [Double]
    /// Factors of positions and time steps on top; what comes before them is ``inner``.
    var outer: OuterScale?
    /// Layers whose synaptic operations these are, and the outputs of each.
    var layers: [(layer: Int, outputs: Int)] = []
    /// The counts or means that those layers read, where they read such.
    var counted: [CountedPart] = []
}

/// Where the spikes that a term reads stand in a node of counts or means that a layer reads.
struct CountedPart: Hashable, Sendable {
    var node: Int
    /// The channel of the node, or the place of a flattened one, that the term's first row is.
    var first: Int
    /// Positions that are flattened: a channel's stand beside each other; 1 where the node has positions of its own, or adds them up.
    var flattened = 1
}

extension Term {
    /// Whether it is a stored current.
    var isKept: Bool { if case .current = source { true } else { false } }
}

/// Channels of spikes that a neuron node fires, as they follow each other in a feature.
struct SpikeSlice: Hashable {
    var node: Int
    var channels: Int
}

/// `scale[position] * time[step] * (u + bias) + shift[position] * time[step]`
struct OuterScale {
    /// `[channels]`, inside the scale.
    var bias: [Double]
    /// `[positions]`; one for all where there is one.
    var scale: [Double]
    var shift: [Double]
    /// `[T]`, empty where time makes no difference.
    var time: [Double] = []
}

extension Expression {
    init(_ term: Term, channels: Int) {
        terms = [term]
        bias = Array(repeating: 0, count: channels)
        center = bias
        spread = Array(repeating: .infinity, count: channels)
    }

    var channels: Int { bias.count }

    /// Multiplies all channels. What is kept in memory is scaled by short sums of shifts where it is read.
    mutating func scale(_ factor: Double) {
        let zeros = Array(repeating: 0.0, count: channels)
        for index in terms.indices {
            if case .current = terms[index].source { terms[index].outer = OuterScale(bias: zeros, scale: [factor], shift: [0]) }
        }
        let kept = terms
        scale(zeros.map { _ in factor }, shift: zeros, deviation: nil)
        for index in terms.indices {
            if case .current = terms[index].source { terms[index] = kept[index] }
        }
    }

    /// Multiplies channels and adds to them.
    mutating func scale(_ factors: [Double], shift: [Double], deviation: [Double]?) {
        for index in terms.indices {
            if var outer = terms[index].outer {
                // The layer's own outputs can take a channel's factor; what a position adds cannot, unless it is 0.
                outer.bias = zip(outer.bias, factors).map(*)
                terms[index].outer = outer
            }
            terms[index].layer = terms[index].layer.map { $0.scaled(factors) }
            terms[index].factor = zip(terms[index].factor, factors).map(*)
        }
        bias = zip(zip(bias, factors).map(*), shift).map(+)
        if let deviation {
            center = shift
            spread = deviation
        } else {
            center = zip(zip(center, factors).map(*), shift).map(+)
            spread = zip(spread, factors).map { $0 * abs($1) }
        }
    }

    static func + (left: Expression, right: Expression) -> Expression {
        var sum = left
        sum.bias = zip(left.bias, right.bias).map(+)
        sum.center = zip(left.center, right.center).map(+)
        sum.spread = zip(left.spread, right.spread).map { ($0 * $0 + $1 * $1).squareRoot() }
        let known = Set(left.terms.flatMap { $0.layers.map(\.layer) })
        for term in right.terms { sum.add(term, known) }
        return sum
    }

    /// Layers on the same spikes become one.
    ///
    /// - Parameter known: layers that are counted already; several terms that are added may be parts of one that is not.
    private mutating func add(_ term: Term, _ known: Set<Int>) {
        if case .rows(let planes, let window, let shares) = term.source, term.outer == nil, let layer = term.layer {
            for index in terms.indices where terms[index].outer == nil {
                guard case .rows(let ownPlanes, let ownWindow, let ownShares) = terms[index].source, let own = terms[index].layer,
                    ownPlanes == planes, ownWindow == window, ownShares == shares
                else { continue }
                terms[index].layer = own + layer
                for listed in term.layers where !terms[index].layers.contains(where: { $0.layer == listed.layer }) {
                    terms[index].layers.append(listed)
                }
                for part in term.counted where !terms[index].counted.contains(part) { terms[index].counted.append(part) }
                return
            }
        }
        var term = term
        // A layer that two terms use is computed twice and is one layer all the same.
        term.layers.removeAll { known.contains($0.layer) }
        terms.append(term)
    }

    /// Notes its layers, those alone that were not counted before.
    mutating func count(in counted: inout Set<Int>) {
        let before = counted
        for index in terms.indices {
            // Several terms may be planes of one layer.
            terms[index].layers.removeAll { before.contains($0.layer) }
            counted.formUnion(terms[index].layers.map(\.layer))
        }
    }

    /// The channels from `first` on among `count`.
    func placed(at first: Int, of count: Int) -> Expression {
        func padded(_ values: [Double]) -> [Double] {
            Array(repeating: 0, count: first) + values + Array(repeating: 0, count: count - first - values.count)
        }
        var placed = self
        placed.bias = padded(bias)
        placed.center = padded(center)
        placed.spread = padded(spread)
        for index in placed.terms.indices {
            placed.terms[index].layer = terms[index].layer?.placed(at: first, of: count)
            placed.terms[index].factor = padded(terms[index].factor)
            if let outer = terms[index].outer { placed.terms[index].outer?.bias = padded(outer.bias) }
        }
        return placed
    }
}
