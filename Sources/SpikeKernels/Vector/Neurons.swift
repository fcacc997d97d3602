package import SpikeKernels

/// Membrane potentials of one line of neurons at rest, and what a time step makes of them.
struct Neurons<L: Lanes> {
    private var potentials = L.broadcast(0)

    @inline(__always) init() {}

    /// `v <- (v >> 1) + current`; where it reaches the threshold it spikes and goes to 0. Currents and thresholds leave room for the sum.
    @inline(__always)
    mutating func step(_ current: L.Line, threshold: L.Line) -> UInt32 {
        let potential = L.sum(L.shiftedRight(potentials, 1), current)
        let spikes = L.atLeast(potential, threshold)
        potentials = L.clearedWhere(potential, spikes)
        return spikes
    }

    /// The same where `turned` is -1: it spikes where the potential is at most the threshold, that is its complement at least the threshold's.
    @inline(__always)
    mutating func step(_ current: L.Line, threshold: L.Line, turned: L.Line) -> UInt32 {
        let potential = L.sum(L.shiftedRight(potentials, 1), current)
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

@inline(__always)
func fireTile<L: Lanes>(
    _: L.Type, _ currents: CurrentLines, _ extent: Extent, _ threshold: Int, _ lanes: UInt32, _ spikes: SpikePlace
) {
    let threshold = L.broadcast(Int32(truncatingIfNeeded: threshold))
    var place = spikes.bits
    for token in 0..<extent.tokens {
        var neurons = Neurons<L>()
        for step in 0..<extent.steps {
            let current = L.load(currents.line(token: token, step: step))
            storeSpikes(L.self, neurons.step(current, threshold: threshold) & lanes, place)
            place += spikes.stride
        }
    }
}

@inline(__always)
func fireIdentityTile<L: Lanes>(
    _: L.Type, _ source: SpikePlace, _ atRest: UnsafeRawPointer, _ rise: UnsafeRawPointer, _ extent: Extent, _ threshold: Int,
    _ lanes: UInt32, _ spikes: SpikePlace
) {
    let threshold = L.broadcast(Int32(truncatingIfNeeded: threshold))
    let low = L.load(atRest)
    let difference = L.load(rise)
    var origin = UnsafeRawPointer(source.bits)
    var place = spikes.bits
    for _ in 0..<extent.tokens {
        var neurons = Neurons<L>()
        for _ in 0..<extent.steps {
            let current = L.sumWhere(low, difference, loadSpikes(L.self, origin))
            storeSpikes(L.self, neurons.step(current, threshold: threshold) & lanes, place)
            origin += source.stride
            place += spikes.stride
        }
    }
}

package func fire16(_ currents: CurrentLines, _ extent: Extent, _ threshold: Int, _ lanes: UInt32, _ spikes: SpikePlace) {
    fireTile(Lanes16.self, currents, extent, threshold, lanes, spikes)
}

package func fire32(_ currents: CurrentLines, _ extent: Extent, _ threshold: Int, _ lanes: UInt32, _ spikes: SpikePlace) {
    fireTile(Lanes32.self, currents, extent, threshold, lanes, spikes)
}

package func fireIdentity16(
    _ source: SpikePlace, _ atRest: UnsafeRawPointer, _ rise: UnsafeRawPointer, _ extent: Extent, _ threshold: Int, _ lanes: UInt32,
    _ spikes: SpikePlace
) {
    fireIdentityTile(Lanes16.self, source, atRest, rise, extent, threshold, lanes, spikes)
}

package func fireIdentity32(
    _ source: SpikePlace, _ atRest: UnsafeRawPointer, _ rise: UnsafeRawPointer, _ extent: Extent, _ threshold: Int, _ lanes: UInt32,
    _ spikes: SpikePlace
) {
    fireIdentityTile(Lanes32.self, source, atRest, rise, extent, threshold, lanes, spikes)
}
