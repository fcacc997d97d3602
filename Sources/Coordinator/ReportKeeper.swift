internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Logging
internal import Reports

/// Keeps the reports of runs that ended. A report of a million images takes seconds, so it has a thread and a session of its own.
struct ReportKeeper {
    let store: EvaluationStore
    let events: EventQueue
    let logger: Logger

    func round() throws {
        for run in try store.runsWithoutReport() {
            let report = try store.report(run)
            try store.keepReport(run, json: try renderJSON(report))
            logger.info("run \(run) is finished: \(report.completeness)")
            events.add([
                .runFinished(run, images: report.images.evaluated, failed: report.images.failed, complete: report.complete)
            ])
        }
    }
}
