import CLibpq
import Diagnostics

/// How far a transaction is kept from others.
package enum TransactionIsolation: String, Sendable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
}

extension PostgresConnection {
    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// - Throws: What `body` throws; `database.commit_unknown` where the connection broke while the COMMIT was under way, so that it may or may not
    ///   have happened; `database.transaction_aborted` where `body` swallowed the error of a statement and the server refused to commit.
    @discardableResult
    package func transaction<T>(
        isolation: TransactionIsolation = .readCommitted, readOnly: Bool = false, _ body: (PostgresConnection) throws -> T
    ) throws -> T {
        guard !isInTransaction else {
            throw Failure(.databaseNestedTransaction, "A transaction was begun inside another one of the same connection")
        }
        let begin = "BEGIN ISOLATION LEVEL \(isolation.rawValue)\(readOnly ? " READ ONLY" : "")"
        try executeScript(isPooled ? "\(begin); \(transactionSettings)" : begin)
        isInTransaction = true
        defer { isInTransaction = false }
        let value: T
        do {
            value = try body(self)
        } catch {
            rollBack()
            throw error
        }
        try commit()
        return value
    }

    /// Rolls back; a connection on which not even that works is closed, which rolls back as well.
    private func rollBack() {
        guard isOpen else { return close() }
        do { try executeScript("ROLLBACK") } catch { close() }
    }

    private func commit() throws {
        let handle = try freeHandle()
        guard PQtransactionStatus(handle) == PQTRANS_INTRANS else {
            rollBack()
            throw Failure(
                .databaseTransactionAborted, "The transaction had failed before its end and was rolled back", nativeCode: "25P02")
        }
        do {
            guard PQsendQuery(handle, "COMMIT") == 1 else { throw lost(handle) }
            PQclear(try lastResult(handle))
        } catch let failure as Failure where ServerFailure.endsSession(failure) {
            close()
            throw Failure(
                .databaseCommitUnknown, "The connection to PostgreSQL broke during COMMIT; whether it happened is not known",
                remedy: "look at the rows before doing it again", recovery: .transient, nativeCode: failure.nativeCode, cause: failure)
        }
    }
}
