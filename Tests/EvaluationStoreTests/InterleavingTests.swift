import Diagnostics
import Evaluation
import EvaluationStore
import Postgres
import TestSupport
import Testing

/// Every command of an operator, a worker and the coordinator beside every other one, on the same run and shard, in both orders.
@Suite(.requiresPostgres) struct InterleavingTests {
    /// A run with a shard in every state: 0 runs, 1 is done with a failed image, 2 is dead, 3 is published, 4 and 5 are pending.
    private struct Scene: Sendable {
        let run: RunID
        let specification: RunSpecification
        let lease: Lease
        let published: ShardAttempt
        let worker: Int64

        init(_ fixture: StoreFixture) throws {
            let run = try fixture.submit(images: 12, size: 2, maxAttempts: 1)
            let worker = try fixture.worker()
            let leases = try (0..<3).map { _ in try fixture.claimNext(of: run, worker: worker) }
            guard let running = leases[0], let stored = leases[1], let lost = leases[2] else { throw Missing() }
            try fixture.store.queue.store(StoreFixture.result(for: stored, failing: [2]), lease: stored, worker: worker)
            try fixture.store.queue.fail(lost, AttemptFailure(.permanent, code: "c", message: "m"), worker: worker)
            _ = try fixture.store.queue.rescue(policy: StoreFixture.policy())
            guard let next = try fixture.publish(run, limit: 1).first else { throw Missing() }
            (self.run, self.worker, lease, published) = (run, worker, running, next)
            specification = try fixture.store.queue.run(run).specification
        }

        struct Missing: Error {}
    }

    private struct Action: Sendable, CustomTestStringConvertible {
        let name: String
        let body: @Sendable (StoreFixture, Scene) throws -> Void
        var testDescription: String { name }

        init(_ name: String, _ body: @escaping @Sendable (StoreFixture, Scene) throws -> Void) {
            (self.name, self.body) = (name, body)
        }
    }

    private static let actions = [
        Action("pause") { try $0.store.queue.steer($1.run, .pause) },
        Action("resume") { try $0.store.queue.steer($1.run, .resume) },
        Action("cancel") { try $0.store.queue.steer($1.run, .cancel) },
        Action("priority") { try $0.store.queue.setPriority(of: $1.run, to: 3) },
        Action("retry") { _ = try $0.store.queue.retryDead($1.run, shards: nil) },
        Action("reopen") { _ = try $0.store.queue.reopen($1.run) },
        Action("submit") { _ = try $0.store.queue.submitOnce($1.specification, plan: RunPlan(shardSize: 2), images: 12) },
        Action("drop") { _ = try $0.store.queue.dropDead($1.run, shards: nil) },
        Action("delete") { _ = try $0.store.queue.deleteRun($1.run) },
        Action("prune") { _ = try $0.store.queue.pruneRun($1.run) },
        Action("publish") { _ = try $0.publish($1.run, limit: 1) },
        Action("claim") { _ = try $0.store.queue.claim($1.published, worker: $1.worker, leaseSeconds: 30) },
        Action("store") {
            try $0.store.queue.store(StoreFixture.result(for: $1.lease, failing: [0]), lease: $1.lease, worker: $1.worker)
        },
        Action("decline") {
            try $0.store.queue.decline($1.published, worker: $1.worker, code: "worker.unfit", message: "it has no memory")
        },
        Action("hand back") { try $0.store.queue.handBack($1.lease) },
        Action("renew") { _ = try $0.store.queue.renew([$1.lease], seconds: 30) },
        // An unknown failure splits the shard of two images, as its attempts are used up.
        Action("split") {
            try $0.store.queue.fail($1.lease, AttemptFailure(.unknown, code: "c", message: "m"), worker: $1.worker)
            _ = try $0.store.queue.rescue(policy: StoreFixture.policy())
        },
        Action("drain") { try $0.store.queue.requestDrain(of: $1.worker) },
        Action("offer a second worker") { try $0.store.queue.offerBackups([$1.lease.attempt]) },
        Action("compute as a second worker") {
            try $0.store.queue.offerBackups([$1.lease.attempt])
            let second = try $0.worker()
            let job = JobMessage($1.lease.attempt, isBackup: true)
            guard let lease = try $0.store.queue.claim(job, worker: second, leaseSeconds: 30) else { return }
            try $0.store.queue.store(StoreFixture.result(for: lease), lease: lease, worker: second)
        },
        Action("finish") { fixture, _ in _ = try fixture.store.queue.finishRuns() },
    ]

    /// What holds for every run at all times.
    private static let violations = """
        SELECT 'run ' || run_id || ' has ended with shards that go on' AS violation FROM runs r WHERE state IN ('finished', 'cancelled')
            AND EXISTS (SELECT FROM shards s WHERE s.run_id = r.run_id AND s.state IN ('pending', 'published', 'running'))
        UNION ALL
        SELECT 'run ' || run_id || ' has ended without a time or figures' FROM runs r WHERE state IN ('finished', 'cancelled')
            AND (finished_at IS NULL OR NOT EXISTS (SELECT FROM run_figures k WHERE k.run_id = r.run_id))
        UNION ALL
        SELECT 'run ' || run_id || ' goes on with a time or figures of its end' FROM runs r WHERE state NOT IN ('finished', 'cancelled')
            AND (finished_at IS NOT NULL OR EXISTS (SELECT FROM run_figures k WHERE k.run_id = r.run_id))
        UNION ALL
        SELECT 'image ' || o || ' of run ' || r.run_id || ' counts ' || n || ' times' FROM runs r
        CROSS JOIN generate_series(0, 11) AS o
        CROSS JOIN LATERAL (
            SELECT (SELECT count(*) FROM prediction_rows p WHERE p.run_id = r.run_id AND p.ordinal = o)
                 + (SELECT count(*) FROM image_failures f WHERE f.run_id = r.run_id AND f.ordinal = o)
                 + (SELECT count(*) FROM shards s WHERE s.run_id = r.run_id AND o >= first_ordinal AND o < first_ordinal + image_count
                    AND s.state IN ('pending', 'published', 'running', 'cancelled')) AS n) c
        WHERE n <> 1 AND r.pruned_at IS NULL
        UNION ALL
        SELECT 'shard ' || shard || ' of run ' || run_id || ' would not be the next one' FROM shards JOIN runs USING (run_id) WHERE shard >= next_shard
        """

    @Test(arguments: [Interleaving.Place.runs, .shards])
    func `two at once come to what one after the other would, and to no deadlock`(place: Interleaving.Place) throws {
        var met: [String: Set<Interleaving.Meeting>] = [:]
        for first in Self.actions {
            try StoreFixture.withStore { fixture in
                let interleaving = try Interleaving(fixture.address)
                let observer = try PostgresConnection(fixture.address)
                for second in Self.actions {
                    let scene = try Scene(fixture)
                    let address = fixture.address
                    let result = try interleaving.meet(
                        at: place, first: { try first.body(StoreFixture(store: $0, address: address), scene) },
                        second: { try second.body(StoreFixture(store: $0, address: address), scene) })
                    let pair = "\(first.name) beside \(second.name), held at \(place)"
                    met[first.name, default: []].insert(result.meeting)
                    // A state that does not allow it, a lost lease, and a run that is gone are answers.
                    let unexpected = result.failures.filter { error in
                        (error as? Failure).map { ![.runState, .leaseLost, .notFound].contains($0.code) } ?? true
                    }
                    #expect(unexpected.isEmpty, "\(pair): \(unexpected)")
                    let broken = try observer.execute(Self.violations).map { try $0.text("violation") }
                    #expect(broken == [], "\(pair)")
                    try observer.executeScript("DELETE FROM prediction_rows; DELETE FROM shard_activity; DELETE FROM runs")
                    // It does not write there, and would come before each of the others.
                    if result.meeting == .none { break }
                }
            }
        }
        // Otherwise the pairs would prove less than they seem to.
        let writers =
            place == .runs
            ? ["pause", "cancel", "retry", "reopen", "split"] : ["pause", "cancel", "retry", "reopen", "store", "split", "publish"]
        for name in writers { #expect(met[name]?.contains(.waited) == true, "\(name) was never waited for at \(place)") }
    }

    @Test func `a run that is opened again while it is finished goes on`() throws {
        try StoreFixture.withStore { fixture in
            let interleaving = try Interleaving(fixture.address)
            let observer = try PostgresConnection(fixture.address)
            for retries in [true, false] {
                let run = try fixture.submit(images: 1, size: 1, maxAttempts: 1)
                let lease = try #require(try fixture.claimNext(of: run, worker: try fixture.worker()))
                try fixture.expire(lease)
                _ = try fixture.store.queue.rescue(policy: StoreFixture.policy())
                let result = try interleaving.meet(
                    at: .shards, first: { _ = try retries ? $0.queue.retryDead(run, shards: nil) : $0.queue.reopen(run) },
                    second: { _ = try $0.queue.finishRuns() })
                #expect(result.failures.isEmpty)
                #expect(try fixture.store.queue.run(run).state == .running)
                #expect(try observer.execute(Self.violations).filter { try !$0.text("violation").hasPrefix("image") }.isEmpty)
                _ = try fixture.store.queue.steer(run, .cancel)
            }
        }
    }

    @Test func `who submits the same at the same moment gets the same run, and each new one that is asked for is made`() throws {
        try StoreFixture.withStore { fixture in
            let interleaving = try Interleaving(fixture.address)
            let known = try fixture.submit()
            let specification = try fixture.store.queue.run(known).specification
            try fixture.store.queue.steer(known, .cancel)
            _ = try fixture.store.queue.deleteRun(known)
            let submit: @Sendable (EvaluationStore) throws -> Void = {
                _ = try $0.queue.submitOnce(specification, plan: RunPlan(shardSize: 4), images: 10)
            }
            let once = try interleaving.meet(at: .runs, first: submit, second: submit)
            #expect(once.meeting == .waited && once.failures.isEmpty)
            #expect(try fixture.store.queue.progress().count == 1)
            let new: @Sendable (EvaluationStore) throws -> Void = {
                _ = try $0.queue.submit(specification, plan: RunPlan(shardSize: 4), images: 10)
            }
            let both = try interleaving.meet(at: .runs, first: new, second: new)
            #expect(both.meeting == .waited && both.failures.isEmpty)
            #expect(try fixture.store.queue.progress().count == 3)
        }
    }

    @Test func `a model that is added while another with its checkpoint is deleted has its checkpoint`() throws {
        try StoreFixture.withStore { fixture in
            let interleaving = try Interleaving(fixture.address)
            @Sendable func add(_ name: String, _ store: EvaluationStore) throws {
                _ = try store.catalogue.addModel(
                    StoredModel(
                        name: name, sha256: String(repeating: "ab", count: 32), format: "torch", bytes: 3, architecture: "{}",
                        parameters: 7,
                        paperName: nil), layers: []
                ) { $0 == 0 ? [1, 2, 3] : nil }
            }
            try add("a", fixture.store)
            for (first, second): (@Sendable (EvaluationStore) throws -> Void, @Sendable (EvaluationStore) throws -> Void) in [
                ({ try add("b", $0) }, { try $0.catalogue.deleteModel(named: "a") }),
                ({ try $0.catalogue.deleteModel(named: "b") }, { try add("c", $0) }),
            ] {
                let result = try interleaving.meet(at: .models, first: first, second: second)
                #expect(result.failures.isEmpty)
                var bytes = 0
                try fixture.store.catalogue.forEachChunk(ofCheckpoint: String(repeating: "ab", count: 32)) { bytes += $0.count }
                #expect(bytes == 3)
            }
        }
    }
}
