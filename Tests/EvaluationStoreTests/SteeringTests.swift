import Diagnostics
import Evaluation
import EvaluationStore
import Postgres
import TestSupport
import Testing

@Suite(.requiresPostgres) struct SteeringTests {
    @Test func `a paused run hands out nothing, finishes what runs, and goes on where it was`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let worker = try fixture.worker()
            let lease = try #require(try fixture.claimNext(of: run, worker: worker))
            let waiting = try fixture.publish(run, limit: 1)
            #expect(try fixture.store.queue.steer(run, .pause) == .running)
            #expect(try fixture.store.queue.steer(run, .pause) == .paused)
            #expect(try fixture.store.queue.claim(waiting[0], worker: worker, leaseSeconds: 30) == nil)
            #expect(try fixture.publish(run) == [])
            #expect(try fixture.store.queue.renew([lease], seconds: 30) == [.held])
            try fixture.store.queue.store(StoreFixture.result(for: lease), lease: lease, worker: worker)
            #expect(try fixture.store.queue.steer(run, .resume) == .paused)
            #expect(try fixture.publish(run).map(\.shard) == [1, 2])
        }
    }

    @Test func `a cancelled run keeps what is stored and takes nothing more; going on with it does the rest`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let worker = try fixture.worker()
            let stored = try #require(try fixture.claimNext(of: run, worker: worker))
            try fixture.store.queue.store(StoreFixture.result(for: stored), lease: stored, worker: worker)
            let running = try #require(try fixture.claimNext(of: run, worker: worker))
            try fixture.store.queue.steer(run, .cancel)
            #expect(try fixture.store.queue.renew([running], seconds: 30) == [.lost])
            let failure = #expect(throws: Failure.self) {
                try fixture.store.queue.store(StoreFixture.result(for: running), lease: running, worker: worker)
            }
            #expect(failure?.code == .leaseLost)
            #expect(try fixture.store.queue.finishRuns() == [])
            #expect(try fixture.store.queue.fleet(withinSeconds: 10).shards.isEmpty)
            #expect(try fixture.store.answers.report(run).images.evaluated == 4)
            #expect(try fixture.store.queue.progress(run).first?.shardsCancelled == 2)
            for command in [RunState.Command.pause, .resume] {
                #expect(#expect(throws: Failure.self) { try fixture.store.queue.steer(run, command) }?.code == .runState)
            }

            #expect(try fixture.store.queue.reopen(run) == 6)
            while let lease = try fixture.claimNext(of: run, worker: worker) {
                try fixture.store.queue.store(StoreFixture.result(for: lease), lease: lease, worker: worker)
            }
            #expect(try fixture.store.queue.finishRuns() == [run])
            #expect(try fixture.store.answers.report(run).complete)
        }
    }

    @Test func `steering a run that is not there names it`() throws {
        try StoreFixture.withStore { fixture in
            for body: () throws -> Void in [
                { try fixture.store.queue.steer(RunID(9), .cancel) }, { _ = try fixture.store.queue.reopen(RunID(9)) },
                { _ = try fixture.store.queue.retryDead(RunID(9), shards: nil) },
                { _ = try fixture.store.queue.dropDead(RunID(9), shards: nil) },
            ] {
                #expect(#expect(throws: Failure.self) { try body() }?.code == .notFound)
            }
        }
    }

    @Test func `going on with a run does only its failed and dead images, and a report that was kept is forgotten`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 12, size: 4, maxAttempts: 1)
            let worker = try fixture.worker()
            for failing in [[1, 2], [], []] as [Set<Int>] {
                let lease = try #require(try fixture.claimNext(of: run, worker: worker))
                if lease.attempt.shard == 2 {
                    try fixture.store.queue.fail(lease, AttemptFailure(.permanent, code: "x", message: "y"), worker: worker)
                    _ = try fixture.store.queue.rescue(policy: StoreFixture.policy())
                } else {
                    try fixture.store.queue.store(StoreFixture.result(for: lease, failing: failing), lease: lease, worker: worker)
                }
            }
            #expect(try fixture.store.queue.finishRuns() == [run])
            try fixture.store.answers.keepReport(run, json: "{}")
            #expect(try fixture.store.answers.report(run).images == .init(expected: 12, evaluated: 6, failed: 6))

            #expect(try fixture.store.queue.reopen(run) == 6)
            #expect(try fixture.store.answers.runsWithoutReport() == [])
            #expect(try fixture.store.queue.progress(run).first?.imagesDone == 6)
            var redone: [ShardRange] = []
            while let lease = try fixture.claimNext(of: run, worker: worker) {
                redone.append(lease.range)
                try fixture.store.queue.store(StoreFixture.result(for: lease), lease: lease, worker: worker)
            }
            #expect(
                redone.sorted { $0.firstOrdinal < $1.firstOrdinal }
                    == [ShardRange(firstOrdinal: 1, imageCount: 2), ShardRange(firstOrdinal: 8, imageCount: 4)])
            #expect(try fixture.store.queue.finishRuns() == [run])
            #expect(try fixture.store.answers.runsWithoutReport() == [run])
            #expect(try fixture.store.answers.report(run).complete)
            #expect(try fixture.store.queue.progress(run).first?.imagesDone == 12)
            #expect(try fixture.store.queue.reopen(run) == 0)
            #expect(try fixture.store.queue.run(run).state == .finished)
        }
    }

    @Test func `a run that was cancelled with every image stored ends as a complete one when it goes on`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 4, size: 2, maxAttempts: 1)
            let worker = try fixture.worker()
            while let lease = try fixture.claimNext(of: run, worker: worker) {
                try fixture.store.queue.store(StoreFixture.result(for: lease), lease: lease, worker: worker)
            }
            try fixture.store.queue.steer(run, .cancel)
            #expect(try fixture.store.queue.finishRuns() == [])
            #expect(try fixture.store.queue.reopen(run) == 0)
            #expect(try fixture.store.queue.run(run).state == .running)
            #expect(try fixture.store.queue.finishRuns() == [run])
            #expect(try fixture.store.answers.report(run).complete)
        }
    }

    @Test func `dead shards can be tried again or dropped, one by one`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 3, size: 1, maxAttempts: 1)
            let worker = try fixture.worker()
            for _ in 0..<3 {
                try fixture.expire(try #require(try fixture.claimNext(of: run, worker: worker)))
                _ = try fixture.store.queue.rescue(policy: StoreFixture.policy())
            }
            #expect(try fixture.store.queue.finishRuns() == [run])
            #expect(try fixture.store.queue.dropDead(run, shards: [1]) == 1)
            #expect(try fixture.store.queue.dropDead(run, shards: [1]) == 0)
            #expect(try fixture.store.queue.deadShards().map(\.shard) == [0, 2])
            #expect(try fixture.store.queue.retryDead(run, shards: [2]) == 1)
            #expect(try fixture.store.queue.run(run).state == .running)
            let lease = try #require(try fixture.claimNext(of: run, worker: worker))
            #expect(lease.range.firstOrdinal == 2)
            #expect(!lease.isSuspect)
            try fixture.store.queue.store(StoreFixture.result(for: lease), lease: lease, worker: worker)
            #expect(try fixture.store.queue.retryDead(run, shards: nil) == 1)
            #expect(try fixture.store.queue.deadShards() == [])
            #expect(try fixture.store.answers.report(run).images.failed == 1)
        }
    }
}
