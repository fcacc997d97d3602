import Chaos
import Dashboard
import Diagnostics
import Foundation
import Logging
import Telemetry
import Testing

/// A real server, asked by clients that do as they please.
@Suite struct ConnectionGateTests {
    private static let token = "0123456789abcdef"

    /// Calls `body` with a server that has room for eight connections and gives a request one second, on a thread of its own: the server's tasks
    /// need those that tests run on.
    private func withServer(_ body: @escaping @Sendable (HTTPAddress) throws -> Void) async throws {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try serve(body) }) }
        }
    }

    private func serve(_ body: (HTTPAddress) throws -> Void) throws {
        var configuration = try HTTPConfiguration(address: HTTPAddress(host: "127.0.0.1", port: 0), token: HTTPToken(Self.token))
        configuration.connections = 8
        configuration.requestSeconds = 1
        let status = ProgramStatus(metrics: MetricsRegistry(), pulses: LoopPulses(), build: []) {
            [ReadinessCheck("database") { throw Failure(.init("database.authentication"), "user 'eval' is refused at 10.1.2.3") }]
        }
        let server = try HTTPServer(configuration, status: status, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        defer { server.stop() }
        try body(server.address)
    }

    private func connect(_ address: HTTPAddress, _ text: String = "") throws -> StreamSocket {
        let socket = try StreamSocket.connected(to: .tcp(host: "127.0.0.1", port: address.port))
        if !text.isEmpty { try #require(socket.send(Array(text.utf8)[...])) }
        return socket
    }

    private func everything(_ socket: StreamSocket) -> String {
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 4096))
        while case let count = socket.receive(into: &buffer), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func answer(_ address: HTTPAddress, _ request: String) throws -> String { everything(try connect(address, request)) }

    private func get(_ path: String, _ address: HTTPAddress, _ headers: String = "") throws -> String {
        try answer(address, "GET \(path) HTTP/1.1\r\nHost: \(address)\r\n\(headers)Connection: close\r\n\r\n")
    }

    @Test func `connections that ask nothing keep nobody out`() async throws {
        try await withServer { address in
            let idle = try (0..<30).map { _ in try connect(address) }
            for _ in 0..<3 { #expect(try get("/livez", address).hasPrefix("HTTP/1.1 200")) }
            #expect(everything(idle[0]).isEmpty)
        }
    }

    @Test(arguments: ["GET /livez HTTP/1.1\r\nX-A: ", "POST /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\n"])
    func `a request that is never complete is ended`(start: String) async throws {
        try await withServer { address in
            let slow = try connect(address, start)
            // Each byte is a sign of life, which a client could give for hours.
            let drip = Thread {
                while slow.send([UInt8(ascii: "a")]) { usleep(50_000) }
            }
            drip.start()
            #expect(everything(slow).isEmpty)
            slow.shutDown()
        }
    }

    @Test(arguments: [
        ("GET /livez HTTP/1.1\r\nHost: HERE\r\nHost: HERE\r\n\r\n", 400),
        ("GET /livez HTTP/1.1\r\nHost: HERE\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        ("POST /nowhere HTTP/1.1\r\nHost: HERE\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcdefgh\r\n0\r\n\r\n", 400),
        ("POST /nowhere HTTP/1.1\r\nHost: HERE\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
        ("POST /nowhere HTTP/1.1\r\nHost: HERE\r\nContent-Length: x\r\n\r\n", 400),
        ("GET /livez HTTP/1.1\r\nHost : HERE\r\n\r\n", 400), ("NONSENSE\r\n\r\n", 400),
        ("POST /nowhere HTTP/1.1\r\nHost: HERE\r\nContent-Length: 10000\r\n\r\n" + String(repeating: "a", count: 10_000), 413),
    ])
    func `what is malformed or too large is refused as such`(request: String, status: Int) async throws {
        try await withServer { address in
            let answer = try answer(address, request.replacingOccurrences(of: "HERE", with: "\(address)"))
            #expect(answer.hasPrefix("HTTP/1.1 \(status) ") && answer.contains("\"error\""), "\(answer)")
            #expect(try get("/livez", address).hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `requests on one connection are answered in their order`() async throws {
        try await withServer { address in
            let one = "GET /livez HTTP/1.1\r\nHost: \(address)\r\n\r\n"
            let last = "GET /readyz HTTP/1.1\r\nHost: \(address)\r\nConnection: close\r\n\r\n"
            let statuses = try answer(address, one + one + last).components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
            #expect(statuses == ["200", "200", "503"])
        }
    }

    @Test func `readyz names an address and a user to those alone who have the token`() async throws {
        try await withServer { address in
            let open = try get("/readyz", address)
            #expect(open.hasPrefix("HTTP/1.1 503") && open.contains("database.authentication"))
            #expect(!open.contains("10.1.2.3") && !open.contains("eval'"))
            let own = try get("/readyz", address, "Authorization: Bearer \(Self.token)\r\n")
            #expect(own.contains("10.1.2.3") && own.contains("'eval'"))
        }
    }
}
