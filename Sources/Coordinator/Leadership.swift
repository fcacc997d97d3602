internal import Diagnostics
internal import EvaluationStore
internal import Foundation
internal import Logging
internal import Postgres
internal import Telemetry

/// Holds the leader's lock, or waits for it, on a database session of its own: a leader whose other sessions are busy keeps reporting.
final class Leadership {
    private static let interval = 0.5
    private let session: PostgresSession
    private let store: EvaluationStore
    private let signal: StopSignal
    private let version: String
    private let metrics: CoordinatorMetrics
    private let pulses: LoopPulses
    private let logger: Logger
    private var number: Int64?
    private var lockedConnection: Int?

    init(
        _ configuration: CoordinatorConfiguration, signal: StopSignal, metrics: CoordinatorMetrics, pulses: LoopPulses, logger: Logger
    ) {
        session = PostgresSession(
            configuration.database, options: .daemon("eval-coordinator leader"), retry: RetryPolicy(totalTime: .seconds(1)),
            isStopping: { !signal.goesOn })
        store = EvaluationStore(session: session)
        self.signal = signal
        version = configuration.version
        self.metrics = metrics
        self.pulses = pulses
        self.logger = logger
    }

    /// Until the coordinator ends. Blocks; for a thread of its own.
    func run() {
        var isWarned = false
        repeat {
            pulses.beat("leadership")
            do {
                try step()
                isWarned = false
            } catch {
                if signal.leads { logger.warning("this coordinator leads no more: \(error)") }
                signal.setLeading(false)
                lockedConnection = nil
                if !isWarned { logger.warning("the leader's lock cannot be looked at: \(error)") }
                isWarned = true
            }
            metrics.leader.set(signal.leads ? 1 : 0)
        } while signal.pause(seconds: Self.interval)
        signal.setLeading(false)
        metrics.leader.set(0)
        pulses.rest("leadership")
        if let number { try? store.removeCoordinator(number) }
        session.close()
    }

    private func step() throws {
        let number =
            try number
            ?? store.registerCoordinator(
                host: ProcessInfo.processInfo.hostName, processID: Int(ProcessInfo.processInfo.processIdentifier), version: version)
        self.number = number
        let leads = try store.lead(
            coordinator: number, already: lockedConnection != nil && lockedConnection == session.connectionCount)
        lockedConnection = leads ? session.connectionCount : nil
        if leads != signal.leads { logger.info(leads ? "this coordinator leads" : "this coordinator leads no more") }
        signal.setLeading(leads)
        if !leads, try store.putOutSilentLeader() { logger.warning("put out a leader that reports no more") }
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
