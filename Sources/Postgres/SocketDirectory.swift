import Diagnostics
import FoundationEssentials
import Glibc

/// The private folder of the server's Unix socket: inside the cluster's folder, or a short one elsewhere where that path is too long.
enum SocketDirectory {
    /// Longest path of a socket: `sun_path` has 108 bytes, the last one null.
    static let longestSocketPath = 107

    /// Gives the folder, made with mode 0700 and owned by `account`.
    static func prepare(clusterDirectory: String, port: Int, account: ServerAccount) throws -> String {
        let inside = clusterDirectory + "/socket"
        // libpq takes a comma for the end of a host, and the server takes it for the end of a folder.
        let fits = "\(inside)/.s.PGSQL.\(port)".utf8.count <= longestSocketPath && !inside.contains { ",\"'\\".contains($0) }
        if fits {
            if mkdir(inside, 0o700) != 0, errno != EEXIST { throw failed(inside) }
            try account.own(inside)
            return inside
        }
        let record = clusterDirectory + "/socket-path"
        if let recorded = try? String(contentsOfFile: record, encoding: .utf8), isPrivate(recorded, account) { return recorded }
        var template = Array("\(shortBase())/evalctl-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw failed(String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
        }
        let made = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        try account.own(made)
        guard FileManager.default.createFile(atPath: record, contents: Data(made.utf8)) else { throw failed(record) }
        return made
    }

    /// Removes a folder outside the cluster's once the server is gone.
    static func remove(clusterDirectory: String) {
        let record = clusterDirectory + "/socket-path"
        guard let recorded = try? String(contentsOfFile: record, encoding: .utf8) else { return }
        // Fails, as it should, where anything is left in it.
        rmdir(recorded)
        unlink(record)
    }

    private static func shortBase() -> String {
        let runtime = ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"] ?? ""
        // Root's server runs as another account, which cannot enter root's runtime folder.
        return geteuid() != 0 && runtime.hasPrefix("/") && runtime.utf8.count < 60 && access(runtime, W_OK) == 0 ? runtime : "/tmp"
    }

    /// Whether a recorded folder is still the one that was made: somebody else may have put another one in its place under /tmp.
    private static func isPrivate(_ path: String, _ account: ServerAccount) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFDIR && status.st_uid == account.user && status.st_mode & 0o077 == 0
    }

    private static func failed(_ path: String) -> Failure {
        Failure(.clusterDirectory, "The folder \(path) for the database's socket cannot be made", nativeCode: "errno \(errno)")
    }
}
