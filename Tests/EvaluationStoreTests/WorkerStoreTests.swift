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
            try fixture.store.heartbeat(worker: worker, state: .running, imagesPerSecond: 12.5)
            let status = try #require(try fixture.store.workers().first)
            #expect(status.id == worker)
            #expect(status.state == .running)
            #expect(status.shards == ["\(run)/0", "\(run)/1"])
            #expect(status.imagesPerSecond == 12.5)
            #expect(status.kernels == nil)
            #expect(status.secondsSinceHeartbeat < 10)

            let connection = try PostgresConnection(fixture.address)
            try connection.executeScript("UPDATE workers SET last_heartbeat_at = now() - interval '11 seconds'")
            #expect(try fixture.store.workers().map(\.state) == [.gone])
            #expect(try fixture.store.workers().map(\.imagesPerSecond) == [0])
            try fixture.store.heartbeat(worker: worker, state: .running, imagesPerSecond: 1)
            #expect(try fixture.store.workers().map(\.state) == [.running])

            try connection.executeScript("UPDATE workers SET state = 'stopped', last_heartbeat_at = now() - interval '2 days'")
            #expect(try fixture.store.workers().isEmpty)
            #expect(try fixture.store.workers(all: true).map(\.state) == [.stopped])
        }
    }

    @Test func `a worker that is to drain hears of it with its heartbeat; one that has ended cannot be drained`() throws {
        try StoreFixture.withStore { fixture in
            let worker = try fixture.worker()
            #expect(try !fixture.store.heartbeat(worker: worker, state: .running, imagesPerSecond: 0))
            try fixture.store.requestDrain(of: worker)
            #expect(try fixture.store.heartbeat(worker: worker, state: .running, imagesPerSecond: 0))
            try fixture.store.heartbeat(worker: worker, state: .stopped, imagesPerSecond: 0)
            #expect(#expect(throws: Failure.self) { try fixture.store.requestDrain(of: worker) }?.code == Failure.Code("worker.state"))
            #expect(#expect(throws: Failure.self) { try fixture.store.requestDrain(of: 99) }?.code == .notFound)
        }
    }

    @Test func `one coordinator leads until its leadership expires, then the next one does, in a new term`() throws {
        try StoreFixture.withStore { fixture in
            let session = PostgresSession(fixture.address)
            let other = EvaluationStore(session: session)
            let first = try fixture.store.registerCoordinator(host: "a", processID: 1, version: "test")
            let second = try other.registerCoordinator(host: "b", processID: 2, version: "test")
            #expect(try fixture.store.lead(coordinator: first) == 1)
            #expect(try fixture.store.lead(coordinator: first) == 1)
            #expect(try other.lead(coordinator: second) == nil)
            func leaders() throws -> [Int64] {
                try OverviewReader(fixture.store).look().coordinators.filter(\.leads).map(\.id)
            }
            #expect(try leaders() == [first])
            try PostgresConnection(fixture.address).executeScript("UPDATE leadership SET expires_at = now() - interval '1 second'")
            #expect(try leaders() == [])
            #expect(try other.lead(coordinator: second) == 2)
            #expect(try fixture.store.lead(coordinator: first) == nil)
            #expect(try leaders() == [second])
            // One that ends leaves the leadership to whoever comes.
            try other.removeCoordinator(second)
            #expect(try fixture.store.lead(coordinator: first) == 3)
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
            let worker = try withRole("evalctl_worker") {
                try $0.register(WorkerDescription(host: "h", processID: 1, version: "v", instructionSet: "i", threads: 1))
            }
            let published = try withRole("evalctl_coordinator") { try $0.publish(run: run, count: 2) }
            try withRole("evalctl_worker") { store in
                let failed = try #require(try store.claim(published[0], worker: worker, leaseSeconds: 30))
                _ = try store.renew([failed], seconds: 30)
                try store.fail(failed, AttemptFailure(.transient, code: "c", message: "m"), worker: worker)
                let lease = try #require(try store.claim(published[1], worker: worker, leaseSeconds: 30))
                try store.handBack(lease)
                #expect(try store.claim(.next, .test(worker)) == nil)
                try store.recordUndecodable(UndecodableMessages(count: 3, source: "here", reason: "why"), worker: worker)
                try store.heartbeat(worker: worker, state: .running, imagesPerSecond: 0)
            }
            let again = try withRole("evalctl_coordinator") { store in
                _ = try store.rescue(policy: StoreFixture.policy())
                _ = try store.markGone()
                _ = try store.declines(withinSeconds: 60)
                try store.wakeWorkers()
                try store.announce([.runPaused(run)])
                try store.pruneUndecodable()
                _ = try store.fleet(withinSeconds: 10)
                _ = try store.unsentDeadLetters()
                _ = try store.workerStates(above: 0, watched: [])
                _ = try store.runStates(watched: [])
                let number = try store.registerCoordinator(host: "h", processID: 1, version: "v")
                #expect(try store.lead(coordinator: number) != nil)
                try store.removeCoordinator(number)
                return try store.publish(run: run, count: 2)
            }
            try withRole("evalctl_worker") { store in
                for job in again {
                    let lease = try #require(try store.claim(job, worker: worker, leaseSeconds: 30))
                    try store.store(StoreFixture.result(for: lease), lease: lease, worker: worker)
                }
            }
            try withRole("evalctl_coordinator") { store in
                #expect(try store.finishRuns() == [run])
                try store.keepReport(run, json: "{}")
            }
            try withRole("evalctl_owner") { store in
                _ = try store.reopen(run)
                _ = try store.workers()
                _ = try store.deadShards()
            }
        }
    }
}
