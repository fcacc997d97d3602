import CLibpq
import Diagnostics

extension PostgresConnection {
    /// Runs one statement and gives its rows to `body` one by one as they arrive, so that memory does not grow with their number.
    ///
    /// `body` must not use this connection. An error it throws cancels the statement and is passed on.
    package func forEachRow(_ sql: String, _ parameters: [PostgresValue] = [], _ body: (PostgresRow) throws -> Void) throws {
        let handle = try freeHandle()
        try sendPrepared(sql, parameters, handle)
        isBusy = true
        defer { isBusy = false }
        PQsetSingleRowMode(handle)
        var columns: PostgresColumns?
        while let raw = try nextResult(handle, deadline: answerDeadline()) {
            let result = PostgresResult(owning: raw, columns: columns)
            columns = result.columns
            switch PQresultStatus(raw) {
            case PGRES_SINGLE_TUPLE:
                do {
                    for row in result { try body(row) }
                } catch {
                    _ = cancellation()?.cancel()
                    drain(handle)
                    throw error
                }
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
            default:
                let failure = resultFailure(raw, handle)
                drain(handle)
                if self.handle != nil, PQstatus(handle) != CONNECTION_OK { close() }
                throw failure
            }
        }
        if PQstatus(handle) != CONNECTION_OK { throw lost(handle) }
    }
}
