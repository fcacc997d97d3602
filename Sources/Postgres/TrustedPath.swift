import Diagnostics
import Glibc

/// Whether what a path leads to is in the hands of this user and root alone: whoever may write a folder on the way may put another one in its place.
struct TrustedPath {
    private let user = geteuid()

    /// Looks at every folder and symbolic link on the way; what does not exist yet ends it.
    /// - Parameters:
    ///   - path: Absolute.
    ///   - strict: How many of the last components must not be shared at all. Above them a folder such as `/tmp` is on the way of everybody,
    ///     where the kernel keeps each user's entries apart.
    /// - Throws: `cluster.directory`, with the name of the folder that somebody else owns or may write.
    static func require(_ path: String, strict: Int) throws {
        try TrustedPath().walk(path)
        var end = path[...]
        for _ in 0..<strict where !end.isEmpty {
            var status = stat()
            if stat(String(end), &status) == 0, status.st_mode & mode_t(S_ISVTX) != 0 {
                try TrustedPath().requireUnshared(status, String(end))
            }
            end = end.prefix(upTo: end.lastIndex(of: "/") ?? end.startIndex)
        }
    }

    private func walk(_ path: String) throws {
        var rest = path.split(separator: "/").reversed().map(String.init)
        var current = ""
        var links = 0
        while let name = rest.popLast() {
            if name == "." { continue }
            if name == ".." {
                current = String(current.prefix(upTo: current.lastIndex(of: "/") ?? current.startIndex))
                continue
            }
            let next = current + "/" + name
            var status = stat()
            guard lstat(next, &status) == 0 else {
                if errno == ENOENT { return }
                throw Failure(.clusterDirectory, "The folder \(next) cannot be looked at", nativeCode: "errno \(errno)")
            }
            guard status.st_uid == 0 || status.st_uid == user else {
                throw refused(next, "belongs to \(Account.name(of: status.st_uid)), who could put anything in its place")
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR:
                if status.st_mode & mode_t(S_ISVTX) == 0 { try requireUnshared(status, next) }
                current = next
            case S_IFLNK:
                links += 1
                guard links <= 40, let target = Self.target(of: next) else { throw refused(next, "is a symbolic link that leads nowhere") }
                if target.hasPrefix("/") { current = "" }
                rest += target.split(separator: "/").reversed().map(String.init)
            default: throw refused(next, "is no folder")
            }
        }
    }

    private func requireUnshared(_ status: stat, _ path: String) throws {
        if status.st_mode & mode_t(S_IWOTH) != 0 { throw refused(path, "may be written by everybody") }
        if status.st_mode & mode_t(S_IWGRP) != 0, !Account.isPrivate(group: status.st_gid, of: user) {
            throw refused(path, "may be written by the members of group id \(status.st_gid)")
        }
    }

    private func refused(_ path: String, _ reason: String) -> Failure {
        Failure(
            .clusterDirectory, "The database is not put below \(path): it \(reason)",
            remedy: "choose a --data-dir below folders that only you or root may write")
    }

    private static func target(of link: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(link, &buffer, buffer.count)
        guard count > 0, count < buffer.count else { return nil }
        return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
