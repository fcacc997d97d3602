import Diagnostics
import Glibc
import Postgres
import TestSupport
import Testing

@Suite(.requiresPostgres) struct FailureTests {
    struct Case: Sendable {
        let sql: String
        let state: String
        let code: Failure.Code
        let recovery: Failure.Recovery
    }

    static let schema = """
        CREATE TABLE parents (id int PRIMARY KEY);
        CREATE TABLE children (id int NOT NULL, parent int REFERENCES parents CONSTRAINT positive CHECK (parent > 0));
        INSERT INTO parents VALUES (1)
        """

    static let cases: [Case] = [
        Case(sql: "INSERT INTO parents VALUES (1)", state: "23505", code: .databaseUniqueViolation, recovery: .permanent),
        Case(sql: "INSERT INTO children VALUES (1, 77)", state: "23503", code: .databaseForeignKeyViolation, recovery: .permanent),
        Case(sql: "INSERT INTO children VALUES (NULL, 1)", state: "23502", code: .databaseNotNullViolation, recovery: .permanent),
        Case(sql: "INSERT INTO children VALUES (1, -1)", state: "23514", code: .databaseCheckViolation, recovery: .permanent),
        Case(sql: "SELECT * FROM nowhere", state: "42P01", code: .databaseUndefinedTable, recovery: .permanent),
        Case(sql: "SELECT nothing FROM parents", state: "42703", code: .databaseUndefinedColumn, recovery: .permanent),
        Case(sql: "SELECT nothing(1)", state: "42883", code: .databaseUndefinedFunction, recovery: .permanent),
        Case(sql: "CREATE TABLE parents ()", state: "42P07", code: .databaseDuplicateObject, recovery: .permanent),
        Case(sql: "SELEKT 1", state: "42601", code: .databaseSyntax, recovery: .permanent),
        Case(sql: "SELECT 1/0", state: "22012", code: .databaseInvalidValue, recovery: .permanent),
        Case(sql: "DO $$ BEGIN RAISE EXCEPTION 'no'; END $$", state: "P0001", code: .databaseRaised, recovery: .permanent),
        Case(sql: "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$", state: "40001", code: .databaseSerialization, recovery: .transient),
        Case(sql: "DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$", state: "40P01", code: .databaseDeadlock, recovery: .transient),
        Case(sql: "DO $$ BEGIN RAISE SQLSTATE '53100'; END $$", state: "53100", code: .databaseDiskFull, recovery: .transient),
        Case(sql: "DO $$ BEGIN RAISE SQLSTATE '08006'; END $$", state: "08006", code: .databaseConnectionLost, recovery: .transient),
        Case(sql: "DO $$ BEGIN RAISE SQLSTATE '57P01'; END $$", state: "57P01", code: .databaseShutdown, recovery: .transient),
        Case(sql: "DO $$ BEGIN RAISE SQLSTATE '55P03'; END $$", state: "55P03", code: .databaseLockNotAvailable, recovery: .transient),
        Case(sql: "DO $$ BEGIN RAISE SQLSTATE 'XY123'; END $$", state: "XY123", code: .databaseError, recovery: .permanent),
    ]

    @Test func `each SQLSTATE becomes its code, with the right hope of a retry`() throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            try connection.executeScript(Self.schema)
            for example in Self.cases {
                for run in [{ try connection.executeScript(example.sql) }, { _ = try connection.execute(example.sql) }] {
                    let failure = try #require(throws: Failure.self, "\(example.sql)") { try run() }
                    #expect(failure.nativeCode == example.state && failure.code == example.code && failure.recovery == example.recovery)
                }
            }
            #expect(connection.isOpen)
        }
    }

    @Test func `an error names the constraint and never a value`() throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            try connection.executeScript(
                "CREATE TABLE t (word text CONSTRAINT short CHECK (length(word) < 5) CONSTRAINT once UNIQUE, n int); INSERT INTO t VALUES ('oyst')"
            )
            let statements: [(String, String)] = [
                ("INSERT INTO t (word) VALUES ($1)", "oyster"), ("INSERT INTO t (word) VALUES ($1)", "oyst"),
                ("INSERT INTO t (n) VALUES ($1)", "oyster"), ("SELECT $1::timestamptz", "oyster"), ("SELECT $1::jsonb", "{oyster"),
                ("SELECT $1::text::numeric", "oyster\"oyster"), ("SELECT $1::uuid", "oyster"), ("SELECT $1::int[]", "{oyster}"),
            ]
            for (sql, value) in statements {
                let failure = try #require(throws: Failure.self) { try connection.execute(sql, [.text(value)]) }
                #expect(!"\(failure)".contains("oyst"), "\(failure)")
                #expect(!failure.message.isEmpty)
            }
            let check = try #require(throws: Failure.self) { try connection.execute("INSERT INTO t VALUES ('oyster')") }
            #expect(check.message.contains("short") && check.message.contains("\"t\""))
        }
    }

    @Test func `a statement that takes too long, or waits too long for a lock, is ended by the server`() throws {
        try TestDatabase.withDatabase { address in
            var options = ConnectionOptions()
            options.statementTimeout = .milliseconds(100)
            let connection = try PostgresConnection(address, options: options)
            let slow = try #require(throws: Failure.self) { try connection.execute("SELECT pg_sleep(30)") }
            #expect(slow.code == .databaseCancelled && slow.recovery == .transient)
            let holder = try PostgresConnection(address)
            try holder.executeScript("CREATE TABLE t ()")
            try holder.executeScript("BEGIN; LOCK TABLE t")
            options.statementTimeout = .seconds(60)
            options.lockTimeout = .milliseconds(50)
            let patient = try PostgresConnection(address, options: options)
            let waiting = try #require(throws: Failure.self) { try patient.execute("SELECT * FROM t") }
            #expect(waiting.code == .databaseLockNotAvailable && waiting.recovery == .transient, "\(waiting)")
        }
    }

    @Test func `a server that has stopped answering is given up`() throws {
        try TestDatabase.withDatabase { address in
            var options = ConnectionOptions()
            options.statementTimeout = .milliseconds(100)
            options.answerGrace = .milliseconds(200)
            let connection = try PostgresConnection(address, options: options)
            let process = pid_t(connection.serverProcess)
            try #require(kill(process, SIGSTOP) == 0)
            defer { kill(process, SIGCONT) }
            let failure = try #require(throws: Failure.self) { try connection.execute("SELECT 1") }
            #expect(failure.code == .databaseTimeout && failure.recovery == .transient)
            #expect(!connection.isOpen)
        }
    }

    @Test func `a statement can be cancelled from another thread`() throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            let cancellation = try #require(connection.cancellation())
            let watcher = try PostgresConnection(address)
            let process = connection.serverProcess
            let failure = try Threads.pair {
                try #require(throws: Failure.self) { try connection.execute("SELECT pg_sleep(30)") }
            } and: {
                while try watcher.execute(
                    "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND query LIKE '%pg_sleep(30)%' AND state = 'active'", [.int(process)]
                ).isEmpty {}
                #expect(cancellation.cancel())
            }
            #expect(failure.code == .databaseCancelled)
            #expect(try connection.execute("SELECT 1 AS one").single().int("one") == 1)
        }
    }

    @Test func `COPY outside copyIn ends the connection instead of confusing it`() throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            #expect(throws: Failure.self) { try connection.executeScript("COPY pg_class TO STDOUT") }
            #expect(!connection.isOpen)
            #expect(Failure.code(of: try #require(throws: Failure.self) { try connection.execute("SELECT 1") }) == .databaseConnectionLost)
        }
    }
}
