internal import SpikeKernels

/// Membrane potentials of one line of neurons at rest, and what a time step makes of them.
struct Neurons<L: Lanes> {
    private var potentials = L.broadcast(0)

    @inline(__always) init() {}

    /// `v <- (v >> 1) + current`; where it reaches the threshold it spikes and goes to 0. Narrow lanes saturate; wide ones have room for the sum.
    @inline(__always)
    mutating func step(_ current: L.Line, threshold: L.Line) -> UInt32 {
        let potential = L.boundedSum(L.shiftedRight(potentials, 1), current)
        let spikes = L.atLeast(potential, threshold)
        potentials = L.clearedWhere(potential, spikes)
        return spikes
    }

    /// The same where `turned` is -1: it spikes where the potential is at most the threshold, that is its complement at least the threshold's.
    @inline(__always)
    mutating func step(_ current: L.Line, threshold: L.Line, turned: L.Line) -> UInt32 {
        let potential = L.boundedSum(L.shiftedRight(potentials, 1), current)
        let spikes = L.atLeast(L.either(potential, turned), L.either(threshold, turned))
        potentials = L.clearedWhere(potential, spikes)
        return spikes
    }
}

@inline(__always)
func storeSpikes<L: Lanes>(_: L.Type, _ spikes: UInt32, _ place: UnsafeMutableRawPointer) {
    place.storeBytes(of: L.Bits(truncatingIfNeeded: spikes), as: L.Bits.self)
}

@inline(__always)
func loadSpikes<L: Lanes>(_: L.Type, _ place: UnsafeRawPointer) -> UInt32 {
    UInt32(truncatingIfNeeded: place.load(as: L.Bits.self))
}

/// A line of neurons of any equation.
struct GeneralNeurons<L: Lanes> {
    private let tile: NeuronTile
    private let threshold: L.Line
    private let offset: L.Line
    private let turned: L.Line
    private let negative: L.Line
    private let start: L.Line
    private var potentials: L.Line

    @inline(__always)
    init(_ tile: NeuronTile) {
        self.tile = tile
        let zero = L.broadcast(0)
        threshold = L.load(tile.threshold)
        offset = tile.offset.map { L.load($0) } ?? zero
        turned = tile.turned.map { L.load($0) } ?? zero
        start = tile.initial.map { L.load($0) } ?? zero
        negative = L.difference(zero, threshold)
        potentials = start
    }

    @inline(__always)
    mutating func reset() { potentials = start }

    @inline(__always)
    mutating func step(_ input: L.Line) -> UInt32 {
        let current = tile.offset == nil ? input : L.cut(L.boundedSum(input, offset))
        let potential = L.boundedSum(leaked, current)
        let spikes = L.atLeast(L.either(potential, turned), L.either(threshold, turned))
        potentials = tile.isSoft ? L.sumWhere(potential, negative, spikes) : L.clearedWhere(potential, spikes)
        return spikes
    }

    @inline(__always)
    private var leaked: L.Line {
        if tile.isHalving { return L.shiftedRight(potentials, 1) }
        let before = L.halfCut(potentials)
        var left = L.broadcast(0)
        for index in 0..<tile.leakTerms {
            let term = tile.leak[index]
            let part = L.shiftedRight(before, term.shift)
            left = term.isSubtracted ? L.difference(left, part) : L.sum(left, part)
        }
        return left
    }
}

@inline(__always)
func fireTile<L: Lanes>(_: L.Type, _ currents: CurrentLines, _ extent: Extent, _ tile: NeuronTile, _ spikes: SpikePlace) {
    var place = spikes.bits
    if tile.isHalving, tile.offset == nil, tile.turned == nil, tile.initial == nil, !tile.isSoft {
        let threshold = L.load(tile.threshold)
        for token in 0..<extent.tokens {
            var neurons = Neurons<L>()
            for step in 0..<extent.steps {
                let current = L.load(currents.line(token: token, step: step))
                storeSpikes(L.self, neurons.step(current, threshold: threshold) & tile.lanes, place)
                place += spikes.stride
            }
        }
        return
    }
    var neurons = GeneralNeurons<L>(tile)
    for token in 0..<extent.tokens {
        neurons.reset()
        for step in 0..<extent.steps {
            storeSpikes(L.self, neurons.step(L.load(currents.line(token: token, step: step))) & tile.lanes, place)
            place += spikes.stride
        }
    }
}
