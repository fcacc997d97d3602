import Diagnostics
import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

/// Serialized: each test starts servers.
@Suite(.requiresPostgres, .serialized) struct EmbeddedClusterTests {
    /// Calls `body` with a folder that only this user may enter, and ends what still runs in `clusters` below it afterwards.
    private func withFolder(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/evalctl-cluster-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        defer {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                _ = try? EmbeddedCluster(directory: "\(folder)/\(name)").endAbandoned()
            }
            try? FileManager.default.removeItem(atPath: folder)
        }
        try body(folder)
    }

    private func process(_ cluster: EmbeddedCluster) throws -> pid_t {
        guard case .running(let process) = cluster.status else { throw Failure(.init("test"), "the server does not run") }
        return pid_t(process)
    }

    private func isGone(_ process: pid_t) -> Bool {
        for _ in 0..<2000 {
            var status: Int32 = 0
            waitpid(process, &status, WNOHANG)
            if kill(process, 0) != 0 { return true }
            usleep(5000)
        }
        return false
    }

    @Test func `what was committed is there after a stop and a start`() throws {
        try withFolder { folder in
            let cluster = EmbeddedCluster(directory: folder + "/pg")
            #expect(cluster.status == .absent)
            try PostgresConnection(cluster.start()).executeScript("CREATE TABLE t (id int); INSERT INTO t VALUES (42)")
            do {
                let connection = try PostgresConnection(cluster.start())
                #expect(try connection.execute("SHOW fsync").single().text("fsync") == "on")
                #expect(try connection.execute("SHOW listen_addresses").single().text("listen_addresses") == "")
            }
            let server = try process(cluster)
            // A session of its own: Ctrl-C at the terminal reaches this program and not the server.
            #expect(getsid(server) == server)
            var status = stat()
            #expect(stat(folder + "/pg/socket", &status) == 0 && status.st_mode & 0o777 == 0o700)
            #expect(try cluster.stop())
            #expect(cluster.status == .stopped && kill(server, 0) != 0)
            #expect(try !cluster.stop())
            let again = try PostgresConnection(cluster.start())
            #expect(try again.execute("SELECT id FROM t").single().int("id") == 42)
            // It was shut down and did not have to recover.
            let log = try String(contentsOf: URL(filePath: folder + "/pg/server.log"), encoding: .utf8)
            #expect(log.contains("database system was shut down") && !log.contains("not properly shut down"))
            try cluster.stop()
        }
    }

    @Test func `a second user joins the running server, and the last one ends it`() throws {
        try withFolder { folder in
            let (one, two) = (EmbeddedCluster(directory: folder + "/pg"), EmbeddedCluster(directory: folder + "/pg"))
            let address = try one.start()
            #expect(try two.start() == address && one.start() == address)
            let server = try process(one)
            #expect(try process(two) == server)
            #expect(try !one.stop())
            #expect(try PostgresConnection(address).isOpen)
            #expect(try !EmbeddedCluster(directory: folder + "/pg").endAbandoned())
            #expect(try two.stop())
            #expect(two.status == .stopped)
        }
    }

    @Test func `four threads that start at once get one server`() throws {
        try withFolder { folder in
            let processes = try Threads.run(4) { _ in
                let cluster = EmbeddedCluster(directory: folder + "/pg", durability: .throwaway)
                let address = try cluster.start()
                let server = try PostgresConnection(address).execute("SELECT pg_postmaster_start_time()::text AS time").single().text(
                    "time")
                usleep(300_000)
                return (server, try cluster.stop())
            }
            #expect(Set(processes.map(\.0)).count == 1 && processes.count { $0.1 } == 1)
        }
    }

    @Test func `a server whose users were killed is adopted, and one that crashed is started again`() throws {
        try withFolder { folder in
            var abandoned: EmbeddedCluster? = EmbeddedCluster(directory: folder + "/pg")
            try PostgresConnection(abandoned!.start()).executeScript("CREATE TABLE t (id int); INSERT INTO t VALUES (1)")
            let server = try process(abandoned!)
            // Its lock goes with it, as with a killed process.
            abandoned = nil
            let heir = EmbeddedCluster(directory: folder + "/pg")
            let address = try heir.start()
            #expect(try process(heir) == server)
            kill(server, SIGKILL)
            #expect(isGone(server))
            #expect(heir.status == .stopped)
            let third = EmbeddedCluster(directory: folder + "/pg")
            #expect(try PostgresConnection(third.start()).execute("SELECT id FROM t").single().int("id") == 1)
            #expect(try process(third) != server)
            #expect(try PostgresConnection(address).isOpen)
            _ = try heir.stop()
            #expect(try third.stop())
        }
    }

    @Test func `a session survives a server that stops and starts in between`() throws {
        try withFolder { folder in
            let cluster = EmbeddedCluster(directory: folder + "/pg", durability: .throwaway)
            let session = PostgresSession(try cluster.start())
            #expect(try session.retrying { try $0.execute("SELECT 1 AS one").single().int("one") } == 1)
            try cluster.stop()
            let away = try #require(throws: Failure.self) { try session.withConnection { try $0.execute("SELECT 1 AS one") } }
            #expect(away.recovery == .transient)
            let answer = try Threads.pair {
                try session.retrying { try $0.execute("SELECT 2 AS two").single().int("two") }
            } and: {
                usleep(300_000)
                _ = try cluster.start()
            }
            #expect(answer == 2)
            try cluster.stop()
        }
    }

    @Test func `a folder with a long or strange name gets a short socket folder, which goes with the server`() throws {
        try withFolder { folder in
            for name in [String(repeating: "long", count: 40), "comma, 'quote' \"and\" ünï"] {
                let cluster = EmbeddedCluster(directory: "\(folder)/\(name)", durability: .throwaway)
                let address = try cluster.start()
                let socketFolder = try #require(address.host)
                #expect(!socketFolder.hasPrefix(folder) && socketFolder.utf8.count < 60)
                #expect(try PostgresConnection(DatabaseAddress(parsing: address.description)).isOpen)
                try cluster.stop()
                #expect(!FileManager.default.fileExists(atPath: socketFolder))
            }
        }
    }

    @Test func `an interrupted first start leaves nothing in the way`() throws {
        try withFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/pg/data.new/base", withIntermediateDirectories: true)
            let cluster = EmbeddedCluster(directory: folder + "/pg", durability: .throwaway)
            #expect(try PostgresConnection(cluster.start()).isOpen)
            try cluster.stop(immediately: true)
        }
    }

    @Test func `data of another version, damaged data and an unusable folder are told apart`() throws {
        try withFolder { folder in
            let cluster = EmbeddedCluster(directory: folder + "/pg", durability: .throwaway)
            _ = try cluster.start()
            try cluster.stop()
            let version = folder + "/pg/data/PG_VERSION"
            let original = try String(contentsOfFile: version, encoding: .utf8)
            try "9\n".write(toFile: version, atomically: false, encoding: .utf8)
            let older = try #require(throws: Failure.self) { try cluster.start() }
            #expect(older.code == .clusterVersionMismatch && older.message.contains("PostgreSQL 9") && older.remedy != nil)
            try original.write(toFile: version, atomically: false, encoding: .utf8)
            try FileManager.default.removeItem(atPath: folder + "/pg/data/global/pg_control")
            let damaged = try #require(throws: Failure.self) { try cluster.start() }
            #expect(damaged.code == .clusterStartFailed && damaged.message.contains("pg_control"))
            #expect(FileManager.default.createFile(atPath: folder + "/file", contents: nil))
            let unusable = try #require(throws: Failure.self) { try EmbeddedCluster(directory: folder + "/file/pg").start() }
            #expect(unusable.code == .clusterDirectory && unusable.message.contains("/file"))
        }
    }
}

extension String {
    fileprivate func write(toFile path: String, atomically: Bool, encoding: Encoding) throws {
        try write(to: URL(fileURLWithPath: path), atomically: atomically, encoding: encoding)
    }
}
