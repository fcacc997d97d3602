import Diagnostics
import Evaluation
import EvaluationStore
import Postgres
import TestSupport
import Testing

@Suite(.requiresPostgres) struct OverviewTests {
    @Test func `each look counts what has been stored so far, also after a run was opened again`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 10, size: 4)
            let reader = OverviewReader(EvaluationStore(session: PostgresSession(fixture.address)))
            let worker = try fixture.worker()
            func shown() throws -> RunOverview { try #require(try reader.look().runs.first { $0.run == run }) }
            func stored() throws -> AccuracySoFar {
                let row = try PostgresConnection(fixture.address).execute(
                    "SELECT count(*) AS evaluated, count(*) FILTER (WHERE top5[1] = label) AS correct FROM predictions"
                ).single()
                return AccuracySoFar(correct: try row.int("correct"), evaluated: try row.int("evaluated"))
            }
            #expect(try shown().top1.evaluated == 0)
            #expect(try shown().etaSeconds == nil)
            for attempt in try fixture.publish(run, limit: 3) {
                let lease = try #require(try fixture.store.queue.claim(attempt, worker: worker, leaseSeconds: 30))
                let claimed = try reader.look()
                #expect(claimed.workers.map(\.shards) == [["\(run)/\(attempt.shard)"]])
                try fixture.store.queue.store(StoreFixture.result(for: lease, failing: [5]), lease: lease, worker: worker)
                #expect(try shown().top1 == stored())
                #expect(try shown().imagesPerSecond > 0)
            }
            #expect(try shown().top1.evaluated == 9)
            #expect(try shown().imagesFailed == 1)
            #expect(try fixture.store.queue.finishRuns() == [run])
            let finished = try shown()
            #expect(finished.state == .finished)
            #expect(finished.etaSeconds == nil)
            #expect(finished.shards == ShardCounts(done: 3))
            #expect(try reader.look().runsByState == ["running": 0, "paused": 0, "finished": 1, "cancelled": 0])
            #expect(try reader.look(at: run) == finished)

            _ = try fixture.store.queue.reopen(run)
            #expect(try shown().state == .running)
            #expect(try shown().imagesDone == 9)
            let lease = try #require(try fixture.claimNext(of: run, worker: worker))
            try fixture.store.queue.store(StoreFixture.result(for: lease), lease: lease, worker: worker)
            #expect(try shown().top1 == stored())
            #expect(try shown().top1.evaluated == 10)
            #expect(throws: Failure.self) { try reader.look(at: RunID(99)) }
        }
    }

    @Test func `while no run goes on a look serves again and asks nothing, until a run is made or the connection is cut`() throws {
        try StoreFixture.withStore { fixture in
            let session = PostgresSession(fixture.address)
            let reader = OverviewReader(EvaluationStore(session: session), quietInterval: .seconds(3600))
            let connection = try PostgresConnection(fixture.address)
            func lastStatement() throws -> String {
                try connection.execute(
                    "SELECT query_start::text AS at FROM pg_stat_activity WHERE pid = $1",
                    [.int32(Int32(try session.withConnection { $0.serverProcess }))]
                ).single().text("at")
            }
            /// What was notified has arrived with the answer to any statement.
            func hear() throws { try session.withConnection { try $0.executeScript("SELECT 1") } }
            let first = try reader.look()
            let asked = try lastStatement()
            let worker = try fixture.worker()
            #expect(try reader.look() == first)
            #expect(try lastStatement() == asked)
            let process = try session.withConnection { $0.serverProcess }
            try connection.execute("SELECT pg_terminate_backend($1, 5000)", [.int32(Int32(process))])
            #expect(try reader.look().workers.map(\.id) == [worker])
            let run = try fixture.submit()
            try hear()
            #expect(try reader.look().runs.map(\.run) == [run])
            _ = try fixture.store.queue.steer(run, .cancel)
            try hear()
            #expect(try reader.look().runs.map(\.state) == [.cancelled])
            let ended = try reader.look(at: run)
            let kept = try lastStatement()
            #expect(try reader.look(at: run) == ended)
            #expect(try lastStatement() == kept)
        }
    }

    @Test func `dead shards are counted and listed with their files until they are dropped`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 1, size: 1, maxAttempts: 1)
            let reader = OverviewReader(EvaluationStore(session: PostgresSession(fixture.address)))
            let lease = try #require(try fixture.claimNext(of: run, worker: try fixture.worker()))
            try fixture.expire(lease)
            _ = try fixture.store.queue.rescue(policy: StoreFixture.policy())
            let letters = try reader.look().deadLetters
            #expect(letters.shards == 1)
            #expect(letters.images == 1)
            #expect(letters.newest.map(\.path) == ["cat/0.jpg"])
            #expect(try letters.newest == fixture.store.queue.deadShards())
            _ = try fixture.store.queue.dropDead(run, shards: nil)
            #expect(try reader.look().deadLetters.shards == 0)
            #expect(try reader.look().deadLetters.newest == [])
        }
    }
}
