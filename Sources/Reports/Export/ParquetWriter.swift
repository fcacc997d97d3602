/// Writes a flat table as Parquet: plain encoding, one page a column and row group, no compression, strings as UTF-8.
///
/// It is written here because nothing that is at hand writes Parquet: PostgreSQL does not without an extension of its server, and no library
/// for Swift does without C++. What is left of the format is small. Source: apache/parquet-format, README.md and parquet.thrift.
struct ParquetWriter {
    /// Rows per row group: they are held in memory.
    private static let groupRows = 20_000
    private static let magic = Array("PAR1".utf8)

    private struct Chunk {
        var offset: Int
        var byteCount: Int
    }

    private struct RowGroup {
        var rows: Int
        var chunks: [Chunk]
    }

    private let columns: [ExportColumn]
    private let sink: ([UInt8]) throws -> Void
    private var pages: [ParquetPage]
    private var rows = 0
    private var offset: Int
    private var groups: [RowGroup] = []

    init(_ columns: [ExportColumn], to sink: @escaping ([UInt8]) throws -> Void) throws {
        self.columns = columns
        self.sink = sink
        pages = columns.map { ParquetPage($0) }
        offset = Self.magic.count
        try sink(Self.magic)
    }

    mutating func write(_ values: [ExportValue]) throws {
        for (index, value) in values.enumerated() { pages[index].append(value) }
        rows += 1
        if rows == Self.groupRows { try endGroup() }
    }

    mutating func finish() throws {
        if rows > 0 { try endGroup() }
        let footer = self.footer
        let length = withUnsafeBytes(of: UInt32(footer.count).littleEndian) { Array($0) }
        try sink(footer + length + Self.magic)
    }

    private mutating func endGroup() throws {
        var group = RowGroup(rows: rows, chunks: [])
        for index in pages.indices {
            let bytes = pages[index].take(rows: rows)
            group.chunks.append(Chunk(offset: offset, byteCount: bytes.count))
            offset += bytes.count
            try sink(bytes)
        }
        groups.append(group)
        rows = 0
    }

    /// `FileMetaData`.
    private var footer: [UInt8] {
        var writer = ThriftCompactWriter()
        writer.field(1, int32: 1)
        writer.field(2, structures: [nil] + columns.map(Optional.some)) { writer, column in
            guard let column else {
                writer.field(4, text: "schema")
                return writer.field(5, int32: columns.count)
            }
            writer.field(1, int32: column.kind.parquetType)
            writer.field(3, int32: column.isOptional ? 1 : 0)
            writer.field(4, text: column.name)
            guard column.kind == .text else { return }
            writer.field(6, int32: 0)
            writer.field(10) { $0.field(1) { _ in } }
        }
        writer.field(3, int64: groups.reduce(0) { $0 + $1.rows })
        writer.field(4, structures: groups) { writer, group in
            writer.field(1, structures: Array(zip(columns, group.chunks))) { writer, column in
                let (column, chunk) = column
                writer.field(2, int64: chunk.offset)
                writer.field(3) { writer in
                    writer.field(1, int32: column.kind.parquetType)
                    writer.field(2, int32s: [0, 3])
                    writer.field(3, texts: [column.name])
                    writer.field(4, int32: 0)
                    writer.field(5, int64: group.rows)
                    writer.field(6, int64: chunk.byteCount)
                    writer.field(7, int64: chunk.byteCount)
                    writer.field(9, int64: chunk.offset)
                }
            }
            writer.field(2, int64: group.chunks.reduce(0) { $0 + $1.byteCount })
            writer.field(3, int64: group.rows)
        }
        writer.field(6, text: "evalctl")
        writer.stop()
        return writer.bytes
    }
}

/// One column's values of the row group being written.
private struct ParquetPage {
    private let column: ExportColumn
    private var values: [UInt8] = []
    /// Definition levels, run-length encoded: runs of present and of missing values.
    private var runs: [(isPresent: Bool, count: Int)] = []

    init(_ column: ExportColumn) {
        self.column = column
    }

    mutating func append(_ value: ExportValue) {
        let isPresent = value != .missing
        precondition(isPresent || column.isOptional, "column \(column.name) has a missing value")
        if let last = runs.last, last.isPresent == isPresent {
            runs[runs.count - 1].count += 1
        } else {
            runs.append((isPresent, 1))
        }
        switch (value, column.kind) {
        case (.missing, _): break
        case (.integer(let value), .int32): append(UInt32(bitPattern: Int32(clamping: value)))
        case (.integer(let value), .int64): append(UInt64(bitPattern: Int64(value)))
        case (.float32(let value), .float32): append(value.bitPattern)
        case (.float64(let value), .float64): append(value.bitPattern)
        case (.text(let text), .text):
            append(UInt32(text.utf8.count))
            values += Array(text.utf8)
        default: preconditionFailure("column \(column.name) is not for \(value)")
        }
    }

    private mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { values.append(contentsOf: $0) }
    }

    /// The page with its header; empties the column.
    mutating func take(rows: Int) -> [UInt8] {
        var body: [UInt8] = []
        if column.isOptional {
            var levels: [UInt8] = []
            for run in runs {
                levels += VariableLengthInteger.encoded(UInt64(run.count) << 1)
                levels.append(run.isPresent ? 1 : 0)
            }
            body = withUnsafeBytes(of: UInt32(levels.count).littleEndian) { Array($0) } + levels
        }
        body += values
        values.removeAll(keepingCapacity: true)
        runs.removeAll()
        var header = ThriftCompactWriter()
        header.field(1, int32: 0)
        header.field(2, int32: body.count)
        header.field(3, int32: body.count)
        header.field(5) { writer in
            writer.field(1, int32: rows)
            writer.field(2, int32: 0)
            writer.field(3, int32: 3)
            writer.field(4, int32: 3)
        }
        header.stop()
        return header.bytes + body
    }
}

extension ExportColumn.Kind {
    /// `Type` of parquet.thrift.
    var parquetType: Int {
        switch self {
        case .int32: 1
        case .int64: 2
        case .float32: 4
        case .float64: 5
        case .text: 6
        }
    }
}
