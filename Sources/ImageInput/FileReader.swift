import Crypto
import Diagnostics
import Glibc

/// An open regular file, closed when it goes out of use.
///
/// Opening never waits: a pipe or device is refused, whatever is on its other end.
struct FileReader: ~Copyable {
    private let descriptor: CInt
    private let name: String
    /// The file's length when it was opened, in bytes.
    let byteCount: Int

    /// Linux's SEEK_HOLE, which Glibc's module lacks.
    private static let seekHole: CInt = 4

    /// - Throws: `image.sparse`, `image.unreadable`, `image.notRegularFile`, `image.fileTooLarge` (more than `limit` bytes).
    init(path: String, limit: Int) throws {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw Self.unreadable(path, errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw Self.unreadable(path, code)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw Failure(.imageNotRegularFile, "\(path) is not a regular file.", remedy: "Name a file, not a folder, pipe or device.")
        }
        guard status.st_size <= limit else {
            close(descriptor)
            throw Failure(
                .imageFileTooLarge, "\(path) has \(status.st_size) bytes, more than the limit of \(limit).",
                remedy: "Make the file smaller, or raise the limit.")
        }
        // Fewer blocks than bytes may also be the file system's compression: a hole tells.
        if Int(status.st_blocks) * 512 < status.st_size, case let hole = lseek(descriptor, 0, Self.seekHole), hole >= 0,
            hole < status.st_size
        {
            close(descriptor)
            throw Failure(
                .imageSparse, "\(path) has holes: some of its bytes were never written.", remedy: "Fetch the file again.")
        }
        lseek(descriptor, 0, SEEK_SET)
        self.descriptor = descriptor
        self.name = path
        self.byteCount = Int(status.st_size)
    }

    deinit {
        close(descriptor)
    }

    /// Reads until `memory` is full or the file ends, and returns how many bytes came.
    func read(into memory: UnsafeMutableRawBufferPointer) throws -> Int {
        var filled = 0
        while filled < memory.count {
            let count = Glibc.read(descriptor, memory.baseAddress.unsafelyUnwrapped + filled, memory.count - filled)
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.unreadable(name, errno)
            }
            filled += count
        }
        return filled
    }

    /// Reads the whole file through `buffer` and returns its length, its hash and its first bytes (at most 16).
    func contents(through buffer: UnsafeMutableRawBufferPointer) throws -> (byteCount: Int, hash: ContentHash, start: [UInt8]) {
        var hasher = SHA256()
        var total = 0
        var start: [UInt8] = []
        while true {
            let count = try read(into: buffer)
            if total == 0 { start = Array(buffer.prefix(min(count, 16))) }
            hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer.prefix(count)))
            total += count
            if count < buffer.count { return (total, ContentHash(finishing: hasher), start) }
        }
    }

    private static func unreadable(_ path: String, _ code: CInt) -> Failure {
        Failure(
            .imageUnreadable, "\(path) cannot be read: \(String(cString: strerror(code))).",
            remedy: "Check that the file exists and may be read.",
            recovery: [EIO, ENFILE, EMFILE, ESTALE, ETIMEDOUT].contains(code) ? .transient : .permanent, nativeCode: "errno \(code)")
    }
}
