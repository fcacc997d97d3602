internal import Diagnostics
internal import EvaluationStore
internal import Postgres

/// Opens the database a command works on and closes it afterwards.
struct DatabaseAccess {
    let options: DatabaseOptions

    /// Calls `body` with the database, whose schema is brought up to date where it is the embedded one.
    func withStore<Result>(_ body: (EvaluationStore) throws -> Result) throws -> Result {
        if let address = try options.givenAddress() {
            let session = PostgresSession(address, options: ConnectionOptions(applicationName: "evalctl"))
            defer { session.close() }
            try session.withConnection { try MigrationRunner().check($0) }
            return try body(EvaluationStore(session: session))
        }
        let cluster = EmbeddedCluster(directory: options.dataDirectory + "/postgres")
        let address = try cluster.start()
        let session = PostgresSession(address, options: ConnectionOptions(applicationName: "evalctl"))
        do {
            try session.withConnection { _ = try MigrationRunner().migrate($0) }
            let result = try body(EvaluationStore(session: session))
            session.close()
            try cluster.stop()
            return result
        } catch {
            session.close()
            _ = try? cluster.stop()
            throw error
        }
    }
}
