import Foundation
package import Postgres
package import Testing

/// A connection pool in front of the tests' server: Debian's PgBouncer, on a socket of its own.
package final class PgBouncer {
    private static let program = "/usr/sbin/pgbouncer"
    private let folder: URL
    private let process = Process()
    /// The pool's address of a database.
    package let address: DatabaseAddress

    package static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: program) }

    /// - Parameters:
    ///   - mode: `session` or `transaction`.
    ///   - size: connections to the server at most.
    package init(_ database: DatabaseAddress, mode: String, size: Int) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "evalctl-pool-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let connection = try PostgresConnection(database)
        let parameters = try connection.execute(
            "SELECT current_setting('port') AS port, current_database()::text AS name, current_user::text AS role"
        ).single()
        let (name, role, socketFolder) = (try parameters.text("name"), try parameters.text("role"), database.host ?? "")
        if geteuid() == 0 {
            // The pool runs as the server's account, which the server lets in no more than others.
            let map = FileHandle(forWritingAtPath: URL(filePath: socketFolder).deletingLastPathComponent().path + "/data/pg_ident.conf")
            try map?.seekToEnd()
            try map?.write(contentsOf: Data("evalctl postgres \(role)\n".utf8))
            try map?.close()
            try connection.executeScript("SELECT pg_reload_conf()")
        }
        let users = folder.appending(path: "users").path
        try "\"\(role)\" \"\"\n".write(toFile: users, atomically: true, encoding: .utf8)
        let settings = folder.appending(path: "pgbouncer.ini").path
        try """
        [databases]
        \(name) = host=\(socketFolder) port=\(try parameters.text("port"))
        [pgbouncer]
        pool_mode = \(mode)
        default_pool_size = \(size)
        max_client_conn = 100
        query_wait_timeout = 10
        server_login_retry = 1
        unix_socket_dir = \(folder.path)
        listen_port = 6432
        auth_type = trust
        auth_file = \(users)
        """.write(toFile: settings, atomically: true, encoding: .utf8)
        address = try DatabaseAddress(parsing: "postgresql:///\(name)?host=\(folder.path)&port=6432&user=\(role)")
        process.executableURL = URL(filePath: Self.program)
        // It does not run as root.
        process.arguments = (geteuid() == 0 ? ["-u", "postgres"] : []) + [settings]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.path)
        try process.run()
        // The socket is there before it is listened to.
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            do {
                _ = try PostgresConnection(address)
                return
            } catch {
                guard process.isRunning, ContinuousClock.now < deadline else { throw error }
                usleep(5000)
            }
        }
    }

    deinit {
        // It would finish what its clients do, and inherits a mask of signals from the thread that started it.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips where PgBouncer is not installed, unless services are required: then the tests run and fail.
    package static var requiresPgBouncer: Self {
        .enabled(if: servicesAreRequired || PgBouncer.isInstalled, "PgBouncer is not installed (apt-get install pgbouncer)")
    }
}
