import Diagnostics
import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

/// Clients that connect and say nothing, as behind a link that swallows what is sent.
@Suite(.requiresPostgres) struct SilentClientTests {
    private func silentConnection(port: Int) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return status == 0 ? descriptor : -1
    }

    /// PostgreSQL has a process for a connection that it is about to refuse, too, and waits for it even when it shuts down at once.
    @Test func `clients that say nothing do not keep a server from ending`() throws {
        let folder = "/tmp/evalctl-silent-\(getpid())"
        let port = 20_000 + Int(getpid()) % 10_000
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cluster = EmbeddedCluster(
            directory: folder + "/postgres", durability: .throwaway,
            settings: ["max_connections": "4", "listen_addresses": "127.0.0.1", "port": "\(port)"])
        _ = try cluster.start()
        // More than twice the server's connections and workers: the last ones are to be refused.
        let clients = (0..<80).map { _ in silentConnection(port: port) }
        defer { for client in clients { close(client) } }
        #expect(clients.allSatisfy { $0 >= 0 })
        #expect(try cluster.stop())
    }
}
