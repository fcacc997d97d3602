internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Foundation

extension ChaosTrial {
    /// Lets each workload be done undisturbed.
    func findReferences(_ check: () throws -> Void) throws {
        try services.withStore { store in
            for (index, workload) in workloads.enumerated() {
                let id = try workload.submit(store, max(workload.images / 20, 1))
                report("run \(id): \(workload.name), \(workload.images) images, undisturbed")
                let deadline = Deadline(in: .seconds(Self.patience))
                var state = RunState.running
                while !state.isTerminal {
                    try check()
                    try supervise()
                    guard !deadline.isPast else {
                        throw Failure(
                            Failure.Code("chaos.reference"), "run \(id) of \(workload.name) does not end even undisturbed",
                            remedy: "see the programs' logs")
                    }
                    usleep(100_000)
                    state = try store.queue.run(id).state
                }
                references.append(try store.answers.digest(of: id))
                let loss = try loss(of: SubmittedRun(id: id, workload: index), store)
                guard loss == (0, 0) else {
                    throw Failure(
                        Failure.Code("chaos.reference"), "run \(id) of \(workload.name) is not complete even undisturbed",
                        remedy: "see `SELECT * FROM failures WHERE run_id = \(id)`")
                }
            }
        }
    }

    /// Compares a run with the undisturbed one.
    func examine(_ run: SubmittedRun, _ store: EvaluationStore) throws {
        let (lost, duplicated) = try loss(of: run, store)
        outcome.lost += lost
        outcome.lostAttempts += try store.answers.lostAttempts(of: run.id)
        outcome.duplicated += duplicated
        let isEqual = try store.answers.digest(of: run.id) == references[run.workload]
        outcome.digestEqual = outcome.digestEqual && isEqual
        if lost > 0 || duplicated > 0 || !isEqual {
            report(
                "run \(run.id) of \(workloads[run.workload].name): \(lost) lost, \(duplicated) duplicated, "
                    + "digest \(isEqual ? "equal" : "DIFFERENT")")
        }
    }

    private func loss(of run: SubmittedRun, _ store: EvaluationStore) throws -> (lost: Int, duplicated: Int) {
        let counts = try store.answers.imageCounts(of: run.id)
        let expected = workloads[run.workload].images
        let surplus = max(0, counts.summed - counts.predicted) + max(0, counts.predicted + counts.failed - expected)
        return (max(0, expected - counts.predicted), surplus)
    }
}
