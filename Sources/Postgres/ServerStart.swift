import Diagnostics
import FoundationEssentials
import Glibc

/// Brings a cluster's server up: makes the database, starts the server or adopts the one that runs. The caller holds the start lock.
struct ServerStart {
    let cluster: EmbeddedCluster

    private var data: String { cluster.dataDirectory }
    private var port: Int { cluster.settings["port"].flatMap(Int.init) ?? 5432 }

    private var socket: SocketDirectory { SocketDirectory(clusterDirectory: cluster.directory, port: port) }

    func run() throws -> DatabaseAddress {
        let exists = access(data + "/PG_VERSION", F_OK) == 0
        let account = try ServerAccount.choose(dataDirectory: data)
        let programs = try ServerPrograms.find(majorVersion: exists ? try dataVersion() : nil)
        if !exists { try initialize(programs, account) }
        let folder = try Folder(data)
        let server = try running() ?? start(programs, account, folder)
        if !exists, cluster.durability == .kept { writeToDisk(programs, account, folder) }
        guard let socketDirectory = SocketDirectory(clusterDirectory: cluster.directory, port: server.port).path else {
            throw Failure(.clusterStartFailed, "The socket of the database in \(cluster.directory) is gone", remedy: "end the server")
        }
        let address = DatabaseAddress(
            socketDirectory: socketDirectory, port: server.port, user: EmbeddedCluster.user, database: cluster.database)
        try ensureDatabase(address)
        return address
    }

    private func dataVersion() throws -> Int {
        guard let version = Folder.text(of: data + "/PG_VERSION").flatMap({ Int($0.prefix { $0.isNumber }) }) else {
            throw Failure(.clusterDirectory, "The file \(data)/PG_VERSION cannot be read", remedy: "choose another --data-dir")
        }
        return version
    }

    /// Makes the database beside its place and moves it there once complete, so that an interrupted attempt leaves nothing half made.
    private func initialize(_ programs: ServerPrograms, _ account: ServerAccount) throws {
        try account.verify()
        let fresh = cluster.directory + "/data.new"
        try removeRemains(fresh, account)
        let folder = try Folder(making: fresh)
        try folder.give(to: account, mode: 0o700)
        let outcome = try ChildProcess.run(
            account.prefix + [
                programs.initdb, "--pgdata=\(ChildProcess.inheritedFolder)", "--username=\(EmbeddedCluster.user)", "--encoding=UTF8",
                "--locale=C", "--auth=reject", "--no-instructions", "--no-sync",
            ], folder: folder.descriptor, timeout: .seconds(120))
        guard outcome.status == 0, rename(fresh, data) == 0 else {
            throw Failure(
                .clusterStartFailed, "initdb could not make a database in \(cluster.directory): \(Self.lastLines(outcome.output))",
                remedy: "see whether the disk is full", nativeCode: "exit \(outcome.status)")
        }
    }

    /// Removes what an interrupted attempt has left, as the account whose it is: whoever owns a folder may put links into it meanwhile.
    private func removeRemains(_ path: String, _ account: ServerAccount) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_uid == account.user, !account.prefix.isEmpty {
            let folder = try Folder(path)
            _ = try ChildProcess.run(
                account.prefix + ["/usr/bin/find", ChildProcess.inheritedFolder + "/", "-mindepth", "1", "-delete"],
                folder: folder.descriptor)
            rmdir(path)
        } else {
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    /// Makes the new database safe from a crash of the machine, in the background: initdb's own flush takes longer than all the rest of the start.
    private func writeToDisk(_ programs: ServerPrograms, _ account: ServerAccount, _ folder: borrowing Folder) {
        // A failure leaves it to the kernel, which writes everything within half a minute.
        _ = try? ChildProcess.start(
            account.prefix + [programs.initdb, "--sync-only", "--pgdata=\(ChildProcess.inheritedFolder)"], folder: folder.descriptor,
            log: cluster.logFile)
    }

    /// The server that runs already, once it is ready; `nil` where none does.
    private func running() throws -> PostmasterFile? {
        let deadline = Deadline(in: .seconds(120))
        while let server = PostmasterFile(dataDirectory: data) {
            if server.status == .ready {
                let socket = SocketDirectory(clusterDirectory: cluster.directory, port: server.port).path
                if let socket, access("\(socket)/.s.PGSQL.\(server.port)", F_OK) == 0 { return server }
                // Its socket was swept away with other old files of /tmp, so nobody can reach it.
                try ServerStop(dataDirectory: data).run()
                return nil
            }
            guard !deadline.isPast else {
                throw Failure(
                    .clusterStartFailed, "The PostgreSQL server \(server.process) of \(data) does not get ready",
                    remedy: "see \(cluster.logFile)", recovery: .transient)
            }
            usleep(2_000)
        }
        return nil
    }

    private func start(_ programs: ServerPrograms, _ account: ServerAccount, _ folder: borrowing Folder) throws -> PostmasterFile {
        try account.verify()
        var settings = ServerSettings.common.merging(ServerSettings.of(cluster.durability)) { $1 }.merging(cluster.settings) { $1 }
        try AccessRules.write(to: folder, for: account, listens: settings["listen_addresses"] != "")
        settings["unix_socket_directories"] = try socket.prepare(account: account)
        let arguments = settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
        // After a crash the server's last processes may need a moment to notice and go; until then a new one refuses to start.
        let retryDeadline = Deadline(in: .seconds(access(data + "/postmaster.pid", F_OK) == 0 ? 6 : 0))
        while true {
            let logStart = logSize()
            let process = try ChildProcess.start(
                account.prefix + [programs.postgres, "-D", ChildProcess.inheritedFolder] + arguments, folder: folder.descriptor,
                log: cluster.logFile)
            if let ready = try waitUntilReady(process) { return ready }
            guard !retryDeadline.isPast else {
                throw Failure(
                    .clusterStartFailed, "The PostgreSQL server of \(data) did not start: \(logTail(from: logStart))",
                    remedy: "see \(cluster.logFile)")
            }
            usleep(200_000)
        }
    }

    /// Waits for the server; `nil` where it ended instead.
    private func waitUntilReady(_ process: pid_t) throws -> PostmasterFile? {
        // Recovery after a crash reads the log since the last checkpoint, which may take minutes on a slow disk.
        let deadline = Deadline(in: .seconds(300))
        while !deadline.isPast, !EmbeddedCluster.mustHurry {
            if let server = PostmasterFile(dataDirectory: data), server.process == process, server.status == .ready { return server }
            if ChildProcess.hasEnded(process) { return nil }
            usleep(2_000)
        }
        kill(process, SIGQUIT)
        throw Failure(.clusterStartFailed, "The PostgreSQL server of \(data) took too long to start", remedy: "see \(cluster.logFile)")
    }

    private func ensureDatabase(_ address: DatabaseAddress) throws {
        do {
            _ = try PostgresConnection(address)
        } catch let failure as Failure where failure.code == .databaseUndefinedDatabase {
            let connection = try PostgresConnection(address.with(database: "postgres"))
            try connection.executeScript("CREATE DATABASE \(PostgresConnection.quoted(cluster.database))")
        }
    }

    private func logSize() -> Int {
        var status = stat()
        guard stat(cluster.logFile, &status) == 0 else { return 0 }
        if status.st_size < 10_000_000 { return Int(status.st_size) }
        unlink(cluster.logFile)
        return 0
    }

    private func logTail(from offset: Int) -> String {
        guard let bytes = FileManager.default.contents(atPath: cluster.logFile) else { return "it left no log" }
        return Self.lastLines(String(decoding: bytes.dropFirst(offset).suffix(2000), as: UTF8.self))
    }

    private static func lastLines(_ text: String) -> String {
        text.split(separator: "\n").suffix(4).joined(separator: "; ")
    }
}
