import Diagnostics

/// PostgreSQL's binary formats, big-endian, as the `…send` functions of its types write them.
enum BinaryEncoding {
    /// Appends `value` as a column of type `type`, without its length.
    /// - Throws: `database.invalid_value` where the type cannot hold the value; the text does not repeat the value.
    static func append(_ value: PostgresValue, as type: ColumnType, to bytes: inout [UInt8]) throws {
        switch (value, type) {
        case (.bool(let flag), .bool): bytes.append(flag ? 1 : 0)
        case (.int16(let number), _): try append(integer: Int64(number), as: type, to: &bytes)
        case (.int32(let number), _): try append(integer: Int64(number), as: type, to: &bytes)
        case (.int64(let number), _): try append(integer: number, as: type, to: &bytes)
        case (.float32(let number), .float4): append(number.bitPattern, to: &bytes)
        case (.float32(let number), .float8): append(Double(number).bitPattern, to: &bytes)
        case (.float64(let number), .float4): append(Float(number).bitPattern, to: &bytes)
        case (.float64(let number), .float8): append(number.bitPattern, to: &bytes)
        case (.text(let text), _): try append(text: text, as: type, to: &bytes)
        case (.bytes(let data), .bytea): bytes += data
        case (.timestamp(let microseconds), .timestamptz), (.timestamp(let microseconds), .timestamp):
            let (shifted, overflow) = microseconds.subtractingReportingOverflow(postgresEpoch)
            guard !overflow else { throw refused(type, "a time out of range") }
            append(shifted, to: &bytes)
        case (.int16Array(let numbers), _): try append(numbers.map { .int16($0) }, asArray: type, to: &bytes)
        case (.int32Array(let numbers), _): try append(numbers.map { .int32($0) }, asArray: type, to: &bytes)
        case (.int64Array(let numbers), _): try append(numbers.map { .int64($0) }, asArray: type, to: &bytes)
        case (.float32Array(let numbers), _): try append(numbers.map { .float32($0) }, asArray: type, to: &bytes)
        case (.float64Array(let numbers), _): try append(numbers.map { .float64($0) }, asArray: type, to: &bytes)
        case (.textArray(let texts), _): try append(texts.map { .text($0) }, asArray: type, to: &bytes)
        default: throw refused(type, "a value of another type")
        }
    }

    static func append<I: FixedWidthInteger>(_ number: I, to bytes: inout [UInt8]) {
        for shift in stride(from: I.bitWidth - 8, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> I(shift))) }
    }

    private static func append(integer: Int64, as type: ColumnType, to bytes: inout [UInt8]) throws {
        switch type {
        case .int2: append(try narrowed(integer, type, Int16.self), to: &bytes)
        case .int4: append(try narrowed(integer, type, Int32.self), to: &bytes)
        case .int8: append(integer, to: &bytes)
        case .oid: append(try narrowed(integer, type, UInt32.self), to: &bytes)
        default: throw refused(type, "an integer")
        }
    }

    private static func narrowed<I: FixedWidthInteger>(_ integer: Int64, _ type: ColumnType, _: I.Type) throws -> I {
        guard let narrow = I(exactly: integer) else { throw refused(type, "an integer out of its range") }
        return narrow
    }

    private static func append(text: String, as type: ColumnType, to bytes: inout [UInt8]) throws {
        guard !text.utf8.contains(0) else { throw refused(type, "a text with a NUL character") }
        switch type {
        case .text, .varchar, .bpchar, .name, .json, .unknown: break
        case .jsonb: bytes.append(1)
        case .uuid:
            let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
            guard digits.count == 32, let high = UInt64(text: digits.prefix(16)), let low = UInt64(text: digits.suffix(16)) else {
                throw refused(type, "a text that is no UUID")
            }
            append(high, to: &bytes)
            append(low, to: &bytes)
            return
        default: throw refused(type, "a text")
        }
        bytes += Array(text.utf8)
    }

    private static func append(_ values: [PostgresValue], asArray type: ColumnType, to bytes: inout [UInt8]) throws {
        guard let element = type.element else { throw refused(type, "an array") }
        guard let count = Int32(exactly: values.count) else { throw refused(type, "an array that is too long") }
        append(Int32(values.isEmpty ? 0 : 1), to: &bytes)
        append(Int32(0), to: &bytes)
        append(element.rawValue, to: &bytes)
        guard count > 0 else { return }
        append(count, to: &bytes)
        append(Int32(1), to: &bytes)
        for value in values { try appendWithLength(value, as: element, to: &bytes) }
    }

    /// Appends the value's length in bytes (-1 for null), then the value.
    static func appendWithLength(_ value: PostgresValue, as type: ColumnType, to bytes: inout [UInt8]) throws {
        guard value != .null else { return append(Int32(-1), to: &bytes) }
        let start = bytes.count
        append(Int32(0), to: &bytes)
        try append(value, as: type, to: &bytes)
        guard let length = Int32(exactly: bytes.count - start - 4) else { throw refused(type, "more than 2 GB") }
        for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: length >> Int32(24 - 8 * index)) }
    }

    private static func refused(_ type: ColumnType, _ what: String) -> Failure {
        Failure(.databaseInvalidValue, "A column of type \(type) was given \(what)")
    }
}

extension UInt64 {
    /// Reads hexadecimal digits.
    fileprivate init?(text digits: some Collection<UInt8>) {
        guard digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }) else { return nil }
        self.init(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
