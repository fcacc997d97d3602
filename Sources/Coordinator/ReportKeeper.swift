internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Logging
internal import Postgres
internal import Reports
internal import Telemetry

/// Makes and keeps the reports of runs that ended, and does the housekeeping. A report of a million images takes seconds, so it has a thread and a session of its own.
struct ReportKeeper {
    let store: EvaluationStore
    let events: EventQueue
    let metrics: CoordinatorMetrics
    let clock: SteadyClock
    let logger: Logger
    private var housekeeping: Housekeeping
    /// Runs whose report failed, and when it is tried again.
    private var failed: [RunID: (failures: Int, again: Deadline)] = [:]

    init(store: EvaluationStore, events: EventQueue, metrics: CoordinatorMetrics, clock: SteadyClock, logger: Logger) {
        self.store = store
        self.clock = clock
        housekeeping = Housekeeping(store: store, clock: clock, logger: logger)
        self.events = events
        self.metrics = metrics
        self.logger = logger
    }

    mutating func round() throws {
        try housekeeping.round()
        let waiting = try store.answers.runsWithoutReport()
        failed = failed.filter { waiting.contains($0.key) }
        for run in waiting where failed[run].map({ $0.again.isPast }) ?? true {
            do {
                try keep(run)
                failed[run] = nil
            } catch let failure as Failure where Self.concernsAll(failure) {
                throw failure
            } catch {
                // The others' reports do not wait for it.
                let failures = (failed[run]?.failures ?? 0) + 1
                failed[run] = (failures, Deadline(in: .seconds(min(5 << min(failures, 10), 3600)), on: clock))
                logger.error("the report of run \(run) cannot be made: \(error)")
            }
        }
    }

    /// Whether the database fails whatever is asked; a statement that takes too long concerns its run alone.
    private static func concernsAll(_ failure: Failure) -> Bool {
        failure.recovery == .transient && ![.databaseCancelled, .databaseTimeout].contains(failure.code)
    }

    private func keep(_ run: RunID) throws {
        let report = try store.answers.report(run)
        try store.answers.keepReport(run, json: try renderJSON(report))
        if report.complete {
            logger.info("run \(run) is finished: \(report.completeness)", metadata: ["run": .stringConvertible(run.rawValue)])
        } else {
            metrics.incompleteRuns.add()
            logger.warning("run \(run) has ended incomplete: \(report.completeness)", metadata: ["run": .stringConvertible(run.rawValue)])
        }
        events.add([
            .runFinished(run, images: report.images.evaluated, failed: report.images.failed, complete: report.complete)
        ])
    }
}
