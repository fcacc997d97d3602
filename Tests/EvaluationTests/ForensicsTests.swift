import Evaluation
import Testing

@Suite struct ForensicsTests {
    @Test func `a sample is of different places, ascending, the same from the same seed`() {
        let sample = Sample.indices(500, below: 50_000, seed: 1)
        #expect(sample.count == 500)
        #expect(Set(sample).count == 500)
        #expect(sample == sample.sorted())
        #expect(sample.allSatisfy { (0..<50_000).contains($0) })
        #expect(sample == Sample.indices(500, below: 50_000, seed: 1))
        #expect(sample != Sample.indices(500, below: 50_000, seed: 2))
        #expect(Sample.indices(500, below: 3, seed: 1) == [0, 1, 2])
        #expect(Sample.indices(5, below: 0, seed: 1) == [])
    }

    @Test func `a sample favours no place`() {
        var counts = [Int](repeating: 0, count: 10)
        for seed in 0..<10_000 { for place in Sample.indices(3, below: 10, seed: UInt64(seed)) { counts[place] += 1 } }
        #expect(counts.allSatisfy { (2800...3200).contains($0) }, "\(counts)")
    }

    private func prediction() -> Prediction {
        Prediction(
            ordinal: 3, label: 1, top5: [1, 0], scores: [2.5, -0.0], topByTimeStep: [0, 1], labelRankByTimeStep: [1, 0],
            marginByTimeStep: [0.5, 2.5], spikesByTimeStep: [10, 20], synapticOperationsByTimeStep: [100, 200],
            latency: Latency(decode: 1, preprocess: 2, inference: 3, total: 9))
    }

    @Test func `rows are compared to the bit, times aside`() {
        var other = prediction()
        other.latency.total = 10
        #expect(prediction().differences(from: other) == [])
        other.scores[1] = 0
        other.spikesByTimeStep[1] = 21
        #expect(prediction().differences(from: other) == ["scores", "timestep_spikes"])
    }

    @Test func `spikes part in the earliest time step, there in the first layer of the data's order`() {
        let a = [[5, 5], [6, 6], [7, 7]]
        let b = [[5, 9], [6, 8], [7, 7]]
        let names = ["late", "early", "middle"]
        #expect(
            SpikePlace.first(a, b, names: names, flow: [1, 2, 0]) == SpikePlace(timeStep: 2, layer: "early", aSpikes: 6, bSpikes: 8))
        #expect(SpikePlace.first(a, a, names: names, flow: [1, 2, 0]) == nil)
        #expect(SpikePlace.first([[1]], [[1, 2]], names: ["x"], flow: [0]) == nil)
    }
}
