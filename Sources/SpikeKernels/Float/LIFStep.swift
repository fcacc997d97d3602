/// One time step of leaky integrate-and-fire neurons (tau 2, input decay, threshold 1, hard reset to 0):
///
///     v <- v + (u - v) / 2;   s = 1 if v >= 1 else 0;   v <- 0 where s = 1
///
/// - Parameters:
///   - potentials: membrane potentials `v`, `count` rounded up to whole lanes.
///   - currents: input currents `u`, as many, from `currentsOffset` on.
///   - count: the number of neurons. Lanes beyond it are computed and never spike.
///   - spikes: the words from `firstWord` on are overwritten, neuron 0 in the lowest bit; `count` / 64 words, rounded up.
package func stepNeurons(
    potentials: UnsafeMutablePointer<Double>, currents: UnsafePointer<Double>, currentsOffset: Int, count: Int,
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
            let before = loadLanes(potentials + lane)
            let potential = before + (loadLanes(currents + currentsOffset + lane) - before) * 0.5
            let fired = potential .>= 1
            storeLanes(potential.replacing(with: 0, where: fired), potentials + lane)
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
