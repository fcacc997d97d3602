import Evaluation
import EvaluationStore
import Postgres
import TestSupport
import Testing

/// Predictions keep every number that a worker gave, and SQL reads the same as Swift.
@Suite(.requiresPostgres) struct PredictionRowTests {
    private static func prediction(_ ordinal: Int, classes: Int, spikes: [Int], synops: [Int]) -> Prediction {
        let steps = spikes.count
        return Prediction(
            ordinal: ordinal, label: 3, top5: Array((0..<classes).map { 7 - $0 }), scores: (0..<classes).map { 9 - Float($0) * 1.5 },
            topByTimeStep: (0..<steps).map { $0 == steps - 1 ? 7 : $0 }, labelRankByTimeStep: (0..<steps).map { $0 + 2 },
            marginByTimeStep: (0..<steps).map { Float($0) * 0x1p-149 }, spikesByTimeStep: spikes, synapticOperationsByTimeStep: synops,
            latency: Latency(decode: 1, preprocess: 2, inference: 3, total: Int(Int32.max)))
    }

    /// Numbers of classes and time steps around the limits, and counts on both sides of 31 and 32 bits.
    private static let rows = [
        prediction(0, classes: 5, spikes: [1, 2, 3, 4], synops: [10, 20, 30, 40]),
        prediction(1, classes: 1, spikes: [0], synops: [0]),
        prediction(2, classes: 2, spikes: [0, 0], synops: [0x7fff_ffff, 0]),
        prediction(3, classes: 5, spikes: [5, 6, 7], synops: [0x7fff_ffff, 1, 0]),
        prediction(4, classes: 3, spikes: [0x8000_0000, 0, 0xffff_ffff], synops: [1 << 40, 0x7fff_ffff, 0]),
        prediction(5, classes: 5, spikes: (0..<1024).map { $0 }, synops: (0..<1024).map { $0 << 30 }),
    ]

    @Test func `what was stored is read again, by Swift and by SQL`() throws {
        for row in Self.rows {
            try StoreFixture.withStore { fixture in
                let run = try fixture.submit(images: 6, size: 6)
                let worker = try fixture.worker()
                let lease = try #require(try fixture.claimNext(of: run, worker: worker))
                try fixture.store.queue.store(ShardResult(predictions: [row]), lease: lease, worker: worker)
                #expect(try fixture.store.answers.stored(of: run, ordinals: [row.ordinal]).map(\.prediction) == [row])
                let seen = try PostgresConnection(fixture.address).execute("SELECT * FROM predictions").single()
                #expect(try seen.ints("top5") == row.top5)
                #expect(try seen.doubles("scores") == row.scores.map(Double.init))
                #expect(try seen.ints("timestep_top1") == row.topByTimeStep)
                #expect(try seen.ints("timestep_label_rank") == row.labelRankByTimeStep)
                #expect(try seen.doubles("timestep_margin") == row.marginByTimeStep.map(Double.init))
                #expect(try seen.ints("timestep_spikes") == row.spikesByTimeStep)
                #expect(try seen.ints("timestep_synops") == row.synapticOperationsByTimeStep)
                #expect(try seen.int("spikes") == row.spikesByTimeStep.reduce(0, +))
                #expect(try seen.int("synops") == row.synapticOperationsByTimeStep.reduce(0, +))
                #expect(try seen.int("predicted") == row.top5[0])
                #expect(try seen.int("label_rank") == row.labelRankByTimeStep.last)
                #expect(try seen.int("worker_id") == Int(worker))
            }
        }
    }
}
