import Evaluation
import EvaluationStore
import Postgres
import TestSupport
import Testing

@Suite(.requiresPostgres) struct PublishingTests {
    @Test func `shards are published lowest first`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 10, size: 2)
            let published = try fixture.store.queue.publish(run: run, count: 3)
            #expect(published.map(\.attempt.shard) == [0, 1, 2])
            let fleet = try fixture.store.queue.fleet(withinSeconds: 10)
            #expect(try fixture.store.queue.unclaimedJobs() == 3)
            #expect(fleet.unclaimed == 3)
            #expect(
                try fixture.store.queue.demands(limit: 50, underWay: fleet.underWay).map(\.demand) == [.init(run: run, due: 2, underWay: 3)]
            )
            #expect(try fixture.store.queue.demands(limit: 1, underWay: [:]).map(\.demand.due) == [1])
            try fixture.store.queue.unpublish(published.map(\.attempt))
            #expect(try fixture.store.queue.publish(run: run, count: 3) == published)
        }
    }

    @Test func `runs of a higher priority come first`() throws {
        try StoreFixture.withStore { fixture in
            let low = try fixture.submit()
            let high = try fixture.submit()
            try fixture.store.queue.setPriority(of: high, to: 5)
            #expect(try fixture.store.queue.demands(limit: 9, underWay: [:]).map(\.demand.run) == [high, low])
        }
    }

    @Test func `the fleet is what is out and who takes work, and a shard that is sent again is counted`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 10, size: 2)
            let workers = [try fixture.worker(), try fixture.worker(), try fixture.worker()]
            _ = try fixture.store.queue.heartbeat(worker: workers[1], state: .draining, imagesPerSecond: 0)
            try fixture.store.queue.requestDrain(of: workers[2])
            let published = try fixture.store.queue.publish(run: run, count: 2)
            _ = try fixture.store.queue.claim(published[0], worker: workers[0], leaseSeconds: 30)
            try fixture.store.queue.republish([published[1].attempt])
            let fleet = try fixture.store.queue.fleet(withinSeconds: 10)
            #expect(fleet.workers == [LiveWorker(id: workers[0], slots: 2)])
            #expect(fleet.idleSlots == [workers[0]: 1])
            #expect(fleet.shards.first { !$0.isRunning }?.publications == 2)
            #expect(fleet.shards.first { $0.isRunning }?.worker == workers[0])
            #expect(try fixture.store.queue.fleet(withinSeconds: -1).workers.isEmpty)
        }
    }

    @Test func `a job that a worker declines goes back with its attempt, and the coordinator hears of it`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let worker = try fixture.worker()
            let job = try #require(try fixture.store.queue.publish(run: run, count: 1).first)
            try fixture.store.queue.decline(job.attempt, worker: worker, code: "dataset.root_missing", message: "no folder")
            #expect(
                try fixture.store.queue.declines(withinSeconds: 60).map { [Int($0.run.rawValue), $0.shard] } == [[Int(run.rawValue), 0]])
            // Not at once: its worker might be the only one.
            #expect(try fixture.store.queue.publish(run: run, count: 1).map(\.attempt.shard) == [1])
            try PostgresConnection(fixture.address).executeScript("UPDATE shards SET not_before = now()")
            #expect(try fixture.store.queue.publish(run: run, count: 1) == [job])
            let lease = try #require(try fixture.store.queue.claim(job, worker: worker, leaseSeconds: 30))
            try fixture.store.queue.decline(job.attempt, worker: worker, code: "x", message: "too late")
            #expect(try fixture.store.queue.renew([lease], seconds: 30) == [.held])
        }
    }

    @Test func `what usual shards take is known once eight are done and none is pending`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 9, size: 1)
            let worker = try fixture.worker()
            for count in 1...8 {
                let lease = try #require(try fixture.claimNext(of: run, worker: worker))
                try fixture.store.queue.store(StoreFixture.result(for: lease), lease: lease, worker: worker)
                #expect(try fixture.store.queue.percentile95(of: run) == nil, "\(count)")
            }
            _ = try fixture.claimNext(of: run, worker: worker)
            #expect(try fixture.store.queue.percentile95(of: run) != nil)
        }
    }

    @Test func `no statement of the coordinator's loop reads shards that are over`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 20_000, size: 1)
            let connection = try PostgresConnection(fixture.address)
            try connection.executeScript("UPDATE shards SET state = 'done', finished_at = now() WHERE shard >= 10")
            try connection.executeScript("VACUUM ANALYZE shards")
            func shardsRead(_ body: () throws -> Void) throws -> Int {
                let counter = """
                    SELECT (SELECT coalesce(seq_tup_read, 0) FROM pg_stat_user_tables WHERE relname = 'shards')
                         + (SELECT coalesce(sum(idx_tup_read), 0)::bigint FROM pg_stat_user_indexes WHERE relname = 'shards') AS reads
                    """
                func look() throws -> Int {
                    try fixture.store.session.withConnection { try $0.executeScript("SELECT pg_stat_force_next_flush()") }
                    return try PostgresConnection(fixture.address).execute(counter).single().int("reads")
                }
                let before = try look()
                try body()
                return try look() - before
            }
            let read = try shardsRead {
                let fleet = try fixture.store.queue.fleet(withinSeconds: 10)
                _ = try fixture.store.queue.demands(limit: 16, underWay: fleet.underWay)
                _ = try fixture.store.queue.publish(run: run, count: 4)
                _ = try fixture.store.queue.rescue(policy: StoreFixture.policy())
                _ = try fixture.store.queue.finishRuns()
                _ = try fixture.store.queue.unsentDeadLetters()
                _ = try fixture.store.queue.fleet(withinSeconds: 10)
            }
            #expect(read < 500)
            #expect(try shardsRead { _ = try fixture.store.queue.progress(run) } >= 20_000)
        }
    }
}
