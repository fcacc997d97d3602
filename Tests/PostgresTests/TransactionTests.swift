import Diagnostics
import Postgres
import TestSupport
import Testing

@Suite(.requiresPostgres) struct TransactionTests {
    struct Change: Error {}

    private func withTable(_ body: (PostgresConnection, DatabaseAddress) throws -> Void) throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            try connection.executeScript("CREATE TABLE t (id int PRIMARY KEY)")
            try body(connection, address)
        }
    }

    private func rows(_ address: DatabaseAddress) throws -> Int {
        try PostgresConnection(address).execute("SELECT count(*) AS n FROM t").single().int("n")
    }

    @Test func `a transaction is kept when its body returns and undone when it throws`() throws {
        try withTable { connection, address in
            let value = try connection.transaction { transaction in
                try transaction.execute("INSERT INTO t VALUES (1)")
                #expect(try rows(address) == 0)
                return 5
            }
            #expect(value == 5)
            #expect(throws: Change.self) {
                try connection.transaction { transaction in
                    try transaction.execute("INSERT INTO t VALUES (2)")
                    throw Change()
                }
            }
            #expect(try rows(address) == 1)
        }
    }

    @Test func `a transaction whose failed statement was ignored is not passed off as committed`() throws {
        try withTable { connection, address in
            let failure = try #require(throws: Failure.self) {
                try connection.transaction { transaction in
                    try transaction.execute("INSERT INTO t VALUES (1)")
                    _ = try? transaction.execute("INSERT INTO t VALUES (1)")
                }
            }
            #expect(failure.code == .databaseTransactionAborted)
            #expect(try rows(address) == 0)
            try connection.transaction { try $0.execute("INSERT INTO t VALUES (1)") }
            #expect(try rows(address) == 1)
        }
    }

    @Test func `a transaction inside a transaction is refused, and a read-only one writes nothing`() throws {
        try withTable { connection, _ in
            let nested = try #require(throws: Failure.self) { try connection.transaction { try $0.transaction { _ in } } }
            #expect(nested.code == .databaseNestedTransaction)
            let readOnly = try #require(throws: Failure.self) {
                try connection.transaction(isolation: .repeatableRead, readOnly: true) { try $0.execute("INSERT INTO t VALUES (1)") }
            }
            #expect(readOnly.code == .databaseReadOnly)
        }
    }

    @Test func `two transactions that contradict each other end in a transient failure`() throws {
        try withTable { connection, address in
            let other = try PostgresConnection(address)
            try other.execute("INSERT INTO t VALUES (1)")
            let failure = try #require(throws: Failure.self) {
                try connection.transaction(isolation: .repeatableRead) { first in
                    try first.execute("SELECT FROM t")
                    try other.transaction { try $0.execute("UPDATE t SET id = id + 10") }
                    try first.execute("UPDATE t SET id = id + 20")
                }
            }
            #expect(failure.code == .databaseSerialization && failure.recovery == .transient)
        }
    }

    @Test func `a constraint that is checked at COMMIT reports itself`() throws {
        try withTable { connection, _ in
            try connection.executeScript("CREATE TABLE c (p int REFERENCES t DEFERRABLE INITIALLY DEFERRED)")
            let failure = try #require(throws: Failure.self) { try connection.transaction { try $0.execute("INSERT INTO c VALUES (9)") } }
            #expect(failure.code == .databaseForeignKeyViolation && failure.recovery == .permanent)
            #expect(connection.isOpen)
        }
    }

    @Test func `a connection that breaks inside a transaction is lost, one that breaks in COMMIT leaves it unknown`() throws {
        try withTable { connection, address in
            let inside = try #require(throws: Failure.self) {
                try connection.transaction { try $0.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
            }
            #expect(inside.code == .databaseShutdown && inside.recovery == .transient, "\(inside)")
            let second = try PostgresConnection(address)
            try second.executeScript(
                """
                CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER leave AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION leave()
                """)
            let commit = try #require(throws: Failure.self) { try second.transaction { try $0.execute("INSERT INTO t VALUES (1)") } }
            #expect(commit.code == .databaseCommitUnknown)
            #expect(!second.isOpen)
        }
    }
}
