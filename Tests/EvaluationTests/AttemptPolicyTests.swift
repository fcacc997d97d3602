import Diagnostics
import Evaluation
import Testing

@Suite struct AttemptPolicyTests {
    @Test func `retries wait twice as long each time, up to a limit`() {
        let backoff = AttemptBackoff(firstDelay: 0.5, maximumDelay: 3)
        #expect([1, 2, 3, 4, 99].map(backoff.delay(after:)) == [0.5, 1, 2, 3, 3])
    }

    @Test func `jitter spreads shards over half the delay, and is the same for the same attempt`() {
        let backoff = AttemptBackoff(firstDelay: 8, maximumDelay: 60)
        func delays() -> [Double] {
            (0..<1000).map { backoff.delay(afterFailures: 1, of: ShardAttempt(run: RunID(3), shard: $0, attempt: 1)) }
        }
        let first = delays()
        #expect(first == delays())
        #expect(first.allSatisfy { $0 >= 4 && $0 < 8 })
        #expect(Set(first).count == 1000)
        let buckets = Dictionary(grouping: first) { Int(($0 - 4) / 0.5) }.mapValues(\.count)
        #expect(buckets.count == 8)
        #expect(buckets.values.allSatisfy { $0 > 80 && $0 < 180 })
    }

    private func verdict(_ failure: FailureClass, _ count: Int, images: Int = 8, isPart: Bool = false) -> AttemptPolicy.Verdict {
        AttemptPolicy().verdict(failure, failures: count, imageCount: images, isPart: isPart)
    }

    @Test func `a crashing shard is tried four times, then halved; an image of it four times, then given up`() {
        #expect([1, 2, 3, 4].map { verdict(.unknown, $0) } == [.tryAgain, .tryAgain, .tryAgain, .split])
        #expect([1, 2].map { verdict(.unknown, $0, isPart: true) } == [.split, .split])
        #expect([1, 2, 3, 4].map { verdict(.unknown, $0, images: 1, isPart: true) } == [.tryAgain, .tryAgain, .tryAgain, .giveUp])
    }

    @Test func `bad input gets a second opinion and is not halved, for that would not mend it`() {
        #expect([1, 2].map { verdict(.permanent, $0) } == [.tryAgain, .giveUp])
    }

    @Test func `what is missing around a shard is never held against it`() {
        #expect([1, 20, 100_000].map { verdict(.transient, $0) } == [.tryAgain, .tryAgain, .tryAgain])
    }

    @Test func `failures are classed by their code; what is no failure of ours, or of a code that nobody classed, is unknown`() {
        struct Other: Error {}
        func failureClass(_ code: String, _ recovery: Failure.Recovery = .permanent) -> FailureClass {
            FailureClass(of: Failure(Failure.Code(code), "a", recovery: recovery))
        }
        #expect(
            ["image.corrupt", "checkpoint.malformed", "engine.unfit-weights"].map { failureClass($0) } == [
                .permanent, .permanent, .permanent,
            ])
        // However the failure itself sees its recovery.
        #expect(failureClass("image.corrupt", .transient) == .permanent)
        for code in ["database.read_only", "database.insufficient_privilege", "database.shutdown", "worker.cache", "image.unreadable"] {
            #expect(failureClass(code) == .transient, "\(code)")
        }
        #expect(failureClass("database.of_tomorrow") == .transient)
        #expect(!FailureBlame.isKnown(Failure.Code("database.of_tomorrow")))
        #expect(failureClass("no.such.code", .transient) == .unknown)
        #expect(FailureClass(of: Other()) == .unknown)
    }

    @Test func `a run obeys what its state allows`() {
        typealias Row = (RunState, [RunState.Command: RunState])
        let table: [Row] = [
            (.running, [.pause: .paused, .resume: .running, .cancel: .cancelled, .finish: .finished, .reopen: .running]),
            (.paused, [.pause: .paused, .resume: .running, .cancel: .cancelled, .finish: .finished, .reopen: .paused]),
            (.finished, [.finish: .finished, .reopen: .running]),
            (.cancelled, [.cancel: .cancelled, .reopen: .running]),
        ]
        #expect(table.map(\.0) == RunState.allCases)
        for (state, row) in table {
            for command in RunState.Command.allCases { #expect(state.after(command) == row[command], "\(command) of \(state)") }
        }
    }
}
