internal import Diagnostics
internal import EvaluationStore
internal import Fleet
internal import Foundation
internal import Postgres

/// Everything on one machine: the embedded database, and a coordinator and a worker as processes of their own. Jobs travel through the database.
final class EmbeddedStack {
    let address: DatabaseAddress
    private let cluster: EmbeddedCluster
    private let coordinator: ChildProgram
    private let worker: ChildProgram

    /// - Parameter http: where the coordinator serves the dashboard; the address it takes is noted on standard error.
    init(dataDirectory: String, threads: Int, memoryLimit: Int, http: HTTPOptions? = nil) throws {
        // A mistake in it is better known before anything has started.
        _ = try http?.configuration()
        let addressFile = dataDirectory + "/http-address"
        cluster = EmbeddedCluster(directory: dataDirectory + "/postgres")
        address = try cluster.start()
        do {
            let session = PostgresSession(address, options: ConnectionOptions(applicationName: "evalctl"))
            try session.withConnection { _ = try MigrationRunner().migrate($0) }
            session.close()
            let logs = dataDirectory + "/logs"
            try FileManager.default.createDirectory(atPath: logs, withIntermediateDirectories: true)
            let common = DaemonArguments(kafka: nil).list
            let environment = DaemonArguments.environment(database: address.exposedURI)
            try? FileManager.default.removeItem(atPath: addressFile)
            coordinator = try ChildProgram(
                "eval-coordinator", arguments: common + (http?.arguments(addressFile: addressFile) ?? []), environment: environment,
                logPath: logs + "/coordinator.log")
            worker = try ChildProgram(
                "eval-worker",
                arguments: common + [
                    "--threads", "\(threads)", "--memory-limit", "\(memoryLimit)", "--cache-dir", dataDirectory + "/checkpoints",
                    "--drain-seconds", "5",
                ],
                environment: environment, logPath: logs + "/worker.log")
            if http?.http != nil { note("http://\(try Self.address(in: addressFile, of: coordinator))/") }
        } catch {
            _ = try? cluster.stop()
            throw error
        }
    }

    /// Where the coordinator serves HTTP, as it says itself.
    private static func address(in file: String, of coordinator: ChildProgram) throws -> String {
        let deadline = ContinuousClock.now + .seconds(15)
        while .now < deadline {
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
