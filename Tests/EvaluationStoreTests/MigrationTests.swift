import Diagnostics
import EvaluationStore
import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite(.requiresPostgres) struct MigrationTests {
    static let steps = [
        Migration(
            version: 1, name: "first",
            sql: "CREATE TABLE a (id int); CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $x$ BEGIN RETURN 1; END; $x$;"),
        Migration(version: 2, name: "second", sql: "ALTER TABLE a ADD name text; -- a comment; with a semicolon"),
        Migration(version: 3, name: "third", sql: "INSERT INTO a VALUES (1, 'x')"),
    ]

    private func code(_ body: () throws -> Void) throws -> Failure.Code {
        try #require(throws: Failure.self) { try body() }.code
    }

    @Test func `migrations are applied once, in order, and a dry run changes nothing`() throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            let runner = MigrationRunner(migrations: Self.steps.reversed())
            #expect(try runner.plan(connection).pending.map(\.version) == [1, 2, 3])
            #expect(try connection.execute("SELECT to_regclass('schema_migrations') IS NULL AS none").single().bool("none"))
            #expect(try code { try runner.check(connection) } == .migrationPending)
            #expect(try MigrationRunner(migrations: Array(Self.steps[..<2])).migrate(connection).map(\.version) == [1, 2])
            #expect(try runner.migrate(connection).map(\.version) == [3])
            #expect(try runner.migrate(connection).isEmpty)
            try runner.check(connection)
            #expect(try connection.execute("SELECT id FROM a").single().int("id") == 1)
            #expect(try runner.plan(connection).applied.map(\.name) == ["first", "second", "third"])
        }
    }

    @Test func `four programs that migrate at once do it once`() throws {
        try TestDatabase.withDatabase { address in
            let applied = try onThreads(4) {
                try MigrationRunner(migrations: Self.steps).migrate(PostgresConnection(address)).count
            }
            #expect(applied.reduce(0, +) == 3)
            #expect(try PostgresConnection(address).execute("SELECT count(*) AS n FROM a").single().int("n") == 1)
        }
    }

    @Test func `divergent, missing, newer and left-out migrations are told apart, and nothing is applied`() throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            let (first, second, third) = (Self.steps[0], Self.steps[1], Self.steps[2])
            try MigrationRunner(migrations: Self.steps).migrate(connection)
            let fourth = Migration(version: 4, name: "fourth", sql: "CREATE TABLE never ()")
            let cases: [([Migration], Failure.Code)] = [
                ([first, Migration(version: 2, name: "second", sql: second.sql + " "), third, fourth], .migrationDivergent),
                ([first, Migration(version: 2, name: "renamed", sql: second.sql), third, fourth], .migrationDivergent),
                ([first, third, fourth], .migrationMissing),
                ([first, second], .migrationDatabaseNewer),
            ]
            for (known, expected) in cases {
                #expect(try code { try MigrationRunner(migrations: known).migrate(connection) } == expected)
                #expect(try code { try MigrationRunner(migrations: known).check(connection) } == expected)
            }
            #expect(try connection.execute("SELECT to_regclass('never') IS NULL AS none").single().bool("none"))
        }
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            try MigrationRunner(migrations: [Self.steps[0], Migration(version: 3, name: "third", sql: "SELECT 1")]).migrate(connection)
            let late = [Self.steps[0], Self.steps[1], Migration(version: 3, name: "third", sql: "SELECT 1")]
            #expect(try code { try MigrationRunner(migrations: late).migrate(connection) } == .migrationOutOfOrder)
        }
    }

    @Test func `a migration that fails is undone whole, those before it stay`() throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            let broken = Migration(version: 2, name: "broken", sql: "CREATE TABLE b (); SELECT 1/0; CREATE TABLE c ()")
            let failure = try #require(throws: Failure.self) {
                try MigrationRunner(migrations: [Self.steps[0], broken]).migrate(connection)
            }
            #expect(failure.code == .migrationFailed && failure.nativeCode == "22012" && failure.message.contains("V0002__broken.sql"))
            #expect(
                try connection.execute("SELECT to_regclass('b') IS NULL AND to_regclass('a') IS NOT NULL AS right").single().bool("right"))
            #expect(try MigrationRunner(migrations: Self.steps).migrate(connection).map(\.version) == [2, 3])
        }
    }

    @Test(arguments: ["CREATE TABLE b (); COMMIT;", "COMMIT; BEGIN; CREATE TABLE b ()", "ROLLBACK"])
    func `a migration that ends its transaction is refused`(sql: String) throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            let runner = MigrationRunner(migrations: [Migration(version: 1, name: "leaver", sql: sql)])
            #expect(try code { try runner.migrate(connection) } == .migrationLeftTransaction)
            #expect(try runner.plan(connection).applied.isEmpty)
        }
    }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func `the program carries every file of the migrations folder, byte for byte and in order`() throws {
        let folder = Self.root.appendingPathComponent("migrations")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sql") && $0 != "schema.sql" }
            .sorted()
        #expect(Migration.embedded.map(\.fileName) == files)
        let versions = Migration.embedded.map(\.version)
        #expect(versions.first == 1 && zip(versions, versions.dropFirst()).allSatisfy { $0 < $1 })
        for migration in Migration.embedded {
            #expect(try Data(contentsOf: folder.appendingPathComponent(migration.fileName)) == Data(migration.sql.utf8))
        }
    }

    @Test func `the dumped schema in the repository is what the migrations make`() throws {
        try TestDatabase.withDatabase { address in
            try MigrationRunner().migrate(PostgresConnection(address))
            let dump = Process()
            dump.executableURL = Self.root.appendingPathComponent("ops/dump-schema")
            dump.arguments = ["--check", "--database", address.description]
            try dump.run()
            dump.waitUntilExit()
            #expect(dump.terminationStatus == 0, "run ops/dump-schema")
        }
    }
}

/// Runs `body` on `count` threads at once and gives what they return.
private func onThreads(_ count: Int, _ body: @escaping @Sendable () throws -> Int) throws -> [Int] {
    let results = Results()
    let done = DispatchSemaphore(value: 0)
    for _ in 0..<count {
        Thread.detachNewThread {
            let result = Result { try body() }
            results.values.withLock { $0.append(result) }
            done.signal()
        }
    }
    for _ in 0..<count { done.wait() }
    return try results.values.withLock { try $0.map { try $0.get() } }
}

private final class Results: Sendable {
    let values = Mutex<[Result<Int, any Error>]>([])
}
