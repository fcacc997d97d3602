/// Reads PostgreSQL's binary formats. Each function gives `nil` where type or length do not fit.
enum BinaryDecoding {
    static func int(_ bytes: RawSpan, _ type: UInt32) -> Int? {
        switch ColumnType(rawValue: type) {
        case .int2: integer(bytes, Int16.self).map(Int.init)
        case .int4: integer(bytes, Int32.self).map(Int.init)
        case .int8: integer(bytes, Int64.self).map(Int.init)
        case .oid: integer(bytes, UInt32.self).map(Int.init)
        case .numeric: NumericDecoding.int(bytes)
        default: nil
        }
    }

    static func double(_ bytes: RawSpan, _ type: UInt32) -> Double? {
        switch ColumnType(rawValue: type) {
        case .float4: integer(bytes, UInt32.self).map { Double(Float(bitPattern: $0)) }
        case .float8: integer(bytes, UInt64.self).map { Double(bitPattern: $0) }
        case .numeric: NumericDecoding.double(bytes)
        default: int(bytes, type).map(Double.init)
        }
    }

    static func bool(_ bytes: RawSpan, _ type: UInt32) -> Bool? {
        type == ColumnType.bool.rawValue ? integer(bytes, UInt8.self).map { $0 != 0 } : nil
    }

    static func text(_ bytes: RawSpan, _ type: UInt32) -> String? {
        switch ColumnType(rawValue: type) {
        case .text, .varchar, .bpchar, .name, .char, .json, .unknown: return string(bytes)
        case .jsonb: return bytes.byteCount > 0 ? string(bytes.extracting(1...)) : nil
        case .uuid: return uuid(bytes)
        // Enumerations and other types of the schema's own have ids above 16383, and their labels are sent as text.
        case nil: return type >= 16_384 ? string(bytes) : nil
        default: return nil
        }
    }

    static func bytes(_ bytes: RawSpan, _ type: UInt32) -> [UInt8]? {
        type == ColumnType.bytea.rawValue ? bytes.withUnsafeBytes { Array($0) } : nil
    }

    static func timestamp(_ bytes: RawSpan, _ type: UInt32) -> Int64? {
        guard type == ColumnType.timestamptz.rawValue || type == ColumnType.timestamp.rawValue else { return nil }
        guard let microseconds = integer(bytes, Int64.self) else { return nil }
        // The largest and smallest values mean infinity.
        let (shifted, overflow) = microseconds.addingReportingOverflow(postgresEpoch)
        return overflow || microseconds == .min ? nil : shifted
    }

    /// A one-dimensional array without nulls.
    static func array<T>(_ bytes: RawSpan, _ type: UInt32, _ decode: (RawSpan, UInt32) throws -> T?) throws -> [T]? {
        guard ColumnType(rawValue: type)?.element != nil else { return nil }
        var position = 0
        func next() -> Int32? {
            guard bytes.byteCount - position >= 4 else { return nil }
            position += 4
            return integer(bytes.extracting(position - 4..<position), Int32.self)
        }
        guard let dimensions = next(), next() != nil, let element = next() else { return nil }
        if dimensions == 0 { return [] }
        guard dimensions == 1, let count = next(), next() != nil, count >= 0 else { return nil }
        var values: [T] = []
        values.reserveCapacity(min(Int(count), bytes.byteCount / 4))
        for _ in 0..<count {
            guard let length = next().map(Int.init), length >= 0, length <= bytes.byteCount - position else { return nil }
            guard let value = try decode(bytes.extracting(position..<position + length), UInt32(bitPattern: element)) else { return nil }
            values.append(value)
            position += length
        }
        return values
    }

    /// A big-endian integer that fills `bytes`.
    static func integer<I: FixedWidthInteger & BitwiseCopyable>(_ bytes: RawSpan, _: I.Type) -> I? {
        guard bytes.byteCount == I.bitWidth / 8 else { return nil }
        return I(bigEndian: bytes.unsafeLoadUnaligned(as: I.self))
    }

    private static func string(_ bytes: RawSpan) -> String {
        bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private static func uuid(_ bytes: RawSpan) -> String? {
        guard bytes.byteCount == 16 else { return nil }
        var text = ""
        for (index, byte) in bytes.withUnsafeBytes({ Array($0) }).enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16)
        }
        return text
    }
}
