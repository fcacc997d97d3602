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
    private let dataDirectory: String
    private var lastLook = ContinuousClock.now
    private var hasToldOfDrain = false

    /// - Parameter http: where the coordinator serves the dashboard; the address it takes is noted on standard error.
    init(dataDirectory: String, threads: Int, memoryLimit: Int, http: HTTPOptions? = nil, interruption: Interruption) throws {
        self.dataDirectory = dataDirectory
        // A mistake in it is better known before anything has started.
        _ = try http?.configuration()
        let addressFile = dataDirectory + "/http-address"
        let cluster = EmbeddedCluster(directory: dataDirectory + "/postgres")
        self.cluster = cluster
        interruption.atOnce { _ = try? cluster.stop(immediately: true) }
        address = try DiskSpace.start(cluster, below: dataDirectory)
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
            let children = [coordinator.processID, worker.processID]
            interruption.atOnce { for child in children { kill(child, SIGKILL) } }
            if http?.http != nil { note("http://\(try Self.address(in: addressFile, of: coordinator))/") }
        } catch {
            let cause = DiskSpace.cause(of: error, below: dataDirectory)
            _ = try? cluster.stop()
            throw cause
        }
    }

    /// Where the coordinator serves HTTP, as it says itself.
    private static func address(in file: String, of coordinator: ChildProgram) throws -> String {
        let deadline = Deadline(in: .seconds(15))
        while !deadline.isPast {
            if let text = try? String(contentsOfFile: file, encoding: .utf8) { return text.trimmingCharacters(in: .whitespacesAndNewlines) }
            try coordinator.requireRunning()
            usleep(10_000)
        }
        throw Failure(
            Failure.Code("stack.http"), "the coordinator does not serve HTTP after 15 s", remedy: "its log is \(coordinator.logPath)")
    }

    /// Whether the worker has ended because somebody drained it.
    var isDrained: Bool { worker.status == 0 }

    /// - Throws: a failure where the coordinator has ended by itself, or the worker without having been drained; `disk.full`.
    func requireRunning() throws {
        let now = ContinuousClock.now
        if now - lastLook > .seconds(1) {
            lastLook = now
            try DiskSpace.require(DiskSpace.least, below: dataDirectory)
        }
        try coordinator.requireRunning()
        guard isDrained else { return try worker.requireRunning() }
        if !hasToldOfDrain { note("the worker was drained; the database and the coordinator stay up") }
        hasToldOfDrain = true
    }

    func stop() throws {
        worker.stop(seconds: 10)
        coordinator.stop(seconds: 5)
        try cluster.stop()
    }
}
