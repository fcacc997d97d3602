import CLibpq
import Diagnostics

/// A column of a table that COPY fills.
struct CopyColumn {
    let name: String
    let type: ColumnType
}

extension PostgresConnection {
    /// Fills a table with COPY in binary format. All or nothing: an error of `body` or of the server leaves no row.
    ///
    /// - Parameters:
    ///   - table: The table's name, with or without its schema (`schema.table`).
    ///   - columns: The columns that each row gives, in order.
    ///   - body: Writes the rows; must not use this connection otherwise.
    /// - Returns: The number of rows written.
    @discardableResult
    package func copyIn(_ table: String, _ columns: [String], _ body: (inout CopyWriter) throws -> Void) throws -> Int {
        let quotedTable = Self.quoted(table: table)
        let types = try columnTypes(of: quotedTable, columns)
        let handle = try freeHandle()
        let names = columns.map { Self.quoted($0) }.joined(separator: ", ")
        guard PQsendQuery(handle, "COPY \(quotedTable) (\(names)) FROM STDIN (FORMAT binary)") == 1 else { throw lost(handle) }
        guard let started = try nextResult(handle, deadline: answerDeadline()) else { throw lost(handle) }
        guard PQresultStatus(started) == PGRES_COPY_IN else {
            let failure = resultFailure(started, handle)
            PQclear(started)
            drain(handle)
            throw failure
        }
        PQclear(started)
        isBusy = true
        defer { isBusy = false }
        var writer = CopyWriter(connection: self, handle: handle, columns: types)
        do {
            try body(&writer)
            try writer.finish()
        } catch {
            guard self.handle != nil else { throw error }
            // An error of the server's own ends the COPY before `body` hears of it; it is the cause and is thrown instead.
            let endedHere = PQputCopyEnd(handle, "the program gave up") == 1 && PQstatus(handle) == CONNECTION_OK
            let refusal = (try? lastFailure(handle)) ?? nil
            throw endedHere ? error : refusal ?? error
        }
        guard PQputCopyEnd(handle, nil) == 1 else { throw try lastFailure(handle) ?? lost(handle) }
        PQclear(try lastResult(handle))
        return writer.rowCount
    }

    /// Reads the statement to its end and gives the error that it reports.
    private func lastFailure(_ handle: OpaquePointer) throws -> Failure? {
        do {
            PQclear(try lastResult(handle))
            return nil
        } catch let failure as Failure {
            return failure
        }
    }

    /// The types of the named columns, from the catalog, where every role may read them.
    private func columnTypes(of quotedTable: String, _ columns: [String]) throws -> [CopyColumn] {
        let key = quotedTable + "(" + columns.map { Self.quoted($0) }.joined(separator: ",") + ")"
        if let known = copyColumns[key] { return known }
        let rows = try execute(
            """
            SELECT a.attname AS name, CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END AS type, t.typtype = 'e' AS is_enum
            FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
            """, [.text(quotedTable)])
        var types: [String: ColumnType] = [:]
        for row in rows {
            let type = try row.bool("is_enum") ? ColumnType.text : ColumnType(rawValue: UInt32(clamping: row.int("type")))
            types[try row.text("name")] = type
        }
        let found = try columns.map { name in
            guard let type = types[name] else {
                throw Failure(
                    .databaseUndefinedColumn, "Table \(quotedTable) has no column '\(name)' that COPY can fill", nativeCode: "42703")
            }
            return CopyColumn(name: name, type: type)
        }
        copyColumns[key] = found
        return found
    }

    /// An identifier in quotation marks, safe in any SQL text.
    package static func quoted(_ identifier: String) -> String {
        "\"" + identifier.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private static func quoted(table: String) -> String {
        table.split(separator: ".", maxSplits: 1).map { quoted(String($0)) }.joined(separator: ".")
    }
}
