import Diagnostics
import Glibc

/// An advisory `flock` on a file. The kernel frees it when the process ends, however it ends.
struct FileLock: ~Copyable {
    enum Mode { case shared, exclusive }

    private let descriptor: Int32

    /// Opens the lock file, making it where it is missing, without locking it.
    init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure(
                .clusterDirectory, "The lock file \(path) cannot be opened", remedy: "see whether the folder is writable",
                nativeCode: "errno \(errno)")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Takes the lock, or changes a lock that is held, if no other process stands against it.
    func tryLock(_ mode: Mode) -> Bool {
        flock(descriptor, (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0
    }

    /// Takes the lock, waiting at most `timeout`.
    /// - Throws: `cluster.busy`.
    func lock(_ mode: Mode, timeout: Duration, what: String) throws {
        let deadline = Deadline(in: timeout)
        while !tryLock(mode) {
            guard !deadline.isPast else {
                throw Failure(.clusterBusy, "Another process keeps \(what) locked", remedy: "wait for it, or end it", recovery: .transient)
            }
            usleep(5_000)
        }
    }

    func unlock() {
        flock(descriptor, LOCK_UN)
    }
}
