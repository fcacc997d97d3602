internal import Diagnostics
internal import EvaluationStore
internal import Foundation
internal import Logging
internal import Postgres
internal import Telemetry

/// Leads, or waits to, on a database session of its own: a leader whose other sessions are busy keeps reporting.
///
/// Leadership is a row that expires by the database's clock. A leader that cannot renew it stops leading by its own clock before that; two
/// that lead for a moment all the same would do no harm, for every change of state is guarded.
final class Leadership {
    /// Seconds between two renewals.
    private static let interval = 1.0
    /// Seconds that a leader stops before its leadership expires.
    private static let margin = 0.5
    private let session: PostgresSession
    private let store: EvaluationStore
    private let signal: StopSignal
    private let version: String
    private let clock: SteadyClock
    private let metrics: CoordinatorMetrics
    private let pulses: LoopPulses
    private let logger: Logger
    private var number: Int64?

    init(
        _ configuration: CoordinatorConfiguration, signal: StopSignal, metrics: CoordinatorMetrics, pulses: LoopPulses, logger: Logger
    ) {
        session = PostgresSession(
            configuration.database, options: .daemon("eval-coordinator leader"), retry: RetryPolicy(totalTime: .seconds(1)),
            isStopping: { !signal.goesOn })
        store = EvaluationStore(session: session)
        self.signal = signal
        version = configuration.version
        clock = configuration.clock
        self.metrics = metrics
        self.pulses = pulses
        self.logger = logger
    }

    /// Until the coordinator ends. Blocks; for a thread of its own.
    func run() {
        var isWarned = false
        repeat {
            pulses.beat("leadership")
            let wasLeading = signal.leads
            do {
                try step(wasLeading)
                isWarned = false
            } catch {
                if !isWarned { logger.warning("the leadership cannot be looked at: \(error)") }
                if wasLeading, !signal.leads { logger.warning("this coordinator leads no more") }
                isWarned = true
            }
            metrics.leader.set(signal.leads ? 1 : 0)
        } while signal.pause(seconds: Self.interval)
        signal.stopLeading()
        metrics.leader.set(0)
        pulses.rest("leadership")
        if let number { try? store.queue.removeCoordinator(number) }
        session.close()
    }

    private func step(_ wasLeading: Bool) throws {
        let number =
            try number
            ?? store.queue.registerCoordinator(
                host: ProcessInfo.processInfo.hostName, processID: Int(ProcessInfo.processInfo.processIdentifier), version: version)
        self.number = number
        // By the time of asking: the answer may take long.
        let end = Deadline(in: .seconds(ShardQueue.leadershipSeconds - Self.margin), on: clock)
        let term = try store.queue.lead(coordinator: number)
        if let term {
            signal.lead(until: end)
            if !wasLeading { logger.info("this coordinator leads, term \(term)") }
        } else {
            signal.stopLeading()
            if wasLeading { logger.info("this coordinator leads no more") }
        }
    }
}

extension ConnectionOptions {
    /// For a program that never ends: what takes long is noticed soon, because somebody waits for it.
    static func daemon(_ name: String) -> ConnectionOptions {
        var options = ConnectionOptions(applicationName: name)
        options.connectTimeout = .seconds(3)
        options.tcpUserTimeout = .seconds(8)
        options.idleInTransactionTimeout = .seconds(10)
        return options
    }
}
