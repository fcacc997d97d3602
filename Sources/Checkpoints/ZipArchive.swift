import Diagnostics
import FoundationEssentials

/// The entries of a zip archive as PyTorch writes it, or as a tool left it that packed one again (APPNOTE.TXT 6.3: stored and deflated
/// entries, zip64 allowed, no encryption).
struct ZipArchive: Sendable {
    struct Entry: Sendable {
        var name: String
        /// The entry's bytes in the file.
        var range: Range<Int>
        /// Bytes unpacked.
        var size: Int
        var isDeflated: Bool
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
            let (end, overflow) = dataStart.addingReportingOverflow(record.storedSize)
            guard !overflow, end <= directory.range.lowerBound else {
                throw file.context.malformed("the zip entry \(quoted(record.name)) reaches beyond the archive's data")
            }
            let entry = Entry(
                name: record.name, range: dataStart..<end, size: record.size, isDeflated: record.isDeflated, checksum: record.checksum)
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

    /// A copy of a whole entry of at most `limit` bytes, unpacked, its checksum verified.
    ///
    /// - Throws: `checkpoint.malformed`, `checkpoint.unsupported`.
    func contents(_ entry: Entry, limit: Int) throws(Failure) -> [UInt8] {
        guard entry.size <= limit else {
            throw file.context.unsupported(
                "the zip entry \(quoted(entry.name)) has \(entry.size) bytes, and \(limit) at most are read",
                remedy: "Save the model's state dict alone: torch.save({'model': model.state_dict()}, path).")
        }
        guard entry.isDeflated else {
            try verify(file.data, entry.range, entry)
            return file.copy(entry.range)
        }
        var unpacked = Data()
        try unpack(entry, behind: &unpacked)
        return [UInt8](unpacked)
    }

    /// The bytes that hold the given entries, their checksums verified, and where in them each begins: the file itself, or where one of them
    /// is compressed, a copy of all.
    ///
    /// - Throws: `checkpoint.malformed`; `checkpoint.unsupported` where they would become larger than the bound allows.
    func data(of wanted: [String: Entry]) throws(Failure) -> (data: Data, starts: [String: Int]) {
        let ordered = wanted.sorted { ($0.value.range.lowerBound, $0.key) < ($1.value.range.lowerBound, $1.key) }
        guard ordered.contains(where: \.value.isDeflated) else {
            for (_, entry) in ordered { try verify(file.data, entry.range, entry) }
            return (file.data, wanted.mapValues(\.range.lowerBound))
        }
        let limit = ZipArchive.maximumGrowth * file.count
        var total = 0
        for (_, entry) in ordered {
            let (sum, overflow) = total.addingReportingOverflow(entry.size)
            guard !overflow, sum <= limit else {
                throw file.context.unsupported(
                    "the compressed storages would become more than \(limit) bytes, \(ZipArchive.maximumGrowth) times the file",
                    remedy: "Repack the file without compression (zip -0) where it is what it should be.")
            }
            total = sum
        }
        var unpacked = Data(capacity: total)
        var starts: [String: Int] = [:]
        for (key, entry) in ordered {
            starts[key] = unpacked.count
            try unpack(entry, behind: &unpacked)
        }
        return (unpacked, starts)
    }

    /// Weights shrink to half at best; what grows more than this is a bomb.
    private static let maximumGrowth = 16

    private func unpack(_ entry: Entry, behind unpacked: inout Data) throws(Failure) {
        let start = unpacked.count
        if entry.isDeflated {
            guard Inflater.inflate(file.data, entry.range, size: entry.size, behind: &unpacked) else {
                throw file.context.malformed("the zip entry \(quoted(entry.name)) does not unpack to the bytes that it claims")
            }
        } else {
            unpacked.append(file.data[file.data.startIndex + entry.range.lowerBound..<file.data.startIndex + entry.range.upperBound])
        }
        try verify(unpacked, start..<start + entry.size, entry)
    }

    private func verify(_ data: Data, _ range: Range<Int>, _ entry: Entry) throws(Failure) {
        guard CRC32.checksum(data, range) == entry.checksum else {
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
        let expected = record.isDeflated ? ZipDirectory.deflated : ZipDirectory.stored
        guard flags & ZipDirectory.encryptionFlags == 0, method == expected, name == Array(record.name.utf8) else {
            throw context.malformed("the local header of the zip entry \(quoted(record.name)) contradicts the directory")
        }
        return dataStart
    }
}
