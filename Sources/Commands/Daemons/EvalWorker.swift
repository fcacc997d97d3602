package import ArgumentParser
internal import Dashboard
internal import Diagnostics
package import Engine
internal import Foundation
internal import ImageSources
internal import SpikeKernels
internal import Telemetry
internal import Worker

/// `eval-worker`: claims shards, evaluates their images, stores the rows.
package struct EvalWorker: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "eval-worker",
        abstract: "Claims shards, evaluates their images, and stores the rows in PostgreSQL.",
        discussion: """
            Jobs come through PostgreSQL itself, or through Kafka where --kafka names one. \
            SIGTERM and SIGINT drain: what runs is finished within the drain time or given back. A second signal gives it back and ends at \
            once. Once it has started, it waits for a database or a broker that is gone.
            Exit codes: 0 drained; 1 failed; 64 wrong usage; 69 a database or broker cannot be reached at the start; 130 ended by a second \
            signal.
            """,
        version: programVersion)

    @OptionGroup var options: WorkerOptions

    package init() {}

    package func run() throws { try options.work() }
}

/// What a worker is told, and working.
package struct WorkerOptions: ParsableArguments {
    @OptionGroup var daemonOptions: DaemonOptions

    @OptionGroup var httpOptions: HTTPOptions

    @Option(help: "Shards worked on at the same time, one thread each. Default: one per processor.")
    var threads: Int?

    @OptionGroup var memory: MemoryOptions

    @OptionGroup var dataSetRoots: DataSetRootOptions

    @Option(help: "Folder for checkpoints. Default: $XDG_CACHE_HOME/evalctl.")
    var cacheDir: String?

    @Option(help: "Seconds that a claim lasts without being renewed.")
    var leaseSeconds = WorkerConfiguration.defaultLeaseSeconds

    @Option(help: "Seconds to finish what runs after the first signal.")
    var drainSeconds = WorkerConfiguration.defaultDrainSeconds

    @Option(help: "Seconds without a finished image after which a shard is taken for hung and left to another worker.")
    var stallSeconds = WorkerConfiguration.defaultStallSeconds

    package init() {}

    package func validate() throws {
        try OptionLimit.check(threads: threads)
        guard (1...86_400).contains(leaseSeconds) else { throw ValidationError("--lease-seconds takes 1 to 86400") }
        guard (0...86_400).contains(drainSeconds) else { throw ValidationError("--drain-seconds takes 0 to 86400") }
        guard (1...1_000_000).contains(stallSeconds) else { throw ValidationError("--stall-seconds takes 1 to 1000000") }
    }

    /// Works until it is told to end.
    /// - Parameters:
    ///   - hashEngines: engines that answer from images' hashes, see ``WorkerConfiguration/hashEngines``.
    ///   - claimTimesFile: where the times of all claims are written at the end.
    package func work(
        hashEngines: [String: @Sendable () throws -> any InferenceEngine] = [:], claimTimesFile: String? = nil
    ) throws {
        try ProgramExit.reporting {
            var configuration = WorkerConfiguration(
                transport: try daemonOptions.kafkaOptions.transport(clientID: "eval-worker"), database: try daemonOptions.address(),
                threads: threads ?? max(ProcessInfo.processInfo.activeProcessorCount, 1),
                cacheDirectory: cacheDir ?? Self.defaultCacheDirectory, version: programVersion)
            configuration.leaseSeconds = leaseSeconds
            configuration.memoryLimit = memory.limit
            configuration.hashEngines = hashEngines
            configuration.claimTimesFile = claimTimesFile
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
                        configuration.transport, database: configuration.database, name: "eval-worker", logger: logger,
                        further: [
                            ReadinessCheck("work") {
                                if let problem = worker.problem { throw Failure(Failure.Code("worker.unfit"), problem) }
                            }
                        ])),
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
