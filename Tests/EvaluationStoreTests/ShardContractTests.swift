import Diagnostics
import Evaluation
import EvaluationStore
import Postgres
import TestSupport
import Testing

@Suite(.requiresPostgres) struct ShardContractTests {
    @Test func `a published shard is claimed once, a duplicate message gets nothing`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let worker = try fixture.worker()
            let published = try fixture.store.markPublished(run: run, limit: 100)
            #expect(published.map(\.shard) == [0, 1, 2])
            let lease = try #require(try fixture.store.claim(published[2], worker: worker, leaseSeconds: 30))
            #expect(lease.range == ShardRange(firstOrdinal: 8, imageCount: 2))
            #expect(try fixture.store.claim(published[2], worker: worker, leaseSeconds: 30) == nil)
        }
    }

    @Test func `a shard that was not published, or another attempt of it, cannot be claimed`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let worker = try fixture.worker()
            #expect(
                try fixture.store.claim(ShardAttempt(run: run, shard: 0, attempt: 1), worker: worker, leaseSeconds: 30) == nil)
            _ = try fixture.store.markPublished(run: run, limit: 1)
            #expect(
                try fixture.store.claim(ShardAttempt(run: run, shard: 0, attempt: 2), worker: worker, leaseSeconds: 30) == nil)
        }
    }

    @Test func `a store counts once, and storing again with the same lease changes nothing`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let worker = try fixture.worker()
            let attempt = try #require(try fixture.store.markPublished(run: run, limit: 1).first)
            let lease = try #require(try fixture.store.claim(attempt, worker: worker, leaseSeconds: 30))
            try fixture.store.store(StoreFixture.result(for: lease), lease: lease, worker: worker)
            try fixture.store.store(StoreFixture.result(for: lease), lease: lease, worker: worker)
            #expect(try fixture.store.report(run).images.evaluated == 4)
            #expect(try fixture.store.renew([lease], seconds: 30) == [.lost])
        }
    }

    @Test func `a late worker's store is refused by its token, and the other's rows stay`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let worker = try fixture.worker()
            let attempt = try #require(try fixture.store.markPublished(run: run, limit: 1).first)
            let late = try #require(try fixture.store.claim(attempt, worker: worker, leaseSeconds: -1))
            #expect(try fixture.store.rescueExpired(backoff: AttemptBackoff(firstDelay: 0, maximumDelay: 0)) == [attempt])
            let again = try #require(try fixture.store.markPublished(run: run, limit: 1).first)
            #expect(again.attempt == 2)
            let lease = try #require(try fixture.store.claim(again, worker: worker, leaseSeconds: 30))
            let failure = #expect(throws: Failure.self) {
                try fixture.store.store(StoreFixture.result(for: late), lease: late, worker: worker)
            }
            #expect(failure?.code == .leaseLost)
            #expect(try fixture.store.report(run).images.evaluated == 0)
            try fixture.store.store(StoreFixture.result(for: lease), lease: lease, worker: worker)
            #expect(try fixture.store.report(run).images.evaluated == 4)
        }
    }

    @Test func `a shard that is handed back keeps its attempt, a failed one uses it up`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let worker = try fixture.worker()
            let first = try #require(try fixture.store.markPublished(run: run, limit: 1).first)
            try fixture.store.handBack(try #require(try fixture.store.claim(first, worker: worker, leaseSeconds: 30)))
            let second = try #require(try fixture.store.markPublished(run: run, limit: 1).first)
            #expect(second == first)
            let lease = try #require(try fixture.store.claim(second, worker: worker, leaseSeconds: 30))
            try fixture.store.fail(lease, code: "x", message: "y", worker: worker, retryAfter: 0)
            #expect(try fixture.store.markPublished(run: run, limit: 1).first?.attempt == 2)
        }
    }

    @Test func `a shard whose attempts are used up becomes failures, and the run ends incomplete`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 4, size: 2, maxAttempts: 1)
            let worker = try fixture.worker()
            let published = try fixture.store.markPublished(run: run, limit: 2)
            let bad = try #require(try fixture.store.claim(published[0], worker: worker, leaseSeconds: 30))
            try fixture.store.fail(bad, code: "dataset.root_missing", message: "no folder", worker: worker, retryAfter: 0)
            let good = try #require(try fixture.store.claim(published[1], worker: worker, leaseSeconds: 30))
            try fixture.store.store(StoreFixture.result(for: good), lease: good, worker: worker)
            #expect(try fixture.store.finishRuns() == [])
            #expect(try fixture.store.buryExhausted() == [published[0]])
            #expect(try fixture.store.finishRuns() == [run])
            let report = try fixture.store.report(run)
            #expect(report.images == .init(expected: 4, evaluated: 2, failed: 2))
            #expect(!report.complete)
            #expect(try fixture.store.imageFailures(of: run).map(\.path) == ["cat/0.jpg", "cat/1.jpg"])
        }
    }

    @Test func `what was published and not claimed is given out again, and unsent shards go back`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let published = try fixture.store.markPublished(run: run, limit: 3)
            #expect(try fixture.store.republishUnclaimed(olderThanSeconds: 60) == [])
            #expect(try fixture.store.republishUnclaimed(olderThanSeconds: -1) == published)
            try fixture.store.unmarkPublished(published)
            #expect(try fixture.store.markPublished(run: run, limit: 3) == published)
        }
    }
}
