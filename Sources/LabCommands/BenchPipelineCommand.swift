internal import ArgumentParser
internal import Commands
internal import Foundation
internal import ImageSources
internal import Load
internal import Logging
internal import Reports

struct BenchPipeline: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pipeline",
        abstract: "Measures coordinator, transport, workers and tables with a network of no work.",
        discussion: """
            Everything runs on this machine, on a database of its own that is removed afterwards. Without --root the images are no files. The rows say that \
            their engine is `none`.
            """)

    @Option(help: "Images of the run.")
    var images = 1_000_000

    @Option(
        help:
            "Images to read, decode and preprocess instead of such that are no files: a folder, archives or an address, with class folders."
    )
    var root: String?

    @OptionGroup var sourceOptions: SourceOptions

    @Option(help: "Images per shard.")
    var shardSize = 500

    @Option(help: "Workers, a process with one thread each.")
    var workers = 4

    @Option(help: "What jobs travel through: postgres, or kafka, a mock broker.")
    var transport = TransportChoice.postgres

    @Flag(help: "Measure 10^4 to 10^6 images in shards of --shard-size, and 10^5 images in 10 to 10,000 shards.")
    var sweep = false

    @Option(help: "Folder for the database and the logs, which then stay. Default: a folder that is removed.")
    var dataDir: String?

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var logOptions: LogOptions

    func validate() throws {
        guard (1...100_000_000).contains(images) else { throw ValidationError("--images takes 1 to 100000000") }
        guard (1...100_000).contains(shardSize) else { throw ValidationError("--shard-size takes 1 to 100000") }
        guard root == nil || !sweep else { throw ValidationError("--sweep measures without images") }
        guard (1...64).contains(workers) else { throw ValidationError("--workers takes 1 to 64") }
    }

    /// Images and images per shard of each measurement.
    private var points: [(images: Int, shardSize: Int)] {
        guard sweep else { return [(images, shardSize)] }
        return [10_000, 100_000, 1_000_000].map { ($0, shardSize) } + [10, 100, 1000, 10_000].map { (100_000, 100_000 / $0) }
    }

    func run() throws {
        try ProgramExit.reporting {
            let interruption = Interruption()
            let folder = dataDir.map { DatabaseOptions.directory($0) } ?? "/tmp/evalctl-bench-\(ProcessInfo.processInfo.processIdentifier)"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            defer { if dataDir == nil { try? FileManager.default.removeItem(atPath: folder) } }
            var logger = logOptions.logger("evalctl")
            if logger.logLevel > .info { logger.logLevel = .critical }
            let benchmark = try PipelineBenchmark(
                folder: folder, workers: workers, usesKafka: transport == .kafka, version: programVersion, logger: logger, report: note)
            do {
                let measurements =
                    try root.map { [try benchmark.measure(sourceOptions.source($0), shardSize: shardSize) { try interruption.check() }] }
                    ?? points.map { point in
                        try benchmark.measure(images: point.images, shardSize: point.shardSize) { try interruption.check() }
                    }
                try benchmark.stop()
                output(try PipelineMeasurement.rendered(measurements, as: format))
            } catch {
                try? benchmark.stop()
                throw error
            }
        }
    }
}
