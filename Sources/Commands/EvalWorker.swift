package import ArgumentParser
internal import Dashboard
internal import Diagnostics
internal import Engine
internal import Foundation
internal import ImageSources
internal import Postgres
internal import SpikeKernels
internal import Telemetry
internal import Worker

/// What the daemons share: where the services are, and ending with the program that started them.
struct DaemonOptions: ParsableArguments {
    @OptionGroup var kafkaOptions: KafkaOptions

    @Option(help: "PostgreSQL's address, a postgresql:// URI or key=value pairs. Default: $EVALCTL_DATABASE.")
    var database: String?

    @Flag(help: .hidden)
    var endWithInput = false

    @OptionGroup var logOptions: LogOptions

    @OptionGroup var configurationOptions: ConfigurationOptions

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
        drain: @escaping @Sendable () -> Void,
        abandon: @escaping @Sendable () -> Void
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

/// `eval-worker`: pulls shards, evaluates their images, stores the rows.
package struct EvalWorker: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "eval-worker",
        abstract: "Pulls shard jobs from Kafka, evaluates their images, and stores the rows in PostgreSQL.",
        discussion: """
            SIGTERM and SIGINT drain: what runs is finished within the drain time or given back. A second signal gives it back and ends at \
            once. Once it has started, it waits for a database or a broker that is gone.
            Exit codes: 0 drained; 1 failed; 64 wrong usage; 69 a database or broker cannot be reached at the start; 130 ended by a second \
            signal.
            """,
        version: programVersion)

    @OptionGroup var daemonOptions: DaemonOptions

    @OptionGroup var httpOptions: HTTPOptions

    @Option(help: "Shards worked on at the same time, one thread each. Default: one per processor.")
    var threads: Int?

    @OptionGroup var dataSetRoots: DataSetRootOptions

    @Option(help: "Folder for checkpoints. Default: $XDG_CACHE_HOME/evalctl.")
    var cacheDir: String?

    @Option(help: "Seconds that a claim lasts without being renewed.")
    var leaseSeconds = 30.0

    @Option(help: "Seconds to finish what runs after the first signal.")
    var drainSeconds = 30.0

    @Option(help: "Seconds without a finished image after which a shard is taken for hung and left to another worker.")
    var stallSeconds = 600.0

    @Flag(help: .hidden)
    var acceptBenchmarks = false

    @Option(help: .hidden)
    var claimTimes: String?

    package init() {}

    package func validate() throws {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads takes 1 to 1024") }
        guard (1...86_400).contains(leaseSeconds) else { throw ValidationError("--lease-seconds takes 1 to 86400") }
        guard (0...86_400).contains(drainSeconds) else { throw ValidationError("--drain-seconds takes 0 to 86400") }
        guard (1...1_000_000).contains(stallSeconds) else { throw ValidationError("--stall-seconds takes 1 to 1000000") }
    }

    package func run() throws {
        try ProgramExit.reporting {
            var configuration = WorkerConfiguration(
                kafka: try daemonOptions.kafkaOptions.configuration(clientID: "eval-worker"), database: try daemonOptions.address(),
                topics: daemonOptions.kafkaOptions.topics, threads: threads ?? max(ProcessInfo.processInfo.activeProcessorCount, 1),
                cacheDirectory: cacheDir ?? Self.defaultCacheDirectory, version: programVersion)
            configuration.leaseSeconds = leaseSeconds
            configuration.acceptsBenchmarks = acceptBenchmarks
            configuration.claimTimesFile = claimTimes
            configuration.drainSeconds = drainSeconds
            configuration.stallSeconds = stallSeconds
            configuration.dataSetRoots = dataSetRoots.folders
            for root in dataSetRoots.folders.values { _ = try ImageSource(root: root) }
            let logger = daemonOptions.logOptions.logger("eval-worker")
            let (metrics, pulses) = (MetricsRegistry(), LoopPulses())
            let worker = Worker(configuration, logger: logger, metrics: metrics, pulses: pulses)
            let server = try httpOptions.serve(
                ProgramStatus(
                    metrics: metrics, pulses: pulses,
                    build: [
                        MetricLabel("program", "eval-worker"), MetricLabel("version", programVersion),
                        MetricLabel("instruction_set", InstructionSet.name),
                        MetricLabel("kernels", try KernelSelection.kernels(laneBits: 32).name),
                        MetricLabel("engines", Engines.names.joined(separator: " ")),
                    ],
                    makeChecks: daemonOptions.readinessChecks(
                        kafka: configuration.kafka, database: configuration.database, name: "eval-worker", logger: logger)),
                logger: logger)
            defer { server?.stop() }
            try daemonOptions.runDaemon(
                "worker", metrics: metrics, pulses: pulses, work: worker.run, drain: worker.drain, abandon: worker.abandon)
        }
    }

    static var defaultCacheDirectory: String {
        let environment = ProcessInfo.processInfo.environment
        if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return cache + "/evalctl" }
        return (environment["HOME"] ?? NSHomeDirectory()) + "/.cache/evalctl"
    }
}
