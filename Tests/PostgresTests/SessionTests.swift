import Diagnostics
import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite(.requiresPostgres) struct SessionTests {
    private func terminate(_ connection: PostgresConnection, _ address: DatabaseAddress) throws {
        try PostgresConnection(address).execute("SELECT pg_terminate_backend($1, 5000)", [.int32(Int32(connection.serverProcess))])
    }

    @Test func `a session whose connection was ended while nothing was asked goes on with a new one and its statements`() throws {
        try TestDatabase.withDatabase { address in
            let session = PostgresSession(address)
            let query = "SELECT $1::int + 1 AS n"
            try session.withConnection { connection in
                #expect(try connection.execute(query, [1]).single().int("n") == 2)
                try terminate(connection, address)
            }
            #expect(try session.withConnection { try $0.execute(query, [2]).single().int("n") } == 3)
            #expect(session.connectionCount == 2)
        }
    }

    @Test func `what was interrupted is reported once, and no part of a transaction lands on a new connection`() throws {
        try TestDatabase.withDatabase { address in
            let session = PostgresSession(address)
            for isNested in [false, true] {
                let failure = try #require(throws: Failure.self) {
                    try session.withConnection { connection in
                        try connection.transaction { transaction in
                            try terminate(transaction, address)
                            guard isNested else { return try transaction.executeScript("SELECT 1") }
                            try session.withConnection { try $0.executeScript("SELECT 1") }
                        }
                    }
                }
                #expect(failure.recovery == .transient && failure.code == .databaseShutdown)
            }
            #expect(session.connectionCount == 2)
        }
    }

    @Test func `a connection of before that is lost is made anew once, however little time there is`() throws {
        try TestDatabase.withDatabase { address in
            let session = PostgresSession(address, retry: RetryPolicy(totalTime: .zero))
            func attempts(losing losses: Int) -> String {
                var count = 0
                let answer = try? session.retrying { connection in
                    count += 1
                    if count <= losses { try terminate(connection, address) }
                    return try connection.execute("SELECT 1 AS one").single().int("one")
                }
                return "\(count), \(answer == nil ? "failed" : "answered")"
            }
            #expect(attempts(losing: 1) == "1, failed")
            #expect(attempts(losing: 0) == "1, answered")
            #expect(attempts(losing: 1) == "2, answered")
            #expect(attempts(losing: 2) == "2, failed")
        }
    }

    @Test func `a repeatable body is repeated over a broken connection`() throws {
        try TestDatabase.withDatabase { address in
            let session = PostgresSession(address)
            try session.withConnection { try $0.executeScript("CREATE TABLE t (id int)") }
            var attempts = 0
            try session.retrying { connection in
                try connection.transaction { transaction in
                    attempts += 1
                    try transaction.execute("INSERT INTO t VALUES (1)")
                    if attempts < 3 { try terminate(connection, address) }
                    try transaction.execute("INSERT INTO t VALUES (2)")
                }
            }
            #expect(attempts == 3)
            #expect(try session.withConnection { try $0.execute("SELECT count(*) AS n FROM t").single().int("n") } == 2)
        }
    }

    @Test func `neither a permanent failure nor an unknown COMMIT is repeated`() throws {
        try TestDatabase.withDatabase { address in
            let session = PostgresSession(address)
            for code in [Failure.Code.databaseUniqueViolation, .databaseCommitUnknown] {
                var attempts = 0
                #expect(throws: Failure.self) {
                    try session.retrying { _ in
                        attempts += 1
                        throw Failure(code, "made up", recovery: code == .databaseCommitUnknown ? .transient : .permanent)
                    }
                }
                #expect(attempts == 1)
            }
            let wrong = PostgresSession(address.with(database: "nowhere"))
            let failure = try #require(throws: Failure.self) { try wrong.withConnection { _ in } }
            #expect(failure.code == .databaseUndefinedDatabase && failure.nativeCode == "3D000" && failure.message.contains("nowhere"))
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `a session waits for a server that is away, until its time is up or the program stops`() throws {
        let away = DatabaseAddress(socketDirectory: "/nonexistent", user: "nobody", database: "none")
        let failure = try #require(throws: Failure.self) {
            try PostgresSession(away, retry: RetryPolicy(totalTime: .milliseconds(400))).withConnection { _ in }
        }
        #expect(failure.code == .databaseUnreachable && failure.recovery == .transient && failure.message.contains("/nonexistent"))
        let stopping = PostgresSession(away, retry: RetryPolicy(totalTime: .seconds(3600)), isStopping: { true })
        #expect(throws: Failure.self) { try stopping.withConnection { _ in } }
    }

    @Test func `threads share a pool and never a connection`() throws {
        try TestDatabase.withDatabase { address in
            let pool = PostgresPool(address, size: 3)
            try pool.withConnection { try $0.executeScript("CREATE TABLE t (id int)") }
            let highest = Mutex((now: 0, most: 0))
            _ = try Threads.run(8) { index in
                for _ in 0..<50 {
                    try pool.retrying { connection in
                        highest.withLock {
                            $0.now += 1; $0.most = max($0.most, $0.now)
                        }
                        defer { highest.withLock { $0.now -= 1 } }
                        try connection.execute("INSERT INTO t VALUES ($1)", [.int(index)])
                    }
                }
            }
            #expect(highest.withLock { $0.most } <= 3)
            #expect(try pool.withConnection { try $0.execute("SELECT count(*) AS n FROM t").single().int("n") } == 400)
            let small = PostgresPool(address, size: 1)
            let failure = try #require(throws: Failure.self) {
                try small.withSession { _ in try small.withSession(timeout: .milliseconds(50)) { _ in } }
            }
            #expect(failure.code == .databasePoolExhausted)
        }
    }
}
