import Diagnostics
import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

@Suite(.requiresPostgres) struct ConnectingTests {
    /// A loopback socket that is bound, and listens where asked, but never answers.
    private func withSilentPort<T>(listening: Bool, _ body: (Int) throws -> T) throws -> T {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) | getsockname(descriptor, generic, &length) | (listening ? listen(descriptor, 8) : 0)
            }
        }
        try #require(status == 0)
        return try body(Int(UInt16(bigEndian: address.sin_port)))
    }

    @Test(.timeLimit(.minutes(10)))
    func `a port where nobody listens, and one where nobody answers, are unreachable in bounded time`()
        throws
    {
        for listening in [false, true] {
            try withSilentPort(listening: listening) { port in
                var options = ConnectionOptions()
                options.connectTimeout = .seconds(2)
                let address = try DatabaseAddress(parsing: "postgresql://eval:hunter22@127.0.0.1:\(port)/results?sslmode=disable")
                let failure = try #require(throws: Failure.self) { try PostgresConnection(address, options: options) }
                #expect(failure.code == .databaseUnreachable && failure.recovery == .transient)
                #expect(failure.message.contains("127.0.0.1") && !"\(failure)".contains("hunter22"))
            }
        }
    }

    @Test func `a wrong, a missing and a right password over TCP`() throws {
        let port = try withSilentPort(listening: false) { $0 }
        let folder = "/tmp/evalctl-password-\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cluster = EmbeddedCluster(
            directory: folder + "/postgres", durability: .throwaway, settings: ["listen_addresses": "127.0.0.1", "port": String(port)])
        let owner = try PostgresConnection(try cluster.start())
        defer { _ = try? cluster.stop(immediately: true) }
        try owner.executeScript("CREATE ROLE guest LOGIN PASSWORD 'open sesame @7'")
        let base = "host=127.0.0.1 port=\(port) user=guest dbname=evalctl"

        let wrong = try #require(throws: Failure.self) { try PostgresConnection(DatabaseAddress(parsing: base + " password=hunter22")) }
        #expect(wrong.code == .databaseAuthentication && wrong.nativeCode == "28P01" && wrong.recovery == .permanent)
        let missing = try #require(throws: Failure.self) {
            try PostgresConnection(DatabaseAddress(parsing: base + " passfile=/nonexistent"))
        }
        #expect(missing.code == .databaseAuthentication && missing.recovery == .permanent)
        for failure in [wrong, missing] {
            let everything = "\(failure) \(failure.message) \(failure.remedy ?? "") \(String(reflecting: failure))"
            #expect(!everything.contains("hunter22"))
            #expect(failure.message.contains("127.0.0.1"))
        }

        let uri = "postgresql://guest:open%20sesame%20%407@127.0.0.1:\(port)/evalctl"
        let right = try PostgresConnection(DatabaseAddress(parsing: uri))
        #expect(try right.execute("SELECT current_user AS name").single().text("name") == "guest")
        // A password never appears in what the server is told to log or show either.
        let lost = try #require(throws: Failure.self) { try right.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
        #expect(!"\(lost)".contains("sesame"))

        let passfile = folder + "/passfile"
        #expect(
            FileManager.default.createFile(
                atPath: passfile, contents: Data("127.0.0.1:\(port):*:guest:open sesame @7\n".utf8), attributes: [.posixPermissions: 0o600])
        )
        #expect(try PostgresConnection(DatabaseAddress(parsing: base + " passfile=\(passfile)")).isOpen)
    }

    @Test func `what the address says wins over the options, and limits reach the server`() throws {
        try TestDatabase.withDatabase { address in
            var options = ConnectionOptions(applicationName: "eval-worker 1")
            options.statementTimeout = .milliseconds(1500)
            let connection = try PostgresConnection(address, options: options)
            #expect(try connection.execute("SHOW application_name").single().text("application_name") == "eval-worker 1")
            #expect(try connection.execute("SHOW statement_timeout").single().text("statement_timeout") == "1500ms")
            #expect(try connection.execute("SHOW client_encoding").single().text("client_encoding") == "UTF8")
            let named = try PostgresConnection(address.with("application_name", "mine"), options: options)
            #expect(try named.execute("SHOW application_name").single().text("application_name") == "mine")
        }
    }
}
