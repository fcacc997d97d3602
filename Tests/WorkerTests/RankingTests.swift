import Engine
import Testing
import Worker

@Suite struct RankingTests {
    private let inference = Inference(
        logits: [[9, 1, 5, 3, 5, 0, 0, 0], [9, 3, 1, 3, 6, 0, 0, 0]], spikes: [[1, 1]], synapticOperations: [[2, 2]],
        effectiveOperations: [[2, 2]])

    @Test func `classes that are left out have no rank, and the others rank as if they were all`() {
        let ranking = inference.ranking(label: 3, among: [1, 2, 3, 4])
        #expect(ranking.top.map(\.class) == [4, 2, 3, 1])
        #expect(ranking.top.map(\.score) == [5.5, 3, 3, 2])
        #expect(ranking.topByTimeStep == [2, 4])
        #expect(ranking.labelRankByTimeStep == [2, 2])
        #expect(ranking.marginByTimeStep == [0, 2.5])
        let all = inference.ranking(label: 3, among: nil)
        #expect(all.top.map(\.class) == [0, 4, 2, 3, 1])
        #expect(all.topByTimeStep == [0, 0] && all.labelRankByTimeStep == [3, 3])
    }
}
