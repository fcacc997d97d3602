internal import Diagnostics
internal import Foundation
internal import Synchronization

/// Standard output and standard error, written so that a full disk, a closed pipe or a closed terminal is an error and no trap.
enum StandardOutput {
    private static let failed = Mutex<Int32?>(nil)

    /// Opens what the program was started without, so that no file it opens takes their places, and lets a closed pipe be an error.
    static func prepare() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // Reading only: what is written there is still refused.
            _ = open("/dev/null", O_RDONLY)
        }
        signal(SIGPIPE, SIG_IGN)
    }

    /// Writes to standard output; the first error is kept for ``check()``, and nothing more is written after it.
    static func write(_ bytes: some Sequence<UInt8>) {
        guard failed.withLock({ $0 == nil }) else { return }
        if let code = write(Array(bytes), to: STDOUT_FILENO) { failed.withLock { $0 = code } }
    }

    /// Writes to standard error, where there is one.
    static func writeError(_ text: String) {
        _ = write(Array(text.utf8), to: STDERR_FILENO)
    }

    /// - Throws: `output.unwritable` where not all could be written; the exit code 1 without a word where nobody reads any more.
    static func check() throws {
        guard let code = failed.withLock({ $0 }) else { return }
        guard code != EPIPE else { throw ProgramExit.failure }
        throw Failure(
            Failure.Code("output.unwritable"), "standard output cannot be written: \(String(cString: strerror(code)))",
            remedy: "send it to a place with room", nativeCode: "errno \(code)")
    }

    /// The error that ended the writing, nil where all was written.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            rest = rest.dropFirst(count)
        }
        return nil
    }
}
