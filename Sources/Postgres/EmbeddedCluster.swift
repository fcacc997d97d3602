import Diagnostics
import FoundationEssentials
import Glibc
import Synchronization

/// A private PostgreSQL server on a folder, made of the system's own PostgreSQL programs, reached by a Unix socket only.
///
/// Several processes may use one folder: the first starts the server, the others join it, the last one's ``stop()`` ends it. A server left running
/// by a process that was killed is adopted. Calls block; use them from a thread of the program's own.
///
/// In the folder: `data` (the database), `socket`, `server.log`, `start.lock` (held while starting and stopping), `users.lock` (held, shared, by
/// every user).
package final class EmbeddedCluster: Sendable {
    /// Whether what was committed outlives a crash of the machine.
    package enum Durability: Sendable {
        case kept
        /// For tests: faster, and lost with the machine.
        case throwaway
    }

    package enum Status: Sendable, Equatable {
        /// No database has been made here yet.
        case absent
        case stopped
        case running(process: Int)
    }

    struct State: ~Copyable {
        /// Held, shared, from ``start()`` to ``stop()``.
        var use: FileLock?
        var address: DatabaseAddress?
    }

    package let directory: String
    let durability: Durability
    let database: String
    let settings: [String: String]
    let state = Mutex(State())

    /// The role that owns the cluster.
    package static let user = "evalctl"

    /// - Parameters:
    ///   - directory: The cluster's folder; made where it is missing.
    ///   - database: The database that ``start()`` gives the address of; made where it is missing.
    ///   - settings: Further server settings (`listen_addresses`, `port`, ...).
    package init(
        directory: String, database: String = "evalctl", durability: Durability = .kept, settings: [String: String] = [:]
    ) {
        self.directory = directory.hasPrefix("/") ? directory : FileManager.default.currentDirectoryPath + "/" + directory
        self.database = database
        self.durability = durability
        self.settings = settings
    }

    var dataDirectory: String { directory + "/data" }
    var logFile: String { directory + "/server.log" }

    /// Makes the database where there is none, starts the server where none runs, and joins it.
    /// - Throws: `cluster.…` failures, each with its remedy.
    package func start() throws -> DatabaseAddress {
        try state.withLock { state in
            if let address = state.address { return address }
            try makeDirectory()
            let startLock = try FileLock(path: directory + "/start.lock")
            try startLock.lock(.exclusive, timeout: .seconds(120), what: "the database in \(directory)")
            let use = try FileLock(path: directory + "/users.lock")
            try use.lock(.shared, timeout: .seconds(30), what: "the database in \(directory)")
            let address = try ServerStart(cluster: self).run()
            state.use = consume use
            state.address = address
            return address
        }
    }

    /// Leaves the server, and ends it where nobody else uses it. Does nothing where ``start()`` was not called.
    /// - Parameter immediately: Ends it without a checkpoint: the next start recovers from the log.
    /// - Returns: Whether the server was ended.
    @discardableResult
    package func stop(immediately: Bool = false) throws -> Bool {
        try state.withLock { state in
            guard let use = state.use.take() else { return false }
            state.address = nil
            let startLock = try FileLock(path: directory + "/start.lock")
            try startLock.lock(.exclusive, timeout: .seconds(120), what: "the database in \(directory)")
            guard use.tryLock(.exclusive) else { return false }
            try ServerStop(dataDirectory: dataDirectory).run(immediately: immediately)
            SocketDirectory.remove(clusterDirectory: directory)
            return true
        }
    }

    private static let isHurried = Atomic(false)

    /// Ends what starting or stopping a server waits for in this program, and stops servers without a checkpoint from now on: the program has to
    /// end at once.
    package static func hurry() { isHurried.store(true, ordering: .relaxed) }

    static var mustHurry: Bool { isHurried.load(ordering: .relaxed) }

    /// What is there now, whoever started it.
    package var status: Status {
        guard access(dataDirectory + "/PG_VERSION", F_OK) == 0 else { return .absent }
        return PostmasterFile(dataDirectory: dataDirectory).map { .running(process: Int($0.process)) } ?? .stopped
    }

    /// Makes the cluster's folder, which the server's account may pass and nobody else needs.
    private func makeDirectory() throws {
        try TrustedPath.require(directory, strict: 2)
        try Folder.makeAll(directory)
        try TrustedPath.require(directory, strict: 2)
        try Folder(directory).permit(geteuid() == 0 ? 0o711 : 0o700)
    }
}
