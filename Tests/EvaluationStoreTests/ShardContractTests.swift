import Diagnostics
import Evaluation
import EvaluationStore
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite(.requiresPostgres) struct ShardContractTests {
    @Test func `a published shard is claimed once, a duplicate message gets nothing`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let worker = try fixture.worker()
            let published = try fixture.publish(run)
            #expect(published.map(\.shard) == [0, 1, 2])
            let lease = try #require(try fixture.store.queue.claim(published[2], worker: worker, leaseSeconds: 30))
            #expect(lease.range == ShardRange(firstOrdinal: 8, imageCount: 2))
            #expect(!lease.isSuspect)
            #expect(try fixture.store.queue.claim(published[2], worker: worker, leaseSeconds: 30) == nil)
        }
    }

    @Test func `a shard that was not published, or another attempt of it, cannot be claimed`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let worker = try fixture.worker()
            #expect(
                try fixture.store.queue.claim(ShardAttempt(run: run, shard: 0, attempt: 1), worker: worker, leaseSeconds: 30) == nil)
            _ = try fixture.publish(run, limit: 1)
            #expect(
                try fixture.store.queue.claim(ShardAttempt(run: run, shard: 0, attempt: 2), worker: worker, leaseSeconds: 30) == nil)
        }
    }

    @Test func `four workers that ask for what comes next share all shards, each to one of them`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 200, size: 1)
            _ = try fixture.publish(run, limit: 200)
            let claimed = Mutex<[Int]>([])
            let failures = Mutex(0)
            let threads = try (0..<4).map { _ in
                let worker = try fixture.worker()
                return NamedThread("claims") { [address = fixture.address] in
                    let store = EvaluationStore(session: PostgresSession(address))
                    do {
                        // A shard that another one is claiming at this moment is passed over, so the end shows only by itself.
                        var misses = 0
                        while misses < 3 {
                            guard let lease = try store.queue.claim(.next, .test(worker)) else {
                                misses += 1
                                continue
                            }
                            claimed.withLock { $0.append(lease.attempt.shard) }
                        }
                    } catch {
                        failures.withLock { $0 += 1 }
                    }
                }
            }
            threads.forEach { $0.join() }
            #expect(failures.withLock { $0 } == 0)
            #expect(claimed.withLock { $0.sorted() } == Array(0..<200))
        }
    }

    @Test func `what comes next goes by priority, and leaves out what the worker lacks something of`() throws {
        try StoreFixture.withStore { fixture in
            let low = try fixture.submit(images: 2, size: 2)
            let high = try fixture.submit(images: 2, size: 2)
            try fixture.store.queue.setPriority(of: high, to: 5)
            let worker = try fixture.worker()
            for run in [low, high] { _ = try fixture.publish(run) }
            let specification = try fixture.store.queue.run(low).specification
            var request = ClaimRequest.test(worker)
            request.unfitDataSets = [specification.datasetID]
            #expect(try fixture.store.queue.claim(.next, request) == nil)
            request.unfitDataSets = []
            request.unfitModels = [specification.modelID]
            #expect(try fixture.store.queue.claim(.next, request) == nil)
            #expect(try fixture.store.queue.claim(.next, .test(worker))?.attempt.run == high)
            #expect(try fixture.store.queue.claim(.next, .test(worker))?.attempt.run == low)
            #expect(try fixture.store.queue.claim(.next, .test(worker)) == nil)
        }
    }

    @Test func `a worker whose claim went unanswered finds its lease again`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            _ = try fixture.publish(run, limit: 1)
            let request = ClaimRequest.test(try fixture.worker())
            #expect(try fixture.store.queue.lease(of: request) == nil)
            let lease = try #require(try fixture.store.queue.claim(.next, request))
            #expect(try fixture.store.queue.lease(of: request) == lease)
            try fixture.store.queue.handBack(lease)
            #expect(try fixture.store.queue.lease(of: request) == nil)
        }
    }

    @Test func `a store counts once, and storing again with the same lease changes nothing`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let worker = try fixture.worker()
            let lease = try #require(try fixture.claimNext(of: run, worker: worker))
            try fixture.store.queue.store(StoreFixture.result(for: lease), lease: lease, worker: worker)
            try fixture.store.queue.store(StoreFixture.result(for: lease), lease: lease, worker: worker)
            #expect(try fixture.store.answers.report(run).images.evaluated == 4)
            #expect(try fixture.store.queue.renew([lease], seconds: 30) == [.lost])
        }
    }

    @Test func `a late worker's store is refused by its token, and the other's rows stay`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let worker = try fixture.worker()
            let late = try #require(try fixture.claimNext(of: run, worker: worker))
            try fixture.expire(late)
            let ended = try fixture.store.queue.rescue(policy: StoreFixture.policy())
            #expect(ended.map(\.attempt) == [late.attempt])
            #expect(ended.map(\.consequence) == [.retried(delay: 0)])
            let lease = try #require(try fixture.claimNext(of: run, worker: worker))
            #expect(lease.attempt.attempt == 2)
            #expect(lease.isSuspect)
            let failure = #expect(throws: Failure.self) {
                try fixture.store.queue.store(StoreFixture.result(for: late), lease: late, worker: worker)
            }
            #expect(failure?.code == .leaseLost)
            #expect(try fixture.store.answers.report(run).images.evaluated == 0)
            try fixture.store.queue.store(StoreFixture.result(for: lease), lease: lease, worker: worker)
            #expect(try fixture.store.answers.report(run).images.evaluated == 4)
        }
    }

    @Test func `a lease that ran out and was not taken yet is renewed, and after a start of the database nobody takes it for a while`()
        throws
    {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let worker = try fixture.worker()
            let lease = try #require(try fixture.claimNext(of: run, worker: worker, leaseSeconds: -1))
            let queue = fixture.store.queue
            // The database runs for less than thirty years, and for more than no time.
            for _ in 0..<2 { #expect(try queue.rescue(policy: StoreFixture.policy(), graceAfterStart: 1e9).isEmpty) }
            #expect(try queue.markGone(graceAfterStart: 1e9).isEmpty)
            #expect(try queue.renew([lease], seconds: -1) == [.held])
            #expect(try queue.rescue(policy: StoreFixture.policy(), graceAfterStart: 0).map(\.attempt) == [lease.attempt])
            #expect(try queue.renew([lease], seconds: 30) == [.lost])
        }
    }

    @Test func `leases are renewed together, and a shard that is being stored counts as held without waiting for it`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let worker = try fixture.worker()
            let leases = try (0..<3).map { _ in try #require(try fixture.claimNext(of: run, worker: worker)) }
            try fixture.store.queue.store(StoreFixture.result(for: leases[1]), lease: leases[1], worker: worker)
            let storing = try PostgresConnection(fixture.address)
            try storing.transaction { connection in
                _ = try connection.execute("SELECT FROM shards WHERE run_id = \(run) AND shard = 2 FOR UPDATE")
                #expect(try fixture.store.queue.renew(leases, seconds: 30) == [.held, .lost, .held])
            }
        }
    }

    @Test func `a shard that is handed back keeps its attempt, a failed one uses it up and keeps why`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let worker = try fixture.worker()
            let first = try #require(try fixture.claimNext(of: run, worker: worker))
            try fixture.store.queue.handBack(first)
            let second = try #require(try fixture.claimNext(of: run, worker: worker))
            #expect(second.attempt == first.attempt)
            #expect(!second.isSuspect)
            try fixture.store.queue.fail(second, AttemptFailure(.transient, code: "x", message: "y"), worker: worker)
            #expect(
                try fixture.store.queue.rescue(policy: StoreFixture.policy()).map(\.failure) == [.init(.transient, code: "x", message: "y")]
            )
            let third = try #require(try fixture.claimNext(of: run, worker: worker))
            #expect(third.attempt.attempt == 2)
            #expect(!third.isSuspect)
            let history = try fixture.store.queue.history(of: 0, in: run)
            #expect(history.map(\.code) == ["x"])
            #expect(history.map(\.failureClass) == ["transient"])
        }
    }

    @Test func `a shard that crashes its workers is halved down to the image, which dies with its history; the others count`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 5, size: 5, maxAttempts: 2)
            let worker = try fixture.worker()
            let killer = 3
            var claims = 0
            while try fixture.store.queue.finishRuns().isEmpty {
                claims += 1
                try #require(claims < 30)
                let lease = try #require(try fixture.claimNext(of: run, worker: worker))
                if lease.range.ordinals.contains(killer) {
                    try fixture.expire(lease)
                    _ = try fixture.store.queue.rescue(policy: StoreFixture.policy())
                } else {
                    try fixture.store.queue.store(StoreFixture.result(for: lease), lease: lease, worker: worker)
                }
            }
            // Two for all five, one each for the halves that hold it, two for the image alone, and one for each harmless part.
            #expect(claims == 2 + 1 + 2 + 2)
            let report = try fixture.store.answers.report(run)
            #expect(report.images == .init(expected: 5, evaluated: 4, failed: 1))
            #expect(!report.complete)
            #expect(try fixture.store.queue.imageFailures(of: run).map(\.path) == ["cat/3.jpg"])
            let dead = try fixture.store.queue.deadShards(of: run)
            #expect(dead.map(\.path) == ["cat/3.jpg"])
            #expect(dead.map(\.images) == [1])
            let history = try fixture.store.queue.history(of: dead[0].shard, in: run)
            #expect(history.map(\.images) == [5, 5, 2, 1, 1])
            #expect(history.allSatisfy { $0.code == "worker.lost" && $0.outcome == "expired" })
            let letters = try fixture.store.queue.unsentDeadLetters()
            #expect(letters.map(\.range) == [ShardRange(firstOrdinal: 3, imageCount: 1)])
            #expect(letters[0].json.contains("cat/3.jpg"))
            try fixture.store.queue.noteSent(letters)
            #expect(try fixture.store.queue.unsentDeadLetters().isEmpty)
        }
    }

    @Test func `what is missing around a shard kills no image, however often it is tried`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 4, size: 2)
            let worker = try fixture.worker()
            for _ in 0..<30 {
                while let lease = try fixture.claimNext(of: run, worker: worker) {
                    #expect(!lease.isSuspect)
                    try fixture.store.queue.fail(
                        lease, AttemptFailure(.transient, code: "database.disk_full", message: "full"), worker: worker)
                }
                _ = try fixture.store.queue.rescue(policy: StoreFixture.policy())
            }
            #expect(try fixture.store.queue.finishRuns() == [])
            #expect(try fixture.store.queue.deadShards(of: run) == [])
        }
    }

    @Test func `of the shards that a worker is lost with, only one that was lost before is blamed again`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 3, size: 1)
            let worker = try fixture.worker()
            let first = try #require(try fixture.claimNext(of: run, worker: worker))
            try fixture.expire(first)
            _ = try fixture.store.queue.rescue(policy: StoreFixture.policy())
            let leases = try (0..<3).map { _ in try #require(try fixture.claimNext(of: run, worker: worker)) }
            #expect(leases.map(\.isSuspect) == [true, false, false])
            try leases.forEach(fixture.expire)
            let ended = try fixture.store.queue.rescue(policy: StoreFixture.policy())
            #expect(ended.map(\.failure.failureClass) == [.unknown, .transient, .transient])
            let again = try (0..<3).map { _ in try #require(try fixture.claimNext(of: run, worker: worker)) }
            #expect(again.map(\.isSuspect) == [true, false, false])
        }
    }

    @Test func `a worker that holds a suspect is given no other`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 2, size: 1)
            let worker = try fixture.worker()
            let first = try #require(try fixture.claimNext(of: run, worker: worker))
            try fixture.expire(first)
            _ = try fixture.store.queue.rescue(policy: StoreFixture.policy())
            _ = try fixture.publish(run)
            var request = ClaimRequest.test(worker)
            request.takesSuspects = false
            #expect(try fixture.store.queue.claim(.next, request)?.attempt.shard == 1)
            #expect(try fixture.store.queue.claim(.next, .test(worker))?.attempt.shard == 0)
        }
    }

    @Test func `a worker that was only cut off takes back what was held against its shards`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 2, size: 1)
            let worker = try fixture.worker()
            let leases = try (0..<2).map { _ in try #require(try fixture.claimNext(of: run, worker: worker)) }
            try leases.forEach(fixture.expire)
            #expect(try fixture.store.queue.rescue(policy: StoreFixture.policy(), endsExpired: false).count == 2)
            try fixture.store.queue.absolve([leases[0]], worker: worker)
            try fixture.store.queue.absolve([leases[0]], worker: worker)
            try fixture.store.queue.absolve([leases[1]], worker: try fixture.worker())
            let again = try (0..<2).map { _ in try #require(try fixture.claimNext(of: run, worker: worker)) }
            #expect(again.map(\.isSuspect) == [false, true])
            #expect(try fixture.store.queue.history(of: 0, in: run).map(\.failureClass) == ["transient"])
        }
    }

    @Test func `a missing image counts once a second worker misses it too, or nobody else could have it`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let dataSet = try fixture.store.queue.run(run).specification.datasetID
            let workers = [try fixture.worker(), try fixture.worker()]
            let missing = ImageFailure(ordinal: 3, code: "image.unreadable", message: "gone")
            #expect(try !fixture.store.queue.isDoubtShared(dataSet, ordinal: 3, worker: workers[0]))
            try fixture.store.queue.doubt(dataSet, [missing], worker: workers[0])
            try fixture.store.queue.doubt(dataSet, [missing], worker: workers[0])
            #expect(try !fixture.store.queue.isDoubtShared(dataSet, ordinal: 3, worker: workers[0]))
            #expect(try fixture.store.queue.isDoubtShared(dataSet, ordinal: 3, worker: workers[1]))
            #expect(try !fixture.store.queue.isDoubtShared(dataSet, ordinal: 4, worker: workers[1]))
            // One that was started again is no second worker, while a third one could have the image.
            let third = try fixture.worker()
            try fixture.store.queue.heartbeat(worker: workers[0], state: .stopped, imagesPerSecond: 0)
            #expect(try !fixture.store.queue.isDoubtShared(dataSet, ordinal: 3, worker: workers[1]))
            try fixture.store.queue.heartbeat(worker: third, state: .stopped, imagesPerSecond: 0)
            #expect(try fixture.store.queue.isDoubtShared(dataSet, ordinal: 3, worker: workers[1]))
            try fixture.store.queue.heartbeat(worker: workers[0], state: .running, imagesPerSecond: 0)
            try fixture.store.queue.dropDoubts(of: workers[0], on: dataSet)
            #expect(try !fixture.store.queue.isDoubtShared(dataSet, ordinal: 3, worker: workers[1]))
            // The other one says that it does not have the data set.
            try fixture.store.queue.heartbeat(worker: workers[0], state: .running, imagesPerSecond: 0, unfitDataSets: [dataSet])
            #expect(try fixture.store.queue.isDoubtShared(dataSet, ordinal: 3, worker: workers[1]))
            try fixture.store.queue.heartbeat(worker: workers[0], state: .running, imagesPerSecond: 0, problem: "no cache", canWork: false)
            #expect(try fixture.store.queue.isDoubtShared(dataSet, ordinal: 3, worker: workers[1]))
            #expect(try fixture.store.queue.workerProblems().map(\.problem) == ["no cache"])
            #expect(try fixture.store.queue.fleet(withinSeconds: 10).workers.map(\.id) == [workers[1]])
            let sample = try fixture.store.catalogue.sample(ofDataSet: dataSet, count: 4)
            #expect(sample.map(\.ordinal) == [0, 2, 5, 7])
        }
    }

    @Test func `a late shard is stored by whichever of its two workers comes first, and the other notices`() throws {
        for secondWins in [true, false] {
            try StoreFixture.withStore { fixture in
                let run = try fixture.submit(images: 4, size: 4)
                let workers = [try fixture.worker(), try fixture.worker()]
                let first = try #require(try fixture.claimNext(of: run, worker: workers[0]))
                let invitation = JobMessage(first.attempt, isBackup: true)
                #expect(try fixture.store.queue.claim(invitation, worker: workers[1], leaseSeconds: 30) == nil)
                try fixture.store.queue.offerBackups([invitation.attempt])
                #expect(try fixture.store.queue.claim(invitation, worker: workers[0], leaseSeconds: 30) == nil)
                let second = try #require(try fixture.store.queue.claim(invitation, worker: workers[1], leaseSeconds: 30))
                #expect(second.range == first.range)
                #expect(try fixture.store.queue.claim(invitation, worker: try fixture.worker(), leaseSeconds: 30) == nil)
                #expect(try fixture.store.queue.renew([first, second], seconds: 30) == [.held, .held])
                let (winner, loser) = secondWins ? (second, first) : (first, second)
                let winnerID = secondWins ? workers[1] : workers[0]
                try fixture.store.queue.store(StoreFixture.result(for: winner), lease: winner, worker: winnerID)
                #expect(try fixture.store.queue.renew([first, second], seconds: 30) == [.lost, .lost])
                let failure = #expect(throws: Failure.self) {
                    try fixture.store.queue.store(StoreFixture.result(for: loser), lease: loser, worker: 99)
                }
                #expect(failure?.code == .leaseLost)
                try fixture.store.queue.store(StoreFixture.result(for: winner), lease: winner, worker: winnerID)
                #expect(try fixture.store.answers.report(run).images.evaluated == 4)
                #expect(try fixture.store.queue.doneShards(among: [first.attempt]).map(\.worker) == [winnerID])
            }
        }
    }

    @Test func `where the first worker on a late shard is lost or stops, the second goes on with it`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 8, size: 4)
            let workers = [try fixture.worker(), try fixture.worker()]
            for isLost in [true, false] {
                let first = try #require(try fixture.claimNext(of: run, worker: workers[0]))
                let invitation = JobMessage(first.attempt, isBackup: true)
                try fixture.store.queue.offerBackups([invitation.attempt])
                let second = try #require(try fixture.store.queue.claim(invitation, worker: workers[1], leaseSeconds: 30))
                if isLost {
                    try fixture.expire(first)
                    #expect(try fixture.store.queue.rescue(policy: StoreFixture.policy()).map(\.consequence) == [.promoted])
                } else {
                    try fixture.store.queue.handBack(first)
                }
                #expect(try fixture.store.queue.renew([first, second], seconds: 30) == [.lost, .held])
                try fixture.store.queue.store(StoreFixture.result(for: second), lease: second, worker: workers[1])
            }
            #expect(try fixture.store.answers.report(run).images.evaluated == 8)
        }
    }
}
