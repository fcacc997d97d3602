import Foundation
import Reports
import Testing

@Suite struct ExportTests {
    static let columns = [
        ExportColumn("file", .text), ExportColumn("label", .int32), ExportColumn("spikes", .int64, isOptional: true),
        ExportColumn("score", .float32), ExportColumn("rate", .float64, isOptional: true),
    ]
    static let rows: [[ExportValue]] = [
        [.text("a,\"b\".png"), .integer(-1), .integer(1 << 40), .float32(0.1), .missing],
        [.text("\u{1F600}\n\u{1}\\"), .integer(2_147_483_647), .missing, .float32(-1.5e-30), .float64(0.1)],
        [.text(""), .integer(0), .missing, .float32(.infinity), .float64(-2)],
    ]

    private final class Sink {
        var bytes: [UInt8] = []
    }

    private func written(_ format: ExportFormat, times: Int = 1) throws -> [UInt8] {
        let sink = Sink()
        var writer = try ExportWriter(Self.columns, as: format) { sink.bytes += $0 }
        for _ in 0..<times { for row in Self.rows { try writer.write(row) } }
        try writer.finish()
        return sink.bytes
    }

    @Test func `CSV quotes what it must, leaves missing values empty and shows control characters as text`() throws {
        let text = String(decoding: try written(.csv), as: UTF8.self)
        #expect(
            text
                == "file,label,spikes,score,rate\n\"a,\"\"b\"\".png\",-1,1099511627776,0.1,\n\u{1F600}\\u{a}\\u{1}\\,2147483647,,-1.5e-30,0.1\n"
                + ",0,,inf,-2.0\n")
    }

    @Test func `each JSON line is an object, and what JSON has no number for is null`() throws {
        let lines = String(decoding: try written(.jsonl), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1] == #"{"file":"\#u{1F600}\n\u0001\\","label":2147483647,"spikes":null,"score":-1.5e-30,"rate":0.1}"#)
        let last = try #require(try JSONSerialization.jsonObject(with: Data(lines[2].utf8)) as? [String: Any])
        #expect(last["score"] is NSNull)
    }

    /// `Tests/Fixtures/export/check.py` reads the same file with pyarrow. `EVALCTL_UPDATE_SNAPSHOTS=1` writes it anew.
    @Test func `Parquet is, byte for byte, the file that pyarrow reads`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/export/small.parquet")
        let bytes = try written(.parquet)
        if ProcessInfo.processInfo.environment["EVALCTL_UPDATE_SNAPSHOTS"] == "1" { try Data(bytes).write(to: file) }
        #expect(try Data(contentsOf: file) == Data(bytes))
    }

    @Test func `Parquet of many rows is cut into row groups`() throws {
        let bytes = try written(.parquet, times: 7000)
        #expect(bytes.starts(with: Array("PAR1".utf8)) && bytes.suffix(4).elementsEqual(Array("PAR1".utf8)))
        let footer = bytes.dropLast(4).suffix(4).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        #expect(footer > 0 && footer < 1000)
    }
}
