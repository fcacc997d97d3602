import CLibpq
import Diagnostics
import Glibc

/// Writes rows of a binary COPY, sent in pieces of 64 KiB.
package struct CopyWriter {
    private let connection: PostgresConnection
    private let handle: OpaquePointer
    private let columns: [CopyColumn]
    private var buffer: [UInt8]
    /// The rows written so far.
    package private(set) var rowCount = 0

    private static let bufferSize = 65_536
    /// Signature, flags and length of the header extension (PostgreSQL documentation of COPY, "Binary Format").
    private static let header: [UInt8] =
        Array("PGCOPY\n".utf8) + [0xFF] + Array("\r\n".utf8) + [UInt8](repeating: 0, count: 9)

    init(connection: PostgresConnection, handle: OpaquePointer, columns: [CopyColumn]) {
        self.connection = connection
        self.handle = handle
        self.columns = columns
        buffer = Self.header
        buffer.reserveCapacity(2 * Self.bufferSize)
    }

    /// Writes one row, a value per column of the COPY, converted to the column's type where nothing is lost.
    /// - Throws: `database.invalid_value` where the number of values, a type or a range does not fit.
    package mutating func row(_ values: [PostgresValue]) throws {
        guard values.count == columns.count else {
            throw Failure(
                .databaseInvalidValue, "A row of \(values.count.counted("value")) was given to a COPY of \(columns.count.counted("column"))"
            )
        }
        BinaryEncoding.append(Int16(truncatingIfNeeded: columns.count), to: &buffer)
        for (value, column) in zip(values, columns) {
            do {
                try BinaryEncoding.appendWithLength(value, as: column.type, to: &buffer)
            } catch {
                throw Failure(.databaseInvalidValue, "COPY cannot fill column '\(column.name)'", cause: error)
            }
        }
        rowCount += 1
        if buffer.count >= Self.bufferSize { try send() }
    }

    mutating func finish() throws {
        BinaryEncoding.append(Int16(-1), to: &buffer)
        try send()
    }

    private mutating func send() throws {
        let deadline = connection.answerDeadline()
        guard let count = Int32(exactly: buffer.count) else { throw Failure(.databaseInvalidValue, "A row is larger than 2 GB") }
        while true {
            let queued = buffer.withUnsafeBytes { PQputCopyData(handle, $0.baseAddress?.assumingMemoryBound(to: CChar.self), count) }
            if queued == 1 { break }
            guard queued == 0 else { throw ServerFailure.connectionLost("COPY ended early") }
            _ = try connection.wait(handle, for: Int16(POLLOUT), deadline: deadline)
        }
        buffer.removeAll(keepingCapacity: true)
        // Keeps libpq's own buffer from growing with the rows.
        try connection.flush(handle, deadline: deadline)
        guard PQstatus(handle) == CONNECTION_OK else { throw ServerFailure.connectionLost("COPY ended early") }
    }
}
