import CLibpq
import Diagnostics

/// Names and types of a result's columns.
final class PostgresColumns: Sendable {
    let indices: [String: Int]
    let types: [UInt32]

    init(_ result: OpaquePointer) {
        let count = PQnfields(result)
        types = (0..<count).map { PQftype(result, $0) }
        indices = Dictionary((0..<count).map { (String(cString: PQfname(result, $0)), Int($0)) }) { first, _ in first }
    }
}

/// The rows of a statement, in memory.
// libpq documents results as read-only and safe to pass between threads.
package final class PostgresResult: @unchecked Sendable, RandomAccessCollection {
    let handle: OpaquePointer
    let columns: PostgresColumns
    package let startIndex = 0
    package let endIndex: Int

    init(owning handle: OpaquePointer, columns: PostgresColumns? = nil) {
        self.handle = handle
        self.columns = columns ?? PostgresColumns(handle)
        endIndex = Int(PQntuples(handle))
    }

    deinit {
        PQclear(handle)
    }

    package subscript(position: Int) -> PostgresRow {
        precondition(indices.contains(position), "row \(position) of a result with \(count) rows")
        return PostgresRow(result: self, index: Int32(position))
    }

    /// How many rows the statement inserted, updated, deleted, or returned.
    package var affectedRows: Int {
        Int(String(cString: PQcmdTuples(handle))) ?? 0
    }

    /// The only row.
    /// - Throws: `database.unexpected_result` where there is none or more than one.
    package func single() throws -> PostgresRow {
        guard count == 1 else {
            throw Failure(.databaseUnexpectedResult, "A statement was to give one row and gave \(count)")
        }
        return self[0]
    }
}
