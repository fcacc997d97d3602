internal import ArgumentParser
internal import Diagnostics
internal import EvaluationStore
internal import Foundation
internal import Postgres

/// Opens the database a command works on and closes it afterwards.
struct DatabaseAccess {
    let options: DatabaseOptions

    /// Calls `body` with the database, whose schema is brought up to date where it is the embedded one.
    func withStore<Result>(_ body: (EvaluationStore) throws -> Result) throws -> Result {
        if let address = try options.givenAddress() {
            let session = PostgresSession(address, options: ConnectionOptions(applicationName: "evalctl"))
            defer { session.close() }
            try session.withConnection { connection in
                try MigrationRunner().check(connection)
                try Self.tune(connection)
            }
            return try body(EvaluationStore(session: session))
        }
        let cluster = EmbeddedCluster(directory: options.dataDirectory + "/postgres")
        // A signal must not leave the server behind.
        let signals = TerminationSignals { _, count in
            guard count == 1 else { return }
            Interruption.end { _ = try? cluster.stop() }
        }
        defer { withExtendedLifetime(signals) {} }
        let address = try DiskSpace.start(cluster, below: options.dataDirectory)
        let session = PostgresSession(
            address, options: ConnectionOptions(applicationName: "evalctl"),
            isStopping: { [folder = options.dataDirectory] in DiskSpace.isFull(below: folder) })
        do {
            try session.withConnection { connection in
                _ = try MigrationRunner().migrate(connection)
                try Self.tune(connection)
            }
            let result = try body(EvaluationStore(session: session))
            session.close()
            try cluster.stop()
            return result
        } catch {
            let cause = DiskSpace.cause(of: error, below: options.dataDirectory)
            session.close()
            _ = try? cluster.stop()
            throw cause
        }
    }

    /// Compiling takes longer than the statements here run, and the rows of two runs of 50,000 images are joined in memory.
    private static func tune(_ connection: PostgresConnection) throws {
        // Behind a pool they would be other clients' settings as well.
        guard !connection.isPooled else { return }
        try connection.executeScript("SET jit = off; SET work_mem = '32MB'")
    }
}
