import CLibpq
import Diagnostics

/// One row of a result, read by column name and type.
///
/// Each reader throws `database.unexpected_result` where the column is missing, null or of a type that does not fit. The `…IfPresent` readers
/// give `nil` for null. Integers of any width, and `numeric` without a fraction, are read by `int`; `float4`, `float8`, `numeric` and
/// integers by `double`; text, enumerations, JSON and UUIDs by `text`.
package struct PostgresRow {
    let result: PostgresResult
    let index: Int32

    package func int(_ column: String) throws -> Int { try required(column, intIfPresent(column)) }
    package func double(_ column: String) throws -> Double { try required(column, doubleIfPresent(column)) }
    package func bool(_ column: String) throws -> Bool { try required(column, boolIfPresent(column)) }
    package func text(_ column: String) throws -> String { try required(column, textIfPresent(column)) }
    package func bytes(_ column: String) throws -> [UInt8] { try required(column, bytesIfPresent(column)) }
    /// Microseconds since 1970-01-01 00:00 UTC.
    package func timestamp(_ column: String) throws -> Int64 { try required(column, timestampIfPresent(column)) }
    package func ints(_ column: String) throws -> [Int] { try required(column, intsIfPresent(column)) }
    package func doubles(_ column: String) throws -> [Double] { try required(column, doublesIfPresent(column)) }
    package func texts(_ column: String) throws -> [String] { try required(column, textsIfPresent(column)) }

    package func intIfPresent(_ column: String) throws -> Int? { try read(column, "an integer", BinaryDecoding.int) }
    package func doubleIfPresent(_ column: String) throws -> Double? { try read(column, "a number", BinaryDecoding.double) }
    package func boolIfPresent(_ column: String) throws -> Bool? { try read(column, "a boolean", BinaryDecoding.bool) }
    package func textIfPresent(_ column: String) throws -> String? { try read(column, "a text", BinaryDecoding.text) }
    package func bytesIfPresent(_ column: String) throws -> [UInt8]? { try read(column, "bytes", BinaryDecoding.bytes) }
    package func timestampIfPresent(_ column: String) throws -> Int64? { try read(column, "a time", BinaryDecoding.timestamp) }
    package func intsIfPresent(_ column: String) throws -> [Int]? {
        try read(column, "an array of integers") { try BinaryDecoding.array($0, $1, BinaryDecoding.int) }
    }
    package func doublesIfPresent(_ column: String) throws -> [Double]? {
        try read(column, "an array of numbers") { try BinaryDecoding.array($0, $1, BinaryDecoding.double) }
    }
    package func textsIfPresent(_ column: String) throws -> [String]? {
        try read(column, "an array of texts") { try BinaryDecoding.array($0, $1, BinaryDecoding.text) }
    }

    /// Whether the column is null.
    package func isNull(_ column: String) throws -> Bool {
        PQgetisnull(result.handle, index, Int32(try position(of: column))) == 1
    }

    private func position(of column: String) throws -> Int {
        guard let position = result.columns.indices[column] else {
            throw Failure(.databaseUnexpectedResult, "A result has no column '\(column)'")
        }
        return position
    }

    private func required<T>(_ column: String, _ value: T?) throws -> T {
        guard let value else { throw Failure(.databaseUnexpectedResult, "Column '\(column)' is null") }
        return value
    }

    /// Reads a column with `decode`, which gives `nil` where the type or the value does not fit.
    private func read<T>(_ column: String, _ wanted: String, _ decode: (RawSpan, UInt32) throws -> T?) throws -> T? {
        let position = try position(of: column)
        guard PQgetisnull(result.handle, index, Int32(position)) == 0 else { return nil }
        let type = result.columns.types[position]
        // The bytes belong to the result, which this row holds.
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(result.handle, index, Int32(position)), count: Int(PQgetlength(result.handle, index, Int32(position))))
        let value = try withExtendedLifetime(result) { try decode(bytes.bytes, type) }
        guard let value else {
            let name = ColumnType(rawValue: type).map { "\($0)" } ?? "type \(type)"
            throw Failure(.databaseUnexpectedResult, "Column '\(column)' of type \(name) does not hold \(wanted)")
        }
        return value
    }
}
