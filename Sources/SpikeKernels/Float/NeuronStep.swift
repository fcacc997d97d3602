/// The numbers of a neuron's equation in double precision. With input u and potential v:
///
///     v <- v + (u - (v - r)) * rate    where the input decays
///     v <- v - (v - r) * rate + u      where it does not; with rate 0, integrate and fire
///     s = 1 if v >= threshold (v > threshold where strict);   v <- r, or v - threshold, where s = 1
package struct NeuronStep: Sendable, Hashable {
    /// `1 / tau`
    package var rate: Double
    package var decaysInput: Bool
    package var threshold: Double
    package var isStrict: Bool
    /// `r`, 0 where the reset is soft.
    package var resetValue: Double
    package var isSoft: Bool

    package init(rate: Double, decaysInput: Bool, threshold: Double, isStrict: Bool, resetValue: Double, isSoft: Bool) {
        self.rate = rate
        self.decaysInput = decaysInput
        self.threshold = threshold
        self.isStrict = isStrict
        self.resetValue = resetValue
        self.isSoft = isSoft
    }

    @inline(__always)
    func charged(_ before: Lanes, _ current: Lanes) -> Lanes {
        if decaysInput { return before + (current - (before - resetValue)) * rate }
        return before - (before - resetValue) * rate + current
    }
}

/// One time step of neurons of one equation.
///
/// - Parameters:
///   - potentials: membrane potentials, `count` rounded up to whole lanes.
///   - currents: input currents, as many, from `currentsOffset` on.
///   - count: the number of neurons. Lanes beyond it are computed and never spike.
///   - spikes: the words from `firstWord` on are overwritten, neuron 0 in the lowest bit; `count` / 64 words, rounded up.
package func stepNeurons(
    _ step: NeuronStep, potentials: UnsafeMutablePointer<Double>, currents: UnsafePointer<Double>, currentsOffset: Int, count: Int,
    spikes: UnsafeMutablePointer<UInt64>, firstWord: Int
) {
    var word = firstWord
    var neuron = 0
    while neuron < count {
        let wordEnd = min(neuron + 64, count)
        var bits: UInt64 = 0
        var shift: UInt64 = 0
        var lane = neuron
        while lane < wordEnd {
            let potential = step.charged(loadLanes(potentials + lane), loadLanes(currents + currentsOffset + lane))
            let fired = step.isStrict ? potential .> step.threshold : potential .>= step.threshold
            let reset = step.isSoft ? potential - step.threshold : Lanes(repeating: step.resetValue)
            storeLanes(potential.replacing(with: reset, where: fired), potentials + lane)
            let laneBits = SIMD8<UInt64>(repeating: 0).replacing(with: SIMD8(1, 2, 4, 8, 16, 32, 64, 128), where: fired)
            bits |= laneBits.wrappedSum() << shift
            shift += 8
            lane += Lanes.scalarCount
        }
        let valid = wordEnd - neuron
        spikes[word] = valid == 64 ? bits : bits & ((1 << UInt64(valid)) - 1)
        word += 1
        neuron += 64
    }
}
