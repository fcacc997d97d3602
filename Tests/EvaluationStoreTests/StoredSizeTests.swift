import Diagnostics
import Evaluation
import EvaluationStore
import Postgres
import TestSupport
import Testing

/// What an image takes on disk, of rows as the demo has them: 16 classes, four time steps, 287 layers, 500 images a shard.
@Suite(.requiresPostgres) struct StoredSizeTests {
    @Test func `an image takes at most 260 bytes with its index, and 30 of its shard's activity`() throws {
        try StoreFixture.withStore { fixture in
            let images = 20_000
            let run = try fixture.submit(images: images, size: 500)
            let worker = try fixture.worker()
            var numbers = SeededGenerator(seed: 7)
            // Two workers side by side: shards are stored in another order than they are numbered.
            let leases = try fixture.publish(run, limit: 100).map { try fixture.store.queue.claim($0, worker: worker, leaseSeconds: 600) }
            for index in leases.indices {
                let lease = try #require(leases[index ^ 1])
                let predictions = lease.range.ordinals.map { ordinal in
                    Prediction(
                        ordinal: ordinal, label: ordinal % 16, top5: [3, 1, 4, 15, 9],
                        scores: (0..<5).map { _ in Float.random(in: 0..<20, using: &numbers) }, topByTimeStep: [7, 3, 3, 3],
                        labelRankByTimeStep: [3, 1, 0, 0], marginByTimeStep: (0..<4).map { _ in Float.random(in: 0..<9, using: &numbers) },
                        spikesByTimeStep: (0..<4).map { _ in Int.random(in: 5000..<12_000, using: &numbers) },
                        synapticOperationsByTimeStep: (0..<4).map { _ in Int.random(in: 500_000..<1_200_000, using: &numbers) },
                        latency: Latency(decode: 187, preprocess: 121, inference: 836, total: 1252))
                }
                let counts = (0..<287 * 4).map { _ in Int.random(in: 0..<40_000_000, using: &numbers) }
                try fixture.store.queue.store(
                    ShardResult(predictions: predictions, activity: ShardActivity(images: 500, counts: counts, effective: [])),
                    lease: lease,
                    worker: worker)
            }
            let sizes = try PostgresConnection(fixture.address).execute(
                """
                SELECT (SELECT sum(pg_relation_size(oid) + pg_indexes_size(oid))::bigint FROM pg_class
                        WHERE relname LIKE 'prediction_rows%' AND relkind = 'r' AND pg_relation_size(oid) > 0) AS rows,
                       (SELECT sum(pg_relation_size(oid) + pg_relation_size(reltoastrelid) + pg_indexes_size(oid) + pg_indexes_size(reltoastrelid))::bigint
                        FROM pg_class WHERE relname LIKE 'shard_activity%' AND relkind = 'r' AND pg_relation_size(oid) > 0) AS activity
                """
            ).single()
            let (rows, activity) = (Double(try sizes.int("rows")) / Double(images), Double(try sizes.int("activity")) / Double(images))
            print("bytes an image: \(rows) of its row and index, \(activity) of its shard's activity")
            #expect(rows > 200 && rows <= 260)
            #expect(activity > 10 && activity <= 30)
        }
    }
}
