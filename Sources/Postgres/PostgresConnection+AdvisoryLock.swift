import Diagnostics
import Glibc

/// The number of a session-level advisory lock, made from a name so that two users never share one by accident.
package struct AdvisoryLock: Sendable, Hashable {
    package let name: String
    package let key: Int64

    package init(_ name: String) {
        self.name = name
        // FNV-1a with 64 bits: the key must be the same in every program version.
        key = Int64(bitPattern: name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
    }
}

extension PostgresConnection {
    /// Takes the lock if nobody has it. It is held until it is given back or the session ends.
    package func tryLock(_ lock: AdvisoryLock) throws -> Bool {
        try execute("SELECT pg_try_advisory_lock($1) AS taken", [.int64(lock.key)]).single().bool("taken")
    }

    /// Gives the lock back.
    /// - Returns: Whether this session had it.
    @discardableResult
    package func unlock(_ lock: AdvisoryLock) throws -> Bool {
        try execute("SELECT pg_advisory_unlock($1) AS held", [.int64(lock.key)]).single().bool("held")
    }

    /// Takes the lock, waiting for its holder at most `timeout`.
    /// - Throws: `database.lock_not_available` (transient) after that.
    package func lock(_ lock: AdvisoryLock, timeout: Duration) throws {
        let deadline = ContinuousClock.now + timeout
        while try !tryLock(lock) {
            guard ContinuousClock.now < deadline else {
                throw Failure(
                    .databaseLockNotAvailable, "The lock '\(lock.name)' is held by another session",
                    remedy: "wait for it, or find its holder in pg_locks", recovery: .transient)
            }
            usleep(25_000)
        }
    }

    /// Runs `body` while holding the lock.
    @discardableResult
    package func withLock<T>(_ lock: AdvisoryLock, timeout: Duration, _ body: () throws -> T) throws -> T {
        try self.lock(lock, timeout: timeout)
        let value: T
        do {
            value = try body()
        } catch {
            if isOpen { _ = try? unlock(lock) }
            throw error
        }
        try unlock(lock)
        return value
    }
}
