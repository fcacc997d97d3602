import Diagnostics

/// A connection that is made when it is first needed and made anew after it broke, also where the server hung up while nothing was asked.
///
/// A statement or transaction that was interrupted is never repeated behind the caller's back: ``withConnection(_:)`` reports the failure and the next
/// call reconnects. ``retrying(_:)`` repeats a body that the caller knows to be repeatable. Confined to one thread like its connection.
package final class PostgresSession {
    package let address: DatabaseAddress
    package let options: ConnectionOptions
    package let retry: RetryPolicy
    /// Asked while waiting between attempts; `true` gives up at once, so that a program can stop while the database is away.
    private let isStopping: @Sendable () -> Bool
    private var connection: PostgresConnection?
    /// How many connections have been made so far.
    package private(set) var connectionCount = 0

    package init(
        _ address: DatabaseAddress, options: ConnectionOptions = ConnectionOptions(), retry: RetryPolicy = RetryPolicy(),
        isStopping: @escaping @Sendable () -> Bool = { false }
    ) {
        self.address = address
        self.options = options
        self.retry = retry
        self.isStopping = isStopping
    }

    /// Runs `body` on an open connection, connecting first where there is none, with back-off while the server cannot be reached.
    ///
    /// - Throws: What `body` throws, unrepeated; what connecting throws, once it is permanent or the time of the policy is used up.
    @discardableResult
    package func withConnection<T>(_ body: (PostgresConnection) throws -> T) throws -> T {
        try body(openConnection(deadline: Deadline(in: retry.totalTime)))
    }

    /// Like ``withConnection(_:)``, and repeats `body` after every transient failure but `database.commit_unknown`, until the time of the policy is used up;
    /// once at any rate, and at once, where the connection was lost and is one of before.
    ///
    /// `body` must leave nothing half done when it throws: one statement, or one transaction.
    @discardableResult
    package func retrying<T>(_ body: (PostgresConnection) throws -> T) throws -> T {
        let deadline = Deadline(in: retry.totalTime)
        var attempt = 0
        var mayBeStale = connection?.isOpen ?? false
        while true {
            do {
                return try body(openConnection(deadline: deadline))
            } catch let failure as Failure where failure.recovery == .transient && failure.code != .databaseCommitUnknown {
                if mayBeStale, [.databaseConnectionLost, .databaseShutdown].contains(failure.code) {
                    mayBeStale = false
                    continue
                }
                guard retry.waitAgain(after: attempt, until: deadline, isStopping: isStopping) else { throw failure }
                attempt += 1
            }
        }
    }

    /// Closes the connection; the next use makes a new one.
    package func close() {
        connection = nil
    }

    private func openConnection(deadline: Deadline) throws -> PostgresConnection {
        if let connection, connection.isOpen, !connection.hasHungUp() { return connection }
        connection = nil
        var attempt = 0
        while true {
            do {
                let fresh = try PostgresConnection(address, options: options)
                connectionCount += 1
                connection = fresh
                return fresh
            } catch let failure as Failure where failure.recovery == .transient {
                guard retry.waitAgain(after: attempt, until: deadline, isStopping: isStopping) else { throw failure }
                attempt += 1
            }
        }
    }
}
