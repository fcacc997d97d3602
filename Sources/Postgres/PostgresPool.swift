import Diagnostics
import Dispatch
import Synchronization

/// A fixed number of sessions shared by threads. A thread waits until one is free; the sessions used last are used first.
package final class PostgresPool: Sendable {
    /// A session that exactly one owner holds: the pool's list or one borrower.
    // The list is guarded by a mutex and a borrowed session is in it no more, so no two threads ever hold the same one.
    private struct Exclusive: @unchecked Sendable {
        let session: PostgresSession
    }

    private let idle: Mutex<[Exclusive]>
    private let free: DispatchSemaphore
    package let size: Int

    /// Opens nothing yet: each session connects at its first use.
    package init(
        _ address: DatabaseAddress, options: ConnectionOptions = ConnectionOptions(), retry: RetryPolicy = RetryPolicy(), size: Int,
        isStopping: @escaping @Sendable () -> Bool = { false }
    ) {
        precondition(size > 0, "a pool needs at least one session")
        self.size = size
        let sessions = (0..<size).map { _ in
            Exclusive(session: PostgresSession(address, options: options, retry: retry, isStopping: isStopping))
        }
        idle = Mutex(sessions)
        free = DispatchSemaphore(value: size)
    }

    /// Runs `body` with a session of its own, waiting for a free one at most `timeout`.
    /// - Throws: What `body` throws; `database.pool_exhausted` (transient) where none became free.
    @discardableResult
    package func withSession<T>(timeout: Duration = .seconds(60), _ body: (PostgresSession) throws -> T) throws -> T {
        guard free.wait(timeout: .now() + .milliseconds(Int(timeout.milliseconds))) == .success else {
            throw Failure(
                .databasePoolExhausted, "None of the \(size) database sessions became free within \(timeout.milliseconds) ms",
                recovery: .transient)
        }
        guard let borrowed = idle.withLock({ $0.popLast() }) else { preconditionFailure("the semaphore counts the idle sessions") }
        defer {
            idle.withLock { $0.append(borrowed) }
            free.signal()
        }
        return try body(borrowed.session)
    }

    /// Runs `body` with a connection; see ``PostgresSession/withConnection(_:)``.
    @discardableResult
    package func withConnection<T>(_ body: (PostgresConnection) throws -> T) throws -> T {
        try withSession { try $0.withConnection(body) }
    }

    /// Runs `body` with a connection and repeats it after transient failures; see ``PostgresSession/retrying(_:)``.
    @discardableResult
    package func retrying<T>(_ body: (PostgresConnection) throws -> T) throws -> T {
        try withSession { try $0.retrying(body) }
    }
}
