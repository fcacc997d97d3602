import Diagnostics
import FoundationEssentials
import Glibc

/// The private folder of the server's Unix socket: inside the cluster's folder, or a short one elsewhere where that path is too long.
struct SocketDirectory {
    /// Longest path of a socket: `sun_path` has 108 bytes, the last one null.
    static let longestSocketPath = 107

    let clusterDirectory: String
    let port: Int

    private var inside: String { clusterDirectory + "/socket" }
    private var record: String { clusterDirectory + "/socket-path" }
    /// libpq takes a comma for the end of a host.
    private var fits: Bool { "\(inside)/.s.PGSQL.\(port)".utf8.count <= Self.longestSocketPath && !inside.contains(",") }

    /// Where clients find the socket; `nil` where no folder has been made for it.
    var path: String? { fits ? inside : Folder.text(of: record) }

    /// Makes the folder with mode 0700, for `account`.
    /// - Returns: How the server names it, which works in the data folder.
    func prepare(account: ServerAccount) throws -> String {
        if fits {
            try Folder(making: inside).give(to: account, mode: 0o700)
            return "../socket"
        }
        if let recorded = path, Self.isPrivate(recorded, account.user) { return recorded }
        var template = Array("\(Self.shortBase())/evalctl-XXXXXX".utf8CString)
        let isMade = mkdtemp(&template) != nil
        let made = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard isMade else {
            throw Failure(.clusterDirectory, "The folder \(made) for the database's socket cannot be made", nativeCode: "errno \(errno)")
        }
        try Folder(made).give(to: account, mode: 0o700)
        unlink(record)
        guard FileManager.default.createFile(atPath: record, contents: Data(made.utf8)) else {
            throw Failure(.clusterDirectory, "The file \(record) cannot be written", nativeCode: "errno \(errno)")
        }
        return made
    }

    /// Removes a folder outside the cluster's once the server is gone.
    static func remove(clusterDirectory: String) {
        let record = clusterDirectory + "/socket-path"
        guard let recorded = Folder.text(of: record) else { return }
        // Fails, as it should, where anything is left in it.
        rmdir(recorded)
        unlink(record)
    }

    /// A folder with a short name: the user's own for such things, root's `/run`, or `/tmp`, where the new folder is nobody else's either.
    private static func shortBase() -> String {
        if geteuid() == 0 { return access("/run", W_OK) == 0 ? "/run" : "/tmp" }
        let runtime = ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"] ?? ""
        return runtime.hasPrefix("/") && runtime.utf8.count < 60 && isPrivate(runtime, geteuid()) ? runtime : "/tmp"
    }

    /// Whether a folder is a user's alone: somebody else may have put another one in its place under /tmp.
    private static func isPrivate(_ path: String, _ user: uid_t) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFDIR && status.st_uid == user && status.st_mode & 0o077 == 0
    }
}
