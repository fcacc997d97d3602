import Diagnostics
import Glibc
import SystemPackage

/// A file that appears under its name only when it is complete. Dropped without ``commit()``, it leaves nothing.
struct AtomicFile: ~Copyable {
    private let path: String
    private let temporaryPath: String
    private let descriptor: FileDescriptor
    private var isCommitted = false

    init(path: String) throws(Failure) {
        self.path = path
        temporaryPath = "\(path).partial-\(String(UInt64.random(in: .min ... .max), radix: 16))"
        do {
            descriptor = try FileDescriptor.open(
                FilePath(temporaryPath), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw AtomicFile.failure(path, error)
        }
    }

    deinit {
        guard !isCommitted else { return }
        try? descriptor.close()
        unlink(temporaryPath)
    }

    mutating func write(_ bytes: [UInt8]) throws(Failure) {
        do {
            try descriptor.writeAll(bytes)
        } catch {
            throw AtomicFile.failure(path, error)
        }
    }

    /// Flushes to the disk and gives the file its name.
    consuming func commit() throws(Failure) {
        guard fsync(descriptor.rawValue) == 0, rename(temporaryPath, path) == 0 else {
            throw AtomicFile.failure(path, Errno(rawValue: errno))
        }
        isCommitted = true
        do {
            try descriptor.close()
        } catch {
            throw AtomicFile.failure(path, error)
        }
    }

    private static func failure(_ path: String, _ error: any Error) -> Failure {
        Failure(
            .checkpointUnwritable, "\(path): the file cannot be written: \(error)",
            remedy: "Check the folder, its permissions and free space.",
            nativeCode: (error as? Errno).map { "errno \($0.rawValue)" })
    }
}
