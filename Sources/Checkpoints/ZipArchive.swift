import Diagnostics

/// The stored entries of a zip archive as PyTorch writes it (APPNOTE.TXT 6.3: stored entries only, zip64 allowed, no encryption).
struct ZipArchive: Sendable {
    struct Entry: Sendable {
        var name: String
        /// The entry's bytes in the file.
        var range: Range<Int>
        var checksum: UInt32
    }

    private let file: CheckpointFile
    private let entries: [String: Entry]

    static let signature: [UInt8] = [0x50, 0x4B, 0x03, 0x04]

    /// - Throws: `checkpoint.truncated`, `checkpoint.malformed`, `checkpoint.unsupported`.
    init(_ file: CheckpointFile) throws(Failure) {
        self.file = file
        let directory = try ZipDirectory(file)
        var entries: [String: Entry] = [:]
        var spans: [Range<Int>] = []
        for record in directory.records {
            let dataStart = try ZipArchive.dataStart(of: record, directoryStart: directory.range.lowerBound, in: file)
            let (end, overflow) = dataStart.addingReportingOverflow(record.size)
            guard !overflow, end <= directory.range.lowerBound else {
                throw file.context.malformed("the zip entry \(quoted(record.name)) reaches beyond the archive's data")
            }
            let entry = Entry(name: record.name, range: dataStart..<end, checksum: record.checksum)
            guard entries.updateValue(entry, forKey: record.name) == nil else {
                throw file.context.malformed("the zip entry \(quoted(record.name)) occurs twice")
            }
            spans.append(record.headerOffset..<end)
        }
        spans.sort { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
        for (left, right) in zip(spans, spans.dropFirst()) where left.upperBound > right.lowerBound {
            throw file.context.malformed("zip entries overlap at byte \(right.lowerBound)")
        }
        self.entries = entries
    }

    var names: [String] { entries.keys.sorted() }

    func entry(_ name: String) -> Entry? { entries[name] }

    /// A copy of a whole entry of at most `limit` bytes, its checksum verified.
    func contents(_ entry: Entry, limit: Int) throws(Failure) -> [UInt8] {
        guard entry.range.count <= limit else {
            throw file.context.unsupported(
                "the zip entry \(quoted(entry.name)) has \(entry.range.count) bytes, and \(limit) at most are read",
                remedy: "Save the model's state dict alone: torch.save({'model': model.state_dict()}, path).")
        }
        try verify(entry)
        return file.copy(entry.range)
    }

    /// - Throws: `checkpoint.malformed` where the entry's bytes are not those that were written.
    func verify(_ entry: Entry) throws(Failure) {
        guard CRC32.checksum(file.data, entry.range) == entry.checksum else {
            throw file.context.malformed("the zip entry \(quoted(entry.name)) does not have the checksum (CRC-32) it was saved with")
        }
    }

    /// Checks an entry's local header against the directory; gives the offset of its first byte.
    private static func dataStart(of record: ZipDirectory.Record, directoryStart: Int, in file: CheckpointFile) throws(Failure) -> Int {
        let context = file.context
        let outside = context.malformed("the zip entry \(quoted(record.name)) lies outside the archive's data")
        let headerSize = 30
        guard record.headerOffset >= 0, record.headerOffset <= directoryStart - headerSize else { throw outside }
        var header = ByteReader(file.copy(record.headerOffset..<record.headerOffset + headerSize), truncated: outside)
        guard try Array(header.take(4)) == signature else {
            throw context.malformed("the zip entry \(quoted(record.name)) has no local header where the directory says")
        }
        try header.skip(2)
        let flags = try header.integer(UInt16.self)
        let method = try header.integer(UInt16.self)
        try header.skip(16)
        let nameLength = Int(try header.integer(UInt16.self))
        let extraLength = Int(try header.integer(UInt16.self))
        let nameStart = record.headerOffset + headerSize
        let dataStart = nameStart + nameLength + extraLength
        guard dataStart <= directoryStart else { throw outside }
        let name = file.copy(nameStart..<nameStart + nameLength)
        guard flags & ZipDirectory.encryptionFlags == 0, method == ZipDirectory.stored, name == Array(record.name.utf8) else {
            throw context.malformed("the local header of the zip entry \(quoted(record.name)) contradicts the directory")
        }
        return dataStart
    }
}
