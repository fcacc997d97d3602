import Diagnostics
import FoundationEssentials
import Glibc

/// An open folder. What is done through it is done in this folder, whatever its path leads to by then, and no symbolic link is followed.
struct Folder: ~Copyable {
    let path: String
    let descriptor: Int32

    /// Opens a folder that exists.
    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failed("The folder \(path) cannot be opened") }
    }

    /// Opens a folder, making it where it is missing.
    init(making path: String) throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Self.failed("The folder \(path) for the database cannot be made") }
        try self.init(path)
    }

    deinit { close(descriptor) }

    /// Makes a folder and those above it, for this user alone.
    static func makeAll(_ path: String) throws {
        var current = ""
        for name in path.split(separator: "/") {
            current += "/" + name
            guard mkdir(current, 0o700) == 0 || errno == EEXIST || access(current, F_OK) == 0 else {
                throw failed("The folder \(current) for the database cannot be made")
            }
        }
    }

    /// Gives the folder to an account, and sets who may enter it.
    func give(to account: ServerAccount, mode: mode_t) throws {
        guard fchown(descriptor, account.user, account.group) == 0, fchmod(descriptor, mode) == 0 else {
            throw Self.failed("The folder \(path) cannot be given to account '\(account.name)'")
        }
    }

    /// Sets who may enter the folder.
    func permit(_ mode: mode_t) throws {
        guard fchmod(descriptor, mode) == 0 else { throw Self.failed("The permissions of the folder \(path) cannot be set") }
    }

    /// Replaces a file's text. Whoever owns the folder may have put a link in its place, which goes with what it replaces.
    func write(_ text: String, to name: String, for account: ServerAccount) throws {
        let fresh = name + ".new"
        unlinkat(descriptor, fresh, 0)
        let file = openat(descriptor, fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.failed("The file \(path)/\(name) cannot be written") }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard Glibc.write(file, bytes, bytes.count) == bytes.count, fchown(file, account.user, account.group) == 0,
            renameat(descriptor, fresh, descriptor, name) == 0
        else { throw Self.failed("The file \(path)/\(name) cannot be written") }
    }

    /// A small file's text; `nil` where there is none, or it is anything but a plain file of at most `limit` bytes.
    static func text(of path: String, limit: Int = 65_536) -> String? {
        let file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        let count = read(file, &bytes, bytes.count)
        return count >= 0 && count <= limit ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }

    private static func failed(_ message: String) -> Failure {
        Failure(.clusterDirectory, message, remedy: "choose another --data-dir", nativeCode: "errno \(errno)")
    }
}
