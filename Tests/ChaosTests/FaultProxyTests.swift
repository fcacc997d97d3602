import Chaos
import Diagnostics
import Foundation
import Postgres
import TestSupport
import Testing

/// A real database behind a proxy.
@Suite(.requiresPostgres) struct FaultProxyTests {
    /// Calls `body` with the database's own address, and that of a proxy in front of it.
    private func withProxy(_ body: (FaultProxy, DatabaseAddress, DatabaseAddress) throws -> Void) throws {
        try TestDatabase.withDatabase { address in
            let folder = "/tmp/evalctl-proxy-\(UUID().uuidString.prefix(8))"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let host = try #require(address.host)
            let proxy = try FaultProxy(
                at: .unix(folder + "/.s.PGSQL.5432"), to: .unix("\(host)/.s.PGSQL.\(address.port ?? 5432)"), content: .postgres)
            defer { proxy.close() }
            try PostgresConnection(address).executeScript("CREATE TABLE numbers (number bigint)")
            try body(proxy, address, address.with("host", folder).with("port", "5432"))
        }
    }

    private func count(_ address: DatabaseAddress) throws -> Int {
        try PostgresConnection(address).execute("SELECT count(*) AS count FROM numbers").first?.int("count") ?? -1
    }

    private func fill(_ connection: PostgresConnection, rows: Int64) throws {
        try connection.transaction { connection in
            try connection.copyIn("numbers", ["number"]) { writer in for number in 0..<rows { try writer.row([.int64(number)]) } }
        }
    }

    @Test func `without a fault everything gets through`() throws {
        try withProxy { proxy, address, proxied in
            try fill(try PostgresConnection(proxied), rows: 50_000)
            #expect(try count(address) == 50_000)
            #expect(proxy.faults.done.isEmpty)
        }
    }

    @Test func `a connection that is cut in a COPY stores nothing`() throws {
        try withProxy { proxy, address, proxied in
            let connection = try PostgresConnection(proxied)
            proxy.faults.arm(.inCopy, count: 1)
            let failure = #expect(throws: Failure.self) { try fill(connection, rows: 50_000) }
            #expect(failure?.recovery == .transient)
            #expect(try count(address) == 0)
            #expect(proxy.faults.done == [.inCopy: 1])
        }
    }

    @Test func `a COMMIT that does not arrive has not happened, and the program is told that it does not know`() throws {
        try withProxy { proxy, address, proxied in
            let connection = try PostgresConnection(proxied)
            proxy.faults.arm(.beforeCommit, count: 1)
            let failure = #expect(throws: Failure.self) { try fill(connection, rows: 10) }
            #expect(failure?.code == .databaseCommitUnknown)
            #expect(try count(address) == 0)
        }
    }

    @Test func `a COMMIT whose answer does not arrive has happened, and the program is told that it does not know`() throws {
        try withProxy { proxy, address, proxied in
            let connection = try PostgresConnection(proxied)
            proxy.faults.arm(.afterCommit, count: 1)
            let failure = #expect(throws: Failure.self) { try fill(connection, rows: 10) }
            #expect(failure?.code == .databaseCommitUnknown)
            #expect(try count(address) == 10)
            #expect(proxy.faults.done == [.afterCommit: 1])
        }
    }

    @Test func `dropped connections are broken, and new ones are taken`() throws {
        try withProxy { proxy, _, proxied in
            let connection = try PostgresConnection(proxied)
            #expect(proxy.dropConnections() == 1)
            #expect(throws: Failure.self) { try connection.execute("SELECT 1") }
            #expect(try count(proxied) == 0)
        }
    }

    @Test func `a stalled link lets nothing through until it goes on`() throws {
        try withProxy { proxy, _, proxied in
            let connection = try PostgresConnection(proxied)
            proxy.faults.setStalled(true)
            let thread = NamedThread("mender") {
                usleep(300_000)
                proxy.faults.setStalled(false)
            }
            let start = ContinuousClock.now
            try connection.execute("SELECT 1")
            #expect(ContinuousClock.now - start >= .milliseconds(250))
            thread.join()
        }
    }
}
