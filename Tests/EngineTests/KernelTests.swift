import SpikeKernels
import Testing

@Suite struct KernelTests {
    private static let halving = NeuronStep(rate: 0.5, decaysInput: true, threshold: 1, isStrict: false, resetValue: 0, isSoft: false)

    @Test(arguments: [1, 7, 8, 9, 63, 64, 65, 72, 127, 128, 130])
    func `Neurons step as the scalar formula says and none beyond their number spikes`(count: Int) {
        let padded = paddedToLanes(count)
        var potentials: [Double] = []
        var currents: [Double] = []
        for neuron in 0..<padded {
            potentials.append(Double(neuron % 5) * 0.3 - 0.4)
            currents.append(Double(neuron % 7) * 0.7)
        }
        var expectedPotentials: [Double] = []
        var expectedSpikes = Array(repeating: UInt64(0), count: (count + 63) / 64)
        for neuron in 0..<count {
            let potential = potentials[neuron] + (currents[neuron] - potentials[neuron]) / 2
            expectedPotentials.append(potential >= 1 ? 0 : potential)
            if potential >= 1 { expectedSpikes[neuron / 64] |= 1 << UInt64(neuron % 64) }
        }

        let guardWord: UInt64 = 0xDEAD_BEEF
        var spikes = [guardWord] + Array(repeating: UInt64.max, count: expectedSpikes.count) + [guardWord]
        stepNeurons(
            Self.halving, potentials: &potentials, currents: [0] + currents, currentsOffset: 1, count: count, spikes: &spikes, firstWord: 1)
        #expect(Array(potentials.prefix(count)) == expectedPotentials)
        #expect(spikes == [guardWord] + expectedSpikes + [guardWord])
    }

    @Test func `A potential exactly at the threshold spikes and the next one below does not`() {
        var potentials = Array(repeating: 0.0, count: 8)
        var spikes: [UInt64] = [0]
        let justBelow = 1.0.nextDown
        let currents = [2, 2 * justBelow, 2, 2 * justBelow, .nan, .infinity, -.infinity, 0]
        stepNeurons(Self.halving, potentials: &potentials, currents: currents, currentsOffset: 0, count: 8, spikes: &spikes, firstWord: 0)
        #expect(spikes == [0b0010_0101])
        #expect(potentials[0] == 0)
        #expect(potentials[1] == justBelow)
    }

    @Test func `Rows of spikes are added in the order of inputs, and nothing beside them is touched`() {
        var weights: [Float] = []
        for input in 0..<130 {
            // In the first lane the order of the sum decides what is left of it.
            weights.append(input == 0 ? 1e30 : input == 1 ? -1e30 : 1)
            for lane in 1..<8 { weights.append(Float(input * 8 + lane)) }
        }
        var expected = Array(repeating: 5.0, count: 8)
        for input in [0, 1, 2, 127, 129] {
            for lane in 0..<8 { expected[lane] += Double(weights[input * 8 + lane]) }
        }

        var sums = Array(repeating: 5.0, count: 24)
        addRowsOfSpikes(
            weights: weights, firstRow: 0, rowLength: 8, spikes: [0, 0b111, 1 << 63, 0b10], firstWord: 1, wordCount: 3, sums: &sums,
            sumsOffset: 8)
        let untouched = Array(repeating: 5.0, count: 8)
        #expect(sums == untouched + expected + untouched)
    }
}
