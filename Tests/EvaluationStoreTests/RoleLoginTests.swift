import Diagnostics
import EvaluationStore
import Foundation
import Postgres
import TestSupport
import Testing

/// Accounts that log in by themselves. A connection of the owner's that has become a role by `SET ROLE` shows less: the server lets it become any other.
@Suite(.requiresPostgres) struct RoleLoginTests {
    private static let refused = [
        "SET ROLE NONE; SET SESSION AUTHORIZATION owner", "SET ROLE owner", "RESET ROLE; SET ROLE owner",
        "RESET SESSION AUTHORIZATION; SET SESSION AUTHORIZATION owner", "SET ROLE evalctl_other", "GRANT owner TO account",
        "GRANT evalctl_other TO account", "ALTER ROLE account SUPERUSER", "CREATE ROLE mine", "SET session_replication_role = replica",
        "SELECT pg_read_file('/etc/hostname')", "SELECT lo_import('/etc/hostname')", "COPY runs TO PROGRAM 'true'",
        "CREATE TEMP TABLE mine ()",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", "SELECT setval('runs_run_id_seq', 1)",
        "ALTER DATABASE evalctl SET work_mem = '1GB'",
    ]

    @Test func `no account becomes another, and none reaches more than its role`() throws {
        let folder = "/tmp/evalctl-login-\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let port = try unusedPort()
        let cluster = EmbeddedCluster(
            directory: folder + "/postgres", durability: .throwaway, settings: ["listen_addresses": "127.0.0.1", "port": String(port)])
        let owner = try PostgresConnection(try cluster.start())
        defer { _ = try? cluster.stop(immediately: true) }
        _ = try MigrationRunner().migrate(owner)
        let name = PostgresConnection.quoted(try owner.execute("SELECT current_user AS name").single().text("name"))
        for (role, other) in [("reader", "worker"), ("worker", "coordinator"), ("coordinator", "worker")] {
            try owner.executeScript("CREATE ROLE \(role) LOGIN PASSWORD 'one of three' IN ROLE evalctl_\(role)")
            let account = try PostgresConnection(
                DatabaseAddress(parsing: "postgresql://\(role):one%20of%20three@127.0.0.1:\(port)/evalctl"))
            #expect(try account.execute("SELECT session_user::text AS name").single().text("name") == role)
            for statement in Self.refused {
                let asked = statement.replacing("owner", with: name).replacing("evalctl_other", with: "evalctl_\(other)")
                    .replacing("account", with: role)
                let failure = #expect(throws: Failure.self, "\(role): \(asked)") { try account.executeScript(asked) }
                #expect(failure?.nativeCode == "42501", "\(role): \(asked): \(failure.map { "\($0)" } ?? "")")
            }
        }
    }
}

/// A port of this machine that nothing listens on.
private func unusedPort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    return try withUnsafeMutablePointer(to: &address) {
        try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            try #require(bind(descriptor, address, size) == 0 && getsockname(descriptor, address, &size) == 0)
        }
        return UInt16(bigEndian: $0.pointee.sin_port)
    }
}
