import CLibpq
import Diagnostics

extension PostgresConnection {
    /// Runs one statement, prepared once per connection and SQL text, unless a connection pool stands between.
    ///
    /// - Parameters:
    ///   - sql: One statement with `$1`, `$2`, ... for the parameters. Never put values into the text.
    ///   - parameters: The values, in order.
    /// - Returns: All its rows, in memory; ``forEachRow(_:_:_:)`` is for large results.
    @discardableResult
    package func execute(_ sql: String, _ parameters: [PostgresValue] = []) throws -> PostgresResult {
        let handle = try freeHandle()
        let wasIdle = PQtransactionStatus(handle) == PQTRANS_IDLE
        do {
            return PostgresResult(owning: try run(sql, parameters, handle))
        } catch let failure as Failure where wasIdle && preparesStatements && Self.isStaleStatement(failure) {
            // The schema changed under a prepared statement, or somebody deallocated it; nothing was executed.
            statements = StatementCache()
            guard isOpen else { throw failure }
            try executeScript("DEALLOCATE ALL")
            return PostgresResult(owning: try run(sql, parameters, handle))
        }
    }

    /// Runs a text of any number of statements without parameters and without results, as `psql` would.
    package func executeScript(_ sql: String) throws {
        let handle = try freeHandle()
        try Self.refuseNull(sql)
        guard PQsendQuery(handle, sql) == 1 else { throw lost(handle) }
        PQclear(try lastResult(handle))
    }

    private static func isStaleStatement(_ failure: Failure) -> Bool {
        failure.nativeCode == "26000" || failure.nativeCode == "0A000"
    }

    static func refuseNull(_ sql: String) throws {
        if sql.utf8.contains(0) { throw Failure(.databaseInvalidValue, "An SQL text contains a NUL character") }
    }

    private func run(_ sql: String, _ parameters: [PostgresValue], _ handle: OpaquePointer) throws -> OpaquePointer {
        try sendPrepared(sql, parameters, handle)
        return try lastResult(handle)
    }

    /// Prepares `sql` unless it was before or statements are not prepared, and sends its execution with binary results.
    func sendPrepared(_ sql: String, _ parameters: [PostgresValue], _ handle: OpaquePointer) throws {
        let encoded = try ParameterList(parameters)
        guard preparesStatements else {
            try Self.refuseNull(sql)
            let sent = encoded.withPointers { values, lengths, formats in
                PQsendQueryParams(handle, sql, Int32(encoded.types.count), encoded.types, values, lengths, formats, 1)
            }
            guard sent == 1 else { throw lost(handle) }
            return
        }
        let key = StatementCache.Key(sql: sql, types: encoded.types)
        let name: String
        if let known = statements.name(of: key) {
            name = known
        } else {
            try Self.refuseNull(sql)
            name = statements.newName()
            guard PQsendPrepare(handle, name, sql, Int32(encoded.types.count), encoded.types) == 1 else { throw lost(handle) }
            PQclear(try lastResult(handle))
            if let surplus = statements.insert(key, name: name) { try executeScript("DEALLOCATE \(surplus)") }
        }
        let sent = encoded.withPointers { values, lengths, formats in
            PQsendQueryPrepared(handle, name, Int32(encoded.types.count), values, lengths, formats, 1)
        }
        guard sent == 1 else { throw lost(handle) }
    }

    /// Reads the statement to its end and gives its last result, which the caller owns; throws its first error.
    func lastResult(_ handle: OpaquePointer) throws -> OpaquePointer {
        let deadline = answerDeadline()
        var last: OpaquePointer?
        var failure: Failure?
        do {
            while let result = try nextResult(handle, deadline: deadline) {
                PQclear(last)
                last = result
                switch PQresultStatus(result) {
                case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: break
                case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                    close()
                    throw Failure(.databaseError, "A COPY statement was run outside copyIn; the connection is closed")
                default: failure = failure ?? resultFailure(result, handle)
                }
            }
        } catch {
            PQclear(last)
            throw error
        }
        if let failure {
            PQclear(last)
            if PQstatus(handle) != CONNECTION_OK { close() }
            throw failure
        }
        guard let last else { throw lost(handle) }
        return last
    }

    /// The failure of an error result; one without SQLSTATE comes from libpq itself and means a broken connection.
    func resultFailure(_ result: OpaquePointer, _ handle: OpaquePointer) -> Failure {
        guard PQresultErrorField(result, Int32(UInt8(ascii: "C"))) == nil else { return ServerFailure.make(result: result) }
        let text = ConnectionOpening.withoutSecrets(String(cString: PQresultErrorMessage(result)), address, handle)
        return ServerFailure.connectionLost(text.split(separator: "\n").first.map(String.init))
    }
}
