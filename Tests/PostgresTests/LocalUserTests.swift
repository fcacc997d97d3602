import Diagnostics
import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

/// What other users of the machine get from a server that root runs. The other users are accounts that every system has: `nobody`, and `postgres`,
/// which the server itself runs as.
@Suite(.requiresPostgres, .requiresRoot, .serialized) struct LocalUserTests {
    private struct Place {
        let root: String

        /// The cluster's folder.
        var cluster: String { root + "/state/postgres" }

        func make(_ path: String, owner: String = "root", mode: mode_t = 0o755) throws {
            #expect(mkdir(path, 0o755) == 0 || errno == EEXIST)
            let account = try #require(getpwnam(owner)).pointee
            #expect(chown(path, account.pw_uid, account.pw_gid) == 0 && chmod(path, mode) == 0)
        }
    }

    /// Calls `body` with a folder that all may enter and only root may write, and ends the server below it afterwards.
    private func withPlace(_ body: (Place) throws -> Void) throws {
        var template = Array("/tmp/evalctl-users-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let place = Place(root: String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
        defer {
            _ = try? EmbeddedCluster(directory: place.cluster).endAbandoned()
            try? FileManager.default.removeItem(atPath: place.root)
        }
        try place.make(place.root)
        try place.make(place.root + "/state")
        try body(place)
    }

    private func refusal(_ directory: String) throws -> Failure {
        let failure = try #require(throws: Failure.self) { try EmbeddedCluster(directory: directory, durability: .throwaway).start() }
        #expect(failure.code == .clusterDirectory && failure.remedy != nil)
        return failure
    }

    /// Runs a query as another user.
    private func query(_ address: DatabaseAddress, as user: String) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        process.arguments = [
            "--reuid=\(user)", "--regid=nogroup", "--clear-groups", "psql", address.description, "--no-psqlrc", "--tuples-only", "-c",
            "SELECT 6 * 7",
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    @Test func `the server of root has no capability, wherever its folder is`() throws {
        try withPlace { place in
            // Closed to everybody but root, as root's home is.
            try place.make(place.root, mode: 0o700)
            let cluster = EmbeddedCluster(directory: place.cluster, durability: .throwaway)
            let connection = try PostgresConnection(cluster.start())
            guard case .running(let server) = cluster.status else { throw Failure(.init("test"), "the server does not run") }
            let status = try String(contentsOfFile: "/proc/\(server)/status", encoding: .utf8).split(separator: "\n")
            for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
                #expect(status.contains("\(set):\t0000000000000000"), "\(set)")
            }
            #expect(status.contains("NoNewPrivs:\t1"))
            #expect(throws: Failure.self) { try connection.execute("SELECT pg_read_file('/etc/shadow')") }
            #expect(throws: Failure.self) { try connection.execute("SELECT pg_read_file('\(place.root)/state/postgres/start.lock')") }
            var (folder, data, socket) = (stat(), stat(), stat())
            #expect(lstat(place.cluster, &folder) == 0 && folder.st_uid == 0 && folder.st_mode & 0o7777 == 0o711)
            #expect(lstat(place.cluster + "/data", &data) == 0 && data.st_uid != 0 && data.st_mode & 0o7777 == 0o700)
            #expect(lstat(place.cluster + "/socket", &socket) == 0 && socket.st_uid == data.st_uid && socket.st_mode & 0o7777 == 0o700)
            connection.close()
            try cluster.stop()
        }
    }

    @Test(arguments: ["state", String(repeating: "long", count: 40)])
    func `nobody else connects, and not the account that the server runs as`(name: String) throws {
        try withPlace { place in
            try place.make("\(place.root)/\(name)")
            let cluster = EmbeddedCluster(directory: "\(place.root)/\(name)/postgres", durability: .throwaway)
            let address = try cluster.start()
            let own = try query(address, as: "root")
            #expect(own.status == 0 && own.output.contains("42"))
            for user in ["postgres", "nobody"] {
                let foreign = try query(address, as: user)
                #expect(foreign.status != 0 && !foreign.output.contains("42"), "\(user): \(foreign.output)")
            }
            try cluster.stop()
        }
    }

    @Test func `a folder that another user prepared is refused by name`() throws {
        try withPlace { place in
            try place.make(place.cluster, owner: "nobody", mode: 0o700)
            #expect(try refusal(place.cluster).message.contains("\(place.cluster): it belongs to 'nobody'"))
            try place.make(place.cluster)
            try place.make(place.root + "/state", owner: "nobody")
            #expect(try refusal(place.cluster).message.contains("\(place.root)/state: it belongs to 'nobody'"))
            #expect(!FileManager.default.fileExists(atPath: place.cluster + "/data"))
        }
    }

    @Test func `a folder on the way that others may write is refused by name`() throws {
        try withPlace { place in
            let (state, deep) = (place.root + "/state", place.root + "/state/a/b/postgres")
            for mode in [mode_t(0o777), 0o775] {
                try place.make(state, owner: "root", mode: mode)
                #expect(chown(state, 0, mode == 0o775 ? 65_534 : 0) == 0)
                #expect(try refusal(place.cluster).message.contains(state))
                #expect(try refusal(deep).message.contains(state))
            }
            // Entries of a folder such as /tmp are their owners' own, but the data folder itself is no such folder.
            try place.make(state, mode: 0o1777)
            #expect(try refusal(place.cluster).message.contains(state))
            #expect(chown(state, 0, 0) == 0)
            let cluster = EmbeddedCluster(directory: deep, durability: .throwaway)
            #expect(try PostgresConnection(cluster.start()).isOpen)
            try cluster.stop()
            try FileManager.default.moveItem(atPath: state + "/a", toPath: place.root + "/a")
            #expect(symlink(place.root + "/a", state + "/a") == 0)
            #expect(lchown(state + "/a", 65_534, 65_534) == 0)
            #expect(try refusal(deep).message.contains("\(state)/a: it belongs to 'nobody'"))
        }
    }

    @Test func `a link in the place of a folder or a lock is not followed`() throws {
        try withPlace { place in
            let victim = place.root + "/victim"
            try place.make(victim, mode: 0o700)
            try place.make(place.cluster)
            for name in ["data", "socket"] {
                let link = "\(place.cluster)/\(name)"
                #expect(symlink(victim, link) == 0)
                _ = try refusal(place.cluster)
                var status = stat()
                #expect(stat(victim, &status) == 0 && status.st_uid == 0 && status.st_mode & 0o7777 == 0o700)
                #expect(unlink(link) == 0)
            }
            let written = place.root + "/written"
            #expect(unlink(place.cluster + "/start.lock") == 0 || errno == ENOENT)
            #expect(symlink(written, place.cluster + "/start.lock") == 0)
            _ = try refusal(place.cluster)
            #expect(!FileManager.default.fileExists(atPath: written))
        }
    }

    @Test func `data of another account than the server's is refused`() throws {
        try withPlace { place in
            try place.make(place.cluster)
            try place.make(place.cluster + "/data", owner: "nobody", mode: 0o700)
            #expect(try refusal(place.cluster).message.contains("'nobody'"))
        }
    }

    @Test func `what owners of the data leave in it neither leads root elsewhere nor holds it up`() throws {
        try withPlace { place in
            let cluster = EmbeddedCluster(directory: place.cluster, durability: .throwaway)
            _ = try cluster.start()
            try cluster.stop()
            let (data, written) = (place.cluster + "/data", place.root + "/written")
            for name in ["pg_hba.conf", "pg_ident.conf.new"] {
                unlink("\(data)/\(name)")
                #expect(symlink(written, "\(data)/\(name)") == 0)
            }
            // Nobody ever writes into it, and who opens it without care waits.
            #expect(mkfifo(data + "/postmaster.pid", 0o644) == 0)
            #expect(cluster.status == .stopped)
            unlink(data + "/postmaster.pid")
            #expect(try PostgresConnection(cluster.start()).isOpen)
            #expect(!FileManager.default.fileExists(atPath: written))
            try cluster.stop()
        }
    }
}
