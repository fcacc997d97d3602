import Diagnostics
import Evaluation
import EvaluationStore
import Postgres
import TestSupport
import Testing

@Suite(.requiresPostgres) struct WorkerStoreTests {
    @Test func `a worker is listed with what it does, and as gone once it is silent`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let worker = try fixture.worker()
            _ = try fixture.claimNext(of: run, worker: worker)
            _ = try fixture.claimNext(of: run, worker: worker)
            try fixture.store.queue.heartbeat(worker: worker, state: .running, imagesPerSecond: 12.5)
            let status = try #require(try fixture.store.queue.workers().first)
            #expect(status.id == worker)
            #expect(status.state == .running)
            #expect(status.shards == ["\(run)/0", "\(run)/1"])
            #expect(status.imagesPerSecond == 12.5)
            #expect(status.kernels == nil)
            #expect(status.secondsSinceHeartbeat < 10)

            let connection = try PostgresConnection(fixture.address)
            try connection.executeScript("UPDATE workers SET last_heartbeat_at = now() - interval '11 seconds'")
            #expect(try fixture.store.queue.workers().map(\.state) == [.gone])
            #expect(try fixture.store.queue.workers().map(\.imagesPerSecond) == [0])
            try fixture.store.queue.heartbeat(worker: worker, state: .running, imagesPerSecond: 1)
            #expect(try fixture.store.queue.workers().map(\.state) == [.running])

            try connection.executeScript("UPDATE workers SET state = 'stopped', last_heartbeat_at = now() - interval '2 days'")
            #expect(try fixture.store.queue.workers().isEmpty)
            #expect(try fixture.store.queue.workers(all: true).map(\.state) == [.stopped])
        }
    }

    @Test func `a worker that is to drain hears of it with its heartbeat; one that has ended cannot be drained`() throws {
        try StoreFixture.withStore { fixture in
            let worker = try fixture.worker()
            #expect(try !fixture.store.queue.heartbeat(worker: worker, state: .running, imagesPerSecond: 0))
            try fixture.store.queue.requestDrain(of: worker)
            #expect(try fixture.store.queue.heartbeat(worker: worker, state: .running, imagesPerSecond: 0))
            try fixture.store.queue.heartbeat(worker: worker, state: .stopped, imagesPerSecond: 0)
            #expect(
                #expect(throws: Failure.self) { try fixture.store.queue.requestDrain(of: worker) }?.code == Failure.Code("worker.state"))
            #expect(#expect(throws: Failure.self) { try fixture.store.queue.requestDrain(of: 99) }?.code == .notFound)
        }
    }

    @Test func `one coordinator leads until its leadership expires, then the next one does, in a new term`() throws {
        try StoreFixture.withStore { fixture in
            let session = PostgresSession(fixture.address)
            let other = EvaluationStore(session: session)
            let first = try fixture.store.queue.registerCoordinator(host: "a", processID: 1, version: "test")
            let second = try other.queue.registerCoordinator(host: "b", processID: 2, version: "test")
            #expect(try fixture.store.queue.lead(coordinator: first) == 1)
            #expect(try fixture.store.queue.lead(coordinator: first) == 1)
            #expect(try other.queue.lead(coordinator: second) == nil)
            func leaders() throws -> [Int64] {
                try OverviewReader(fixture.store).look().coordinators.filter(\.leads).map(\.id)
            }
            #expect(try leaders() == [first])
            try PostgresConnection(fixture.address).executeScript("UPDATE leadership SET expires_at = now() - interval '1 second'")
            #expect(try leaders() == [])
            #expect(try other.queue.lead(coordinator: second) == 2)
            #expect(try fixture.store.queue.lead(coordinator: first) == nil)
            #expect(try leaders() == [second])
            // One that ends leaves the leadership to whoever comes.
            try other.queue.removeCoordinator(second)
            #expect(try fixture.store.queue.lead(coordinator: first) == 3)
        }
    }

    @Test func `worker and coordinator roles may do what they have to`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 4, size: 2, maxAttempts: 1)
            func withRole<Result>(_ role: String, _ body: (EvaluationStore) throws -> Result) throws -> Result {
                let session = PostgresSession(fixture.address)
                try session.withConnection { try $0.executeScript("SET ROLE \(role)") }
                return try body(EvaluationStore(session: session))
            }
            for role in ["evalctl_worker", "evalctl_coordinator"] { try withRole(role) { try $0.queue.requireAccess() } }
            let refused = #expect(throws: Failure.self) { try withRole("pg_read_all_settings") { try $0.queue.requireAccess() } }
            #expect(refused?.code == .databaseInsufficientPrivilege)
            let worker = try withRole("evalctl_worker") {
                try $0.queue.register(WorkerDescription(host: "h", processID: 1, version: "v", instructionSet: "i", threads: 1))
            }
            let published = try withRole("evalctl_coordinator") { try $0.queue.publish(run: run, count: 2) }
            try withRole("evalctl_worker") { store in
                let failed = try #require(try store.queue.claim(published[0], worker: worker, leaseSeconds: 30))
                _ = try store.queue.renew([failed], seconds: 30)
                try store.queue.fail(failed, AttemptFailure(.transient, code: "c", message: "m"), worker: worker)
                let lease = try #require(try store.queue.claim(published[1], worker: worker, leaseSeconds: 30))
                try store.queue.handBack(lease)
                #expect(try store.queue.claim(.next, .test(worker)) == nil)
                try store.queue.recordUndecodable(UndecodableMessages(count: 3, source: "here", reason: "why"), worker: worker)
                try store.queue.heartbeat(worker: worker, state: .running, imagesPerSecond: 0)
            }
            let again = try withRole("evalctl_coordinator") { store in
                _ = try store.queue.rescue(policy: StoreFixture.policy())
                _ = try store.queue.markGone()
                _ = try store.queue.declines(withinSeconds: 60)
                try store.queue.wakeWorkers()
                try store.queue.announce([.runPaused(run)])
                try store.queue.pruneUndecodable()
                _ = try store.queue.fleet(withinSeconds: 10)
                _ = try store.queue.unsentDeadLetters()
                _ = try store.queue.workerStates(above: 0, watched: [])
                _ = try store.queue.runStates(watched: [])
                let number = try store.queue.registerCoordinator(host: "h", processID: 1, version: "v")
                #expect(try store.queue.lead(coordinator: number) != nil)
                try store.queue.removeCoordinator(number)
                return try store.queue.publish(run: run, count: 2)
            }
            try withRole("evalctl_worker") { store in
                for job in again {
                    let lease = try #require(try store.queue.claim(job, worker: worker, leaseSeconds: 30))
                    try store.queue.store(StoreFixture.result(for: lease), lease: lease, worker: worker)
                }
            }
            try withRole("evalctl_coordinator") { store in
                #expect(try store.queue.finishRuns() == [run])
                try store.answers.keepReport(run, json: "{}")
            }
            try withRole("evalctl_owner") { store in
                _ = try store.queue.reopen(run)
                _ = try store.queue.workers()
                _ = try store.queue.deadShards()
            }
        }
    }
}
