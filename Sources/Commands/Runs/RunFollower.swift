internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Foundation
internal import Reports

/// Follows a run to its end with a progress bar.
struct RunFollower {
    let store: EvaluationStore
    let run: RunID

    /// - Parameter check: called now and then; what it throws ends the following.
    func follow(check: () throws -> Void = {}) throws {
        let meter = ProgressMeter("run \(run)")
        defer { meter.finish() }
        var told: Set<String> = []
        while true {
            try check()
            // A run whose workers lack something waits, and whoever waits for it has to know.
            for (worker, problem) in try store.queue.workerProblems() where told.insert(problem).inserted {
                note("worker \(worker) lacks something: \(problem)")
            }
            guard let progress = try store.queue.progress(run).first else { return }
            meter.update(
                min(progress.imagesDone + progress.imagesComputed, progress.imagesExpected), of: progress.imagesExpected,
                perSecond: progress.imagesPerSecond > 0 ? progress.imagesPerSecond : nil)
            if progress.state.isTerminal { return }
            usleep(100_000)
        }
    }

    /// Prints the report.
    /// - Throws: the exit code 2 where the run is not complete.
    func report(as format: OutputFormat) throws {
        let report = try store.answers.report(run)
        output(try report.rendered(as: format))
        if !report.complete { throw ProgramExit.incomplete }
    }
}
