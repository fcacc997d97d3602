package import Postgres
import Synchronization
package import Testing

/// Databases for tests: one private server per test process, one fresh database per test.
///
///     @Suite(.requiresPostgres) struct StoreTests {
///         @Test func `a run is found by its id`() throws {
///             try TestDatabase.withDatabase { address in ... }
///         }
///     }
package enum TestDatabase {
    /// Calls `body` with an empty database of its own, dropped afterwards however it ends.
    package static func withDatabase<T>(_ body: (DatabaseAddress) throws -> T) throws -> T {
        try withDatabase(template: "template0", body)
    }

    /// Calls `body` with a copy of a database that `prepare` filled once per test process under the name `template`: a migrated schema, for instance.
    package static func withDatabase<T>(
        template: String, prepare: @Sendable (DatabaseAddress) throws -> Void, _ body: (DatabaseAddress) throws -> T
    ) throws -> T {
        let server = try TestServer.shared.address()
        try templates.withLock { prepared in
            guard !prepared.contains(template) else { return }
            let address = server.with(database: template)
            try PostgresConnection(server).executeScript("CREATE DATABASE \(PostgresConnection.quoted(template))")
            try prepare(address)
            prepared.insert(template)
        }
        return try withDatabase(template: template, body)
    }

    private static let templates = Mutex<Set<String>>([])
    private static let counter = Atomic(0)

    private static func withDatabase<T>(template: String, _ body: (DatabaseAddress) throws -> T) throws -> T {
        let server = try TestServer.shared.address()
        let name = "test_\(counter.add(1, ordering: .relaxed).newValue)"
        let administration = try PostgresConnection(server)
        // The file copy is several times as fast as the default for a small database without fsync.
        let version = try administration.execute("SELECT current_setting('server_version_num')::int AS number").single().int("number")
        let strategy = version >= 150_000 ? " STRATEGY file_copy" : ""
        try administration.executeScript(
            "CREATE DATABASE \(name) TEMPLATE \(PostgresConnection.quoted(template))\(strategy)")
        defer { try? administration.executeScript("DROP DATABASE \(name) WITH (FORCE)") }
        return try body(server.with(database: name))
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips where PostgreSQL's server programs are not installed, unless services are required: then the tests run and fail.
    package static var requiresPostgres: Self {
        .enabled(
            if: servicesAreRequired || (try? ServerPrograms.find(majorVersion: nil)) != nil,
            "PostgreSQL is not installed (apt-get install postgresql)")
    }
}
