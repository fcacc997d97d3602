internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Fleet
internal import Foundation
package import ImageSources
internal import Kafka
internal import KafkaMock
package import Logging
internal import NoWork
internal import Postgres
internal import Transport

/// A coordinator and workers on a database and a broker of their own, with runs that need no computing: what is measured is all the rest.
package final class PipelineBenchmark {
    private let folder: String
    private let workerCount: Int
    private let version: String
    private let report: (String) -> Void
    /// Nil where jobs travel through the database.
    private let broker: MockBroker?
    private let monitor: any TransportMonitor
    private let cluster: EmbeddedCluster
    private let store: EvaluationStore
    private let session: PostgresSession
    private let arguments: DaemonArguments
    private let environment: [String: String]
    private let coordinator: ChildProgram
    private var workers: [ChildProgram] = []

    /// A run that takes longer is given up, in seconds.
    private static let patience = 1800.0
    /// Between two looks at memory and window, in microseconds.
    private static let lookInterval: UInt32 = 50_000

    /// Starts database, broker and coordinator.
    /// - Parameters:
    ///   - folder: where the database and the logs go.
    ///   - usesKafka: whether jobs travel through a mock broker instead of the database.
    package init(
        folder: String, workers: Int, usesKafka: Bool, version: String, logger: Logger, report: @escaping (String) -> Void
    ) throws {
        self.folder = folder
        workerCount = workers
        self.version = version
        self.report = report
        let topics = JobTopics()
        let broker = usesKafka ? try MockBroker(topics: topics.descriptions(partitions: 16), logger: logger) : nil
        try broker?.openGroup(topics.workerGroup)
        self.broker = broker
        let kafka = broker.map { (configuration: $0.configuration(clientID: "evalctl-bench"), topics: topics) }
        cluster = EmbeddedCluster(directory: folder + "/postgres")
        let address = try cluster.start()
        var options = ConnectionOptions(applicationName: "evalctl-bench")
        options.statementTimeout = .seconds(600)
        session = PostgresSession(address, options: options)
        try session.withConnection { _ = try MigrationRunner().migrate($0) }
        store = EvaluationStore(session: session)
        let transport: any JobTransport = kafka.map { KafkaTransport(kafka: $0.configuration, topics: $0.topics) } ?? PostgresTransport()
        monitor = try transport.makeMonitor(store: store, logger: logger)
        var arguments = DaemonArguments(kafka: kafka)
        arguments.logLevel = "warning"
        self.arguments = arguments
        environment = DaemonArguments.environment(database: address.exposedURI)
        coordinator = try ChildProgram(
            "eval-coordinator", arguments: arguments.list, environment: environment, logPath: folder + "/coordinator.log")
    }

    /// Measures a run of `images` images in shards of `shardSize`.
    /// - Parameter check: called now and then; what it throws ends the measurement.
    package func measure(images: Int, shardSize: Int, check: () throws -> Void) throws -> PipelineMeasurement {
        report("adding \(images) images that are no files")
        return try measure(NoWorkRuns(store: store, images: images, version: version), shardSize: shardSize, check: check)
    }

    /// Measures a run of the images of `source`, which are read, decoded and preprocessed, in shards of `shardSize`.
    /// - Parameter check: called now and then; what it throws ends the measurement.
    package func measure(_ source: ImageSource, shardSize: Int, check: () throws -> Void) throws -> PipelineMeasurement {
        report("describing \(source.address)")
        return try measure(NoWorkRuns(store: store, source: source, version: version), shardSize: shardSize, check: check)
    }

    private func measure(_ runs: NoWorkRuns, shardSize: Int, check: () throws -> Void) throws -> PipelineMeasurement {
        let images = runs.images
        let warmUp = try NoWorkRuns(store: store, images: 2000, version: version)
        try startWorkers()
        try finish(try warmUp.submit(shardSize: 50), check)
        var measured = PipelineMeasurement(engine: NoWorkRuns.engine, images: images, shardSize: shardSize, workers: workerCount)
        let before = ProcessUsage(process: coordinator.processID)
        let start = ContinuousClock.now
        let run = try runs.submit(shardSize: shardSize)
        measured.submitSeconds = (ContinuousClock.now - start) / .seconds(1)
        report("run \(run): \(images) images in \(measured.shards) shards, \(workerCount) workers")
        try finish(run, check) {
            measured.window.shards = max(measured.window.shards, try store.queue.progress(run).first?.shardsPublished ?? 0)
            // The broker has no answer for a group that is coming into being.
            measured.window.messages = max(measured.window.messages, (try? monitor.lag().waiting) ?? 0)
        }
        let after = ProcessUsage(process: coordinator.processID)
        measured.coordinator = .init(
            startMB: before.residentMB, peakMB: after.peakMB, endMB: after.residentMB, cpuSeconds: after.cpuSeconds - before.cpuSeconds)
        measured.seconds = try store.answers.secondsTaken(by: run)
        measured.imagesPerSecond = Double(images) / max(measured.seconds, 1e-3)
        let claims = try stopWorkers()
        measured.claims = .init(count: claims.count, p50: claims.percentile(0.5), p99: claims.percentile(0.99))
        report("asking the views")
        measured.views = try ViewTimes.measure(run, on: session)
        return measured
    }

    private func finish(_ run: RunID, _ check: () throws -> Void, look: () throws -> Void = {}) throws {
        let deadline = Deadline(in: .seconds(Self.patience))
        while try !store.queue.run(run).state.isTerminal {
            try check()
            try coordinator.requireRunning()
            for worker in workers { try worker.requireRunning() }
            try look()
            guard !deadline.isPast else {
                throw Failure(
                    Failure.Code("bench.unfinished"), "run \(run) did not end within \(Int(Self.patience)) s",
                    remedy: "see the logs in \(folder)")
            }
            usleep(Self.lookInterval)
        }
        let counts = try store.answers.imageCounts(of: run)
        guard counts.failed == 0, counts.predicted == counts.summed else {
            throw Failure(
                Failure.Code("bench.incomplete"), "run \(run) stored \(counts.predicted) images, and \(counts.failed) failed",
                remedy: "see the logs in \(folder)")
        }
    }

    private func startWorkers() throws {
        workers = try (1...workerCount).map { number in
            try ChildProgram(
                "eval-lab",
                arguments: ["worker"] + arguments.list + [
                    "--threads", "1", "--claim-times", claimTimes(number), "--cache-dir", folder + "/checkpoints",
                ], environment: environment, logPath: "\(folder)/worker-\(number).log")
        }
    }

    private func claimTimes(_ worker: Int) -> String { "\(folder)/claims-\(worker).json" }

    /// Ends the workers and gives their claims' times.
    private func stopWorkers() throws -> LatencyHistogram {
        for worker in workers { worker.stop(seconds: 20) }
        workers = []
        var times = LatencyHistogram()
        for number in 1...workerCount {
            times.add(try JSONDecoder().decode(LatencyHistogram.self, from: Data(contentsOf: URL(filePath: claimTimes(number)))))
        }
        return times
    }

    /// Ends everything.
    package func stop() throws {
        for worker in workers { worker.stop(seconds: 20) }
        coordinator.stop(seconds: 10)
        session.close()
        try cluster.stop()
    }
}
