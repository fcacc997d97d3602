import Diagnostics
import Evaluation
import EvaluationStore
import Postgres
import TestSupport
import Testing

@Suite(.requiresPostgres) struct SubmissionTests {
    /// Submits what the fixture's run was made of, changed by `change`.
    private func submit(
        _ fixture: StoreFixture, as run: RunID, _ change: (inout RunSpecification) -> Void = { _ in }
    ) throws -> Submission {
        var specification = try fixture.store.queue.run(run).specification
        change(&specification)
        return try fixture.store.queue.submitOnce(specification, plan: RunPlan(shardSize: 4), images: 10)
    }

    @Test func `the same run is not made twice, another program version does not make it another`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            #expect(try submit(fixture, as: run) == .existing(run, .running))
            #expect(try submit(fixture, as: run) { $0.version = "other" } == .existing(run, .running))
            try fixture.store.queue.steer(run, .pause)
            #expect(try submit(fixture, as: run) == .existing(run, .paused))
        }
    }

    @Test func `what decides the rows makes another run`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            for change: (inout RunSpecification) -> Void in [
                { $0.timeSteps = 3 }, { $0.engine = "other" }, { $0.preprocessing = "other" }, { $0.pixelLimit = 7 },
                { $0.onlyListedClasses = true },
            ] {
                guard case .new = try submit(fixture, as: run, change) else {
                    Issue.record("an existing run was taken")
                    continue
                }
            }
        }
    }

    @Test func `a run that ended incomplete is completed, one that is complete is given as it is`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let worker = try fixture.worker()
            func work(failing: Set<Int>) throws {
                while let lease = try fixture.claimNext(of: run, worker: worker) {
                    try fixture.store.queue.store(StoreFixture.result(for: lease, failing: failing), lease: lease, worker: worker)
                }
                #expect(try fixture.store.queue.finishRuns() == [run])
            }
            try work(failing: [3, 9])
            #expect(try submit(fixture, as: run) == .reopened(run, images: 2))
            try work(failing: [])
            #expect(try submit(fixture, as: run) == .existing(run, .finished))
            #expect(try fixture.store.answers.report(run).complete)
        }
    }
}
