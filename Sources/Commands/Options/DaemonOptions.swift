internal import ArgumentParser
internal import Diagnostics
internal import Foundation
internal import Postgres
internal import Telemetry
internal import Transport

/// What the daemons share: where the services are, and ending with the program that started them.
package struct DaemonOptions: ParsableArguments {
    @OptionGroup var kafkaOptions: KafkaOptions

    @Option(help: "PostgreSQL's address, a postgresql:// URI or key=value pairs. Default: $EVALCTL_DATABASE.")
    var database: String?

    @Flag(help: .hidden)
    var endWithInput = false

    @OptionGroup var logOptions: LogOptions

    @OptionGroup var configurationOptions: ConfigurationOptions

    package init() {}

    func address() throws -> DatabaseAddress {
        guard let text = database, !text.isEmpty else {
            throw ValidationError("say where PostgreSQL is, with --database ADDRESS or EVALCTL_DATABASE")
        }
        return try DatabaseAddress(parsing: text)
    }

    /// Runs a daemon's blocking work on a thread of its own. The first signal calls `drain`; a second one calls `abandon`, which must not take
    /// long, and ends the process.
    func runDaemon(
        _ name: String, metrics: MetricsRegistry, pulses: LoopPulses, work: @escaping @Sendable () throws -> Void,
        drain: @escaping @Sendable () -> Void, abandon: @escaping @Sendable () -> Void
    ) throws {
        let notifier = ServiceNotifier(environment: ProcessInfo.processInfo.environment, pulses: pulses, metrics: metrics)
        defer { notifier?.end() }
        let signals = TerminationSignals { _, count in
            notifier?.stop()
            guard count > 1 else { return drain() }
            abandon()
            _exit(ProgramExit.interrupted.rawValue)
        }
        if endWithInput {
            Thread.detachNewThread {
                while let data = try? FileHandle.standardInput.read(upToCount: 4096), !data.isEmpty {}
                drain()
            }
        }
        let outcome = DaemonOutcome()
        NamedThread(name) { outcome.note { try work() } }.join()
        try withExtendedLifetime(signals) { try outcome.get() }
    }
}

/// What a daemon's thread came to.
private final class DaemonOutcome: @unchecked Sendable {
    private var error: (any Error)?

    func note(_ body: () throws -> Void) {
        do { try body() } catch { self.error = error }
    }

    func get() throws {
        if let error { throw error }
    }
}
