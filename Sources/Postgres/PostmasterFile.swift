import Glibc

/// What a running server writes into `postmaster.pid` (PostgreSQL's `pidfile.h`).
struct PostmasterFile {
    enum Status: String {
        case starting, ready, stopping, standby
    }

    let process: pid_t
    let port: Int
    let status: Status?

    /// Reads the file; `nil` where there is none, it is not complete yet, or its process is no server on this folder any more.
    init?(dataDirectory: String) {
        guard let text = Folder.text(of: dataDirectory + "/postmaster.pid") else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 5, let process = pid_t(lines[0]), process > 0, let port = Int(lines[3]) else { return nil }
        self.process = process
        self.port = port
        status = lines.count >= 8 ? Status(rawValue: String(lines[7].prefix { $0 != " " })) : nil
        guard Self.isServer(process, of: dataDirectory) else { return nil }
    }

    /// Whether the process works in the data folder, as a server does, and for the folder's owner. The number in a file left over by a crash may
    /// be anybody's by now.
    private static func isServer(_ process: pid_t, of dataDirectory: String) -> Bool {
        var here = stat()
        var there = stat()
        var owner = stat()
        guard lstat(dataDirectory, &here) == 0, stat("/proc/\(process)/cwd", &there) == 0, stat("/proc/\(process)", &owner) == 0 else {
            return false
        }
        return here.st_dev == there.st_dev && here.st_ino == there.st_ino && owner.st_uid == here.st_uid
    }
}
