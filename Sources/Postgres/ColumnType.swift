/// The types that are encoded and decoded here, by their fixed object ids (PostgreSQL's `pg_type.dat`).
enum ColumnType: UInt32, Sendable {
    case bool = 16
    case bytea = 17
    case char = 18
    case name = 19
    case int8 = 20
    case int2 = 21
    case int4 = 23
    case text = 25
    case oid = 26
    case json = 114
    case float4 = 700
    case float8 = 701
    case unknown = 705
    case boolArray = 1000
    case int2Array = 1005
    case int4Array = 1007
    case textArray = 1009
    case int8Array = 1016
    case float4Array = 1021
    case float8Array = 1022
    case bpchar = 1042
    case varchar = 1043
    case varcharArray = 1015
    case timestamp = 1114
    case timestamptz = 1184
    case numeric = 1700
    case uuid = 2950
    case jsonb = 3802

    /// The type of an array's elements; `nil` where this is no array.
    var element: ColumnType? {
        switch self {
        case .boolArray: .bool
        case .int2Array: .int2
        case .int4Array: .int4
        case .int8Array: .int8
        case .float4Array: .float4
        case .float8Array: .float8
        case .textArray: .text
        case .varcharArray: .varchar
        default: nil
        }
    }
}

/// Microseconds from 1970-01-01, where Unix starts to count, to 2000-01-01, where PostgreSQL does.
let postgresEpoch: Int64 = 946_684_800_000_000
