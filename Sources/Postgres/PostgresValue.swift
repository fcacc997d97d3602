/// A value for a parameter of a statement or a column of COPY.
package enum PostgresValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case int16(Int16)
    case int32(Int32)
    case int64(Int64)
    case float32(Float)
    case float64(Double)
    /// Also for enumerations, `json`, `jsonb`, `uuid`, `numeric`: the server reads it as the type that the place asks for.
    case text(String)
    case bytes([UInt8])
    /// Microseconds since 1970-01-01 00:00 UTC, for `timestamptz`.
    case timestamp(Int64)
    case int16Array([Int16])
    case int32Array([Int32])
    case int64Array([Int64])
    case float32Array([Float])
    case float64Array([Double])
    case textArray([String])

    package static func int(_ value: Int) -> PostgresValue { .int64(Int64(value)) }
    package static func int(orNull value: Int?) -> PostgresValue { value.map { .int64(Int64($0)) } ?? .null }
    package static func int64(orNull value: Int64?) -> PostgresValue { value.map(Self.int64) ?? .null }
    package static func text(orNull value: String?) -> PostgresValue { value.map(Self.text) ?? .null }
}

extension PostgresValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral {
    package init(integerLiteral value: Int64) { self = .int64(value) }
    package init(stringLiteral value: String) { self = .text(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(nilLiteral: ()) { self = .null }
}

extension PostgresValue {
    /// The type a parameter is sent as; `nil` leaves it to the server, which infers it from the place in the statement.
    var type: ColumnType? {
        switch self {
        case .null, .text: nil
        case .bool: .bool
        case .int16: .int2
        case .int32: .int4
        case .int64: .int8
        case .float32: .float4
        case .float64: .float8
        case .bytes: .bytea
        case .timestamp: .timestamptz
        case .int16Array: .int2Array
        case .int32Array: .int4Array
        case .int64Array: .int8Array
        case .float32Array: .float4Array
        case .float64Array: .float8Array
        case .textArray: .textArray
        }
    }
}
