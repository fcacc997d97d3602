import CLibpq
import Diagnostics
import Glibc

/// One connection to PostgreSQL, through libpq.
///
/// Calls block the calling thread: use it from a thread of the program's own, never from Swift's cooperative ones. It is not `Sendable`, one
/// thread at a time uses it; ``PostgresPool`` shares connections between threads, ``cancellation()`` reaches a running statement from another.
/// No call waits for ever: connecting, statements, locks, idle transactions and dead peers all have their limits in ``ConnectionOptions``.
package final class PostgresConnection {
    /// The libpq connection; `nil` once closed.
    var handle: OpaquePointer?
    package let address: DatabaseAddress
    package let options: ConnectionOptions
    var statements = StatementCache()
    var copyColumns: [String: [CopyColumn]] = [:]
    /// Whether a connection pool stands between, so that one statement may reach another server session than the one before: what a session
    /// remembers (settings, prepared statements, LISTEN) cannot be relied on.
    package private(set) var isPooled = false
    /// Whether statements are prepared on the server, under names.
    var preparesStatements = true
    /// What ``listen(to:)`` was asked for.
    var channels: Set<String> = []
    /// Whether a streaming query or COPY of this connection is under way.
    var isBusy = false
    /// Whether ``transaction(isolation:readOnly:_:)`` is under way.
    var isInTransaction = false

    /// Connects and sets the session's limits.
    ///
    /// - Throws: `database.unreachable` (transient), `database.authentication`, `database.undefined_database`,
    ///   `database.too_many_connections` (transient), ...
    package init(_ address: DatabaseAddress, options: ConnectionOptions = ConnectionOptions()) throws {
        self.address = address
        self.options = options
        handle = try ConnectionOpening.open(address, options)
        preparesStatements = false
        // A pool makes up the number that it calls its server process by.
        isPooled = try execute("SELECT pg_backend_pid() AS pid").single().int("pid") != serverProcess
        preparesStatements = try options.preparesStatements ?? PreparedStatements.setting() ?? !isPooled
        if !isPooled { try executeScript(Self.sessionSettings(options)) }
    }

    deinit {
        close()
    }

    /// Ends the session; later calls fail with `database.connection_lost`.
    package func close() {
        if let handle { PQfinish(handle) }
        handle = nil
        statements = StatementCache()
    }

    /// Whether the connection is believed to be usable: open, and no call of it has met a broken peer.
    package var isOpen: Bool {
        handle.map { PQstatus($0) == CONNECTION_OK } ?? false
    }

    /// Whether the server ended the session while nothing was asked of it, which only reading shows. Notifications that are read stay.
    func hasHungUp() -> Bool {
        guard let handle, PQtransactionStatus(handle) == PQTRANS_IDLE else { return false }
        while (try? SocketWait.poll(PQsocket(handle), for: Int16(POLLIN), deadline: Deadline(in: .zero))) != nil {
            if PQconsumeInput(handle) != 1 { return true }
        }
        return false
    }

    /// The process id of the server's side, as in `pg_stat_activity.pid`.
    package var serverProcess: Int { handle.map { Int(PQbackendPID($0)) } ?? 0 }

    /// A handle with which another thread can cancel what this connection is running.
    package func cancellation() -> PostgresCancellation? {
        handle.flatMap { PQgetCancel($0) }.map(PostgresCancellation.init)
    }

    /// What a transaction behind a pool sets for itself.
    var transactionSettings: String {
        """
        SET LOCAL statement_timeout = \(options.statementTimeout?.milliseconds ?? 0);
        SET LOCAL lock_timeout = \(options.lockTimeout.milliseconds);
        SET LOCAL idle_in_transaction_session_timeout = \(options.idleInTransactionTimeout.milliseconds)
        """
    }

    private static func sessionSettings(_ options: ConnectionOptions) -> String {
        // A third of the time without a word, then two questions of a third each.
        let third = max(1, options.deadClientTimeout.milliseconds / 3000)
        return """
            SET statement_timeout = \(options.statementTimeout?.milliseconds ?? 0);
            SET lock_timeout = \(options.lockTimeout.milliseconds);
            SET idle_in_transaction_session_timeout = \(options.idleInTransactionTimeout.milliseconds);
            SET client_min_messages = warning;
            SET tcp_keepalives_idle = \(third);
            SET tcp_keepalives_interval = \(third);
            SET tcp_keepalives_count = 2;
            SET tcp_user_timeout = \(options.deadClientTimeout.milliseconds);
            """
    }
}

extension PostgresConnection {
    /// The libpq connection, checked to be open and free for a new statement.
    func freeHandle() throws -> OpaquePointer {
        guard let handle, PQstatus(handle) == CONNECTION_OK else { throw ServerFailure.connectionLost("it is closed") }
        precondition(!isBusy, "a statement was started while another one of the same connection was streaming")
        return handle
    }

    /// When waiting for the present answer ends; `nil` for never.
    func answerDeadline() -> Deadline? {
        options.answerTimeout.map { Deadline(in: $0) }
    }

    /// Sends all that libpq has buffered, reading what arrives meanwhile so that neither side can block the other.
    func flush(_ handle: OpaquePointer, deadline: Deadline?) throws {
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1: break
            // The connection broke. What the server said before it hung up is among the results; the caller reads them next.
            default: return
            }
            let ready = try wait(handle, for: Int16(POLLIN | POLLOUT), deadline: deadline)
            if ready & Int16(POLLIN) != 0, PQconsumeInput(handle) != 1 { return }
        }
    }

    /// The next result of the statement under way; `nil` at its end. The caller owns it.
    func nextResult(_ handle: OpaquePointer, deadline: Deadline?) throws -> OpaquePointer? {
        try flush(handle, deadline: deadline)
        while PQisBusy(handle) == 1 {
            _ = try wait(handle, for: Int16(POLLIN), deadline: deadline)
            if PQconsumeInput(handle) != 1 { break }
        }
        return PQgetResult(handle)
    }

    /// Reads and drops what the statement still sends.
    func drain(_ handle: OpaquePointer) {
        let deadline = Deadline(in: .seconds(10))
        while true {
            guard let result = try? nextResult(handle, deadline: deadline) else { return }
            let status = PQresultStatus(result)
            PQclear(result)
            if status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH { return close() }
        }
    }

    /// Waits for the socket.
    /// - Returns: The ready `poll` events.
    /// - Throws: `database.timeout` after `deadline`; the connection is closed then, as its state is unknown.
    func wait(_ handle: OpaquePointer, for events: Int16, deadline: Deadline?) throws -> Int16 {
        if let ready = try SocketWait.poll(PQsocket(handle), for: events, deadline: deadline) { return ready }
        _ = cancellation()?.cancel()
        close()
        throw Failure(
            .databaseTimeout, "PostgreSQL gave no answer within \(options.answerTimeout?.milliseconds ?? 0) ms",
            remedy: "see whether the server runs and the network to it works", recovery: .transient)
    }

    /// The failure for a broken connection, in libpq's words without secrets; closes it.
    func lost(_ handle: OpaquePointer) -> Failure {
        let text = ConnectionOpening.withoutSecrets(String(cString: PQerrorMessage(handle)), address, handle)
        close()
        let line = text.split(separator: "\n").first.map(String.init)
        return ServerFailure.connectionLost(line)
    }
}
