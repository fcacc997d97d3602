internal import Diagnostics
internal import EvaluationStore
internal import Fleet
internal import Foundation
internal import Kafka
internal import Logging
internal import Postgres

/// Everything on one machine: the embedded database, the embedded broker, a coordinator and a worker as processes of their own.
final class EmbeddedStack {
    let address: DatabaseAddress
    let bootstrapServers: String
    private let cluster: EmbeddedCluster
    private let broker: EmbeddedBroker
    private let coordinator: ChildProgram
    private let worker: ChildProgram

    /// - Parameter http: where the coordinator serves the dashboard; the address it takes is noted on standard error.
    init(dataDirectory: String, threads: Int, topics: JobTopics, http: HTTPOptions? = nil, logger: Logger) throws {
        // A mistake in it is better known before anything has started.
        _ = try http?.configuration()
        let addressFile = dataDirectory + "/http-address"
        let broker = try EmbeddedBroker(topics: topics.descriptions(partitions: 16), logger: logger)
        // The group takes its time to open; meanwhile the database starts.
        try broker.openGroup(topics.workerGroup)
        cluster = EmbeddedCluster(directory: dataDirectory + "/postgres")
        address = try cluster.start()
        do {
            let session = PostgresSession(address, options: ConnectionOptions(applicationName: "evalctl"))
            try session.withConnection { _ = try MigrationRunner().migrate($0) }
            session.close()
            let logs = dataDirectory + "/logs"
            try FileManager.default.createDirectory(atPath: logs, withIntermediateDirectories: true)
            var common = ["--kafka", broker.bootstrapServers, "--topic-prefix", topics.prefix, "--log-level", "info", "--end-with-input"]
            for (name, value) in EmbeddedBroker.clientProperties { common += ["--kafka-property", "\(name)=\(value)"] }
            let environment = ["EVALCTL_DATABASE": address.exposedURI]
            try? FileManager.default.removeItem(atPath: addressFile)
            coordinator = try ChildProgram(
                "eval-coordinator", arguments: common + (http?.arguments(addressFile: addressFile) ?? []), environment: environment,
                logPath: logs + "/coordinator.log")
            worker = try ChildProgram(
                "eval-worker",
                arguments: common + ["--threads", "\(threads)", "--cache-dir", dataDirectory + "/checkpoints", "--drain-seconds", "5"],
                environment: environment, logPath: logs + "/worker.log")
            if http?.http != nil { note("http://\(try Self.address(in: addressFile, of: coordinator))/") }
        } catch {
            _ = try? cluster.stop()
            throw error
        }
        self.broker = broker
        bootstrapServers = broker.bootstrapServers
    }

    /// Where the coordinator serves HTTP, as it says itself.
    private static func address(in file: String, of coordinator: ChildProgram) throws -> String {
        let deadline = Date().addingTimeInterval(15)
        while Date() < deadline {
            if let text = try? String(contentsOfFile: file, encoding: .utf8) { return text.trimmingCharacters(in: .whitespacesAndNewlines) }
            try coordinator.requireRunning()
            usleep(10_000)
        }
        throw Failure(
            Failure.Code("stack.http"), "the coordinator does not serve HTTP after 15 s", remedy: "its log is \(coordinator.logPath)")
    }

    /// - Throws: a failure where the coordinator or the worker has ended by itself.
    func requireRunning() throws {
        try coordinator.requireRunning()
        try worker.requireRunning()
    }

    func stop() throws {
        worker.stop(seconds: 10)
        coordinator.stop(seconds: 5)
        try cluster.stop()
    }
}
