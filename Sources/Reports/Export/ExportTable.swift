internal import Diagnostics

/// A column of an export.
package struct ExportColumn: Sendable, Hashable {
    package enum Kind: Sendable { case int32, int64, float32, float64, text }

    package var name: String
    package var kind: Kind
    /// Whether values may be missing.
    package var isOptional: Bool

    package init(_ name: String, _ kind: Kind, isOptional: Bool = false) {
        self.name = name
        self.kind = kind
        self.isOptional = isOptional
    }
}

/// A value of an export, of the kind that its column has.
package enum ExportValue: Sendable, Hashable {
    case missing
    case integer(Int)
    case float32(Float)
    case float64(Double)
    case text(String)
}

/// How an export is written. The same columns in each.
package enum ExportFormat: String, Sendable, CaseIterable {
    case csv, jsonl, parquet
}

/// Writes rows one after the other; memory does not grow with their number.
package struct ExportWriter {
    private let columns: [ExportColumn]
    private let format: ExportFormat
    private let sink: ([UInt8]) throws -> Void
    private var buffer: [UInt8] = []
    private var parquet: ParquetWriter?

    private static let bufferBytes = 1 << 16

    /// - Parameter sink: takes the file's bytes, piece by piece.
    package init(_ columns: [ExportColumn], as format: ExportFormat, to sink: @escaping ([UInt8]) throws -> Void) throws {
        self.columns = columns
        self.format = format
        self.sink = sink
        switch format {
        case .csv: buffer += Array((columns.map { CSVText.quoted($0.name) }.joined(separator: ",") + "\n").utf8)
        case .jsonl: break
        case .parquet: parquet = try ParquetWriter(columns, to: sink)
        }
    }

    /// - Parameter values: one for each column.
    package mutating func write(_ values: [ExportValue]) throws {
        precondition(values.count == columns.count)
        switch format {
        case .csv: buffer += Array((values.map(\.csv).joined(separator: ",") + "\n").utf8)
        case .jsonl:
            let members = zip(columns, values).map { "\(JSONText.quoted($0.name)):\($1.json)" }
            buffer += Array(("{" + members.joined(separator: ",") + "}\n").utf8)
        case .parquet: try parquet?.write(values)
        }
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Ends the file.
    package mutating func finish() throws {
        try flush()
        try parquet?.finish()
    }

    private mutating func flush() throws {
        if !buffer.isEmpty { try sink(buffer) }
        buffer.removeAll(keepingCapacity: true)
    }
}

extension ExportValue {
    /// Numbers in the shortest text that reads back as the same; nothing for a missing one.
    var csv: String {
        switch self {
        case .missing: ""
        case .integer(let value): String(value)
        case .float32(let value): "\(value)"
        case .float64(let value): "\(value)"
        case .text(let text): CSVText.quoted(text)
        }
    }

    /// JSON has no infinities and no NaN: null stands for them.
    var json: String {
        switch self {
        case .missing: "null"
        case .integer(let value): String(value)
        case .float32(let value): value.isFinite ? "\(value)" : "null"
        case .float64(let value): value.isFinite ? "\(value)" : "null"
        case .text(let text): JSONText.quoted(text)
        }
    }
}
