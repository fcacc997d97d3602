import Diagnostics
import FoundationEssentials
import Glibc
package import Postgres
import Synchronization

/// The one PostgreSQL server of a test process, started at its first use and ended with the process.
package final class TestServer: Sendable {
    package static let shared = TestServer()

    private enum State {
        case unused
        case running(EmbeddedCluster, DatabaseAddress)
        case failed(any Error)
    }

    private let state = Mutex(State.unused)

    /// The server's own database; starts the server where it does not run yet.
    package func address() throws -> DatabaseAddress {
        try state.withLock { state in
            switch state {
            case .running(_, let address): return address
            case .failed(let error): throw error
            case .unused: break
            }
            do {
                Self.makeRoot()
                Self.removeAbandoned()
                let cluster = EmbeddedCluster(directory: "\(Self.root)/\(getpid())", durability: .throwaway)
                let address = try cluster.start()
                state = .running(cluster, address)
                atexit { TestServer.shared.stop() }
                return address
            } catch {
                state = .failed(error)
                throw error
            }
        }
    }

    private func stop() {
        state.withLock { state in
            guard case .running(let cluster, _) = state else { return }
            _ = try? cluster.stop(immediately: true)
            try? FileManager.default.removeItem(atPath: cluster.directory)
            state = .unused
        }
    }

    /// One folder per user, so that no two users of a machine meet.
    private static var root: String { "/tmp/evalctl-tests-\(geteuid())" }

    /// Makes the folder, which other accounts have to get through: a connection pool does not run as root.
    private static func makeRoot() {
        mkdir(root, 0o711)
        let folder = open(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else { return }
        fchmod(folder, 0o711)
        close(folder)
    }

    /// Ends the servers of test processes that were killed, and removes their folders.
    private static func removeAbandoned() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [] {
            guard let process = pid_t(name), kill(process, 0) != 0, errno == ESRCH else { continue }
            let directory = "\(root)/\(name)"
            guard (try? EmbeddedCluster(directory: directory).endAbandoned()) == true else { continue }
            try? FileManager.default.removeItem(atPath: directory)
        }
    }
}

extension EmbeddedCluster {
    /// Ends a server that runs though no process uses it: all that did were killed.
    /// - Returns: `false` where somebody uses it.
    package func endAbandoned() throws -> Bool {
        guard case .running = status else { return true }
        _ = try start()
        return try stop(immediately: true)
    }
}
