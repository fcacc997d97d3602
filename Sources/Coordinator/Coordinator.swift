internal import Diagnostics
internal import EvaluationStore
internal import Foundation
package import Logging
internal import Postgres
package import Telemetry

/// Drives runs to their end: publishes shards, rescues lost ones, finishes runs and keeps their reports.
///
/// Any number may run; one leads, the others wait to. Five threads share a ``StopSignal``: one renews the
/// leadership, one watches whether there is work, one keeps the database in order, one publishes, one makes reports. While database or broker are away, they wait and go on.
package final class Coordinator: @unchecked Sendable {
    private let configuration: CoordinatorConfiguration
    private let logger: Logger
    private let signal: StopSignal
    private let events = EventQueue()
    private let metrics: CoordinatorMetrics
    private let pulses: LoopPulses

    package init(
        _ configuration: CoordinatorConfiguration, logger: Logger, metrics: MetricsRegistry = MetricsRegistry(),
        pulses: LoopPulses = LoopPulses()
    ) {
        self.configuration = configuration
        signal = StopSignal(clock: configuration.clock)
        self.logger = logger
        self.metrics = CoordinatorMetrics(metrics)
        self.pulses = pulses
    }

    /// Tells the coordinator to end; may be called from any thread.
    package func stop() {
        signal.stop()
    }

    /// Coordinates until it is stopped. Blocks; call it on a thread of its own.
    /// - Throws: what keeps it from starting: no database, a schema of another version, no broker, a bad property.
    package func run() throws {
        let start = PostgresSession(configuration.database, options: .daemon("eval-coordinator"))
        try start.retrying { try MigrationRunner().check($0) }
        start.close()
        let publisher = try Publisher(
            configuration, store: store("publisher"), events: events, metrics: metrics, logger: logger)
        let leadership = Leadership(configuration, signal: signal, metrics: metrics, pulses: pulses, logger: logger)
        var keeper = Keeper(store: store("keeper"), events: events, metrics: metrics, clock: configuration.clock, logger: logger)
        var reporter = ReportKeeper(store: store("reports"), events: events, metrics: metrics, clock: configuration.clock, logger: logger)
        let workWatch = WorkWatch(store: store("work"), signal: signal, clock: configuration.clock, logger: logger)
        let interval = configuration.intervalSeconds
        let threads = [
            thread("leadership") { leadership.run() },
            thread("work-watch") { workWatch.run() },
            thread("keeper") { [self] in
                repeatWhileLeading(.keeper) {
                    try keeper.round()
                    return interval
                }
            },
            thread("publisher") { [self] in repeatWhileLeading(.publisher, publisher.round) },
            thread("reports") { [self] in
                repeatWhileLeading(.reports) {
                    try reporter.round()
                    return interval
                }
            },
        ]
        threads.forEach { $0.join() }
        logger.info("the coordinator has stopped")
        try signal.rethrow()
    }

    /// A store on a session of its own.
    private func store(_ purpose: String) -> EvaluationStore {
        EvaluationStore(
            session: PostgresSession(
                configuration.database, options: .daemon("eval-coordinator \(purpose)"), retry: RetryPolicy(totalTime: .seconds(2)),
                isStopping: { [signal] in !signal.goesOn }))
    }

    /// A thread for work that no other thread touches.
    private func thread(_ name: String, _ body: @escaping () -> Void) -> NamedThread {
        let work = Confined(body: body)
        return NamedThread(name) { work.body() }
    }

    private struct Confined: @unchecked Sendable {
        let body: () -> Void
    }

    /// Repeats `round`, which gives the seconds until the next one, while this coordinator leads, until it ends.
    ///
    /// What fails is logged and tried again: nothing that happens to database or broker ends a coordinator that has started.
    private func repeatWhileLeading(_ loop: CoordinatorLoop, _ round: () throws -> Double) {
        var delay = 0.1
        defer { pulses.rest(loop.rawValue) }
        while true {
            pulses.rest(loop.rawValue)
            guard signal.waitToLead() else { return }
            pulses.beat(loop.rawValue, limit: loop.limit)
            let start = ContinuousClock.now
            var next = 0.0
            do {
                next = try round()
                delay = 0.1
                metrics.rounds.observe(.now - start, loop.rawValue)
            } catch {
                metrics.failedRounds.add(1, loop.rawValue)
                let isTransient = (error as? Failure)?.recovery == .transient
                logger.log(level: isTransient ? .warning : .error, "\(loop.work) waits: \(error)")
                delay = min(delay * 2, isTransient ? 1 : 5)
                next = delay
            }
            guard signal.pause(seconds: next, idleSeconds: configuration.idleIntervalSeconds) else { return }
        }
    }
}
