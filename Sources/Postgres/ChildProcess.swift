import CLibpq
import Diagnostics
import FoundationEssentials
import Glibc

/// Starting programs with `posix_spawn`, in a session of their own so that the terminal's Ctrl-C does not reach them, without any of this
/// program's descriptors, signals masks or `PG…` variables.
enum ChildProcess {
    /// What a program that ended has left behind.
    struct Outcome {
        /// The exit code; 128 plus the signal's number where a signal ended it.
        let status: Int32
        /// What it wrote to both streams, at most 64 KiB of it.
        let output: String
    }

    /// How a program names the folder that it inherits.
    static let inheritedFolder = "/proc/self/fd/3"

    /// Starts `arguments[0]` (a path) in the background, its output appended to `log`.
    /// - Parameter folder: A folder's descriptor that it inherits, as ``inheritedFolder``.
    /// - Returns: Its process id; the caller waits for it.
    static func start(_ arguments: [String], folder: Int32, log: String) throws -> pid_t {
        try spawn(arguments, folder) { actions in
            posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600)
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        }
    }

    /// Runs `arguments[0]` (a path) to its end.
    /// - Parameter folder: A folder's descriptor that it inherits, as ``inheritedFolder``.
    /// - Throws: `cluster.start_failed` where it cannot be started, or is not done after `timeout`; it is killed then.
    static func run(_ arguments: [String], folder: Int32? = nil, timeout: Duration = .seconds(60)) throws -> Outcome {
        var descriptors: [Int32] = [-1, -1]
        guard pipe2(&descriptors, O_CLOEXEC) == 0 else { throw failed(arguments, "no pipe, errno \(errno)") }
        let (reading, writing) = (descriptors[0], descriptors[1])
        defer { close(reading) }
        let process: pid_t
        do {
            defer { close(writing) }
            process = try spawn(arguments, folder) { actions in
                posix_spawn_file_actions_adddup2(&actions, writing, 1)
                posix_spawn_file_actions_adddup2(&actions, writing, 2)
            }
        }
        let deadline = Deadline(in: timeout)
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            guard try SocketWait.poll(reading, for: Int16(POLLIN), deadline: deadline) != nil else {
                kill(-process, SIGKILL)
                _ = waitForExit(process)
                throw failed(arguments, "it took longer than \(timeout.milliseconds) ms")
            }
            let count = read(reading, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            output += piece.prefix(max(0, min(count, 65_536 - output.count)))
        }
        return Outcome(status: waitForExit(process), output: String(decoding: output, as: UTF8.self))
    }

    /// Whether a process has ended; collects it where it is this program's child.
    static func hasEnded(_ process: pid_t) -> Bool {
        var status: Int32 = 0
        if waitpid(process, &status, WNOHANG) == process { return true }
        return kill(process, 0) != 0 && errno == ESRCH
    }

    private static func waitForExit(_ process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    private static func spawn(
        _ arguments: [String], _ folder: Int32?, _ redirect: (inout posix_spawn_file_actions_t) -> Void
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        redirect(&actions)
        if let folder { posix_spawn_file_actions_adddup2(&actions, folder, 3) }
        posix_spawn_file_actions_addclosefrom_np(&actions, folder == nil ? 3 : 4)
        // The server's account may not be able to enter this program's folder.
        posix_spawn_file_actions_addchdir_np(&actions, "/")

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_IN_NEW_SESSION) | Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        var process: pid_t = 0
        let status = withCStrings(arguments) { argumentPointers in
            withCStrings(["PATH=\(path)", "LC_ALL=C", "HOME=/"]) { environmentPointers in
                posix_spawn(
                    &process, arguments[0], &actions, &attributes,
                    UnsafeMutablePointer(
                        mutating: UnsafeRawPointer(argumentPointers).assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self)),
                    UnsafeMutablePointer(
                        mutating: UnsafeRawPointer(environmentPointers).assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self)))
            }
        }
        guard status == 0 else { throw failed(arguments, "errno \(status)") }
        return process
    }

    private static func failed(_ arguments: [String], _ reason: String) -> Failure {
        Failure(.clusterStartFailed, "The program \(arguments[0]) cannot be run: \(reason)")
    }
}
