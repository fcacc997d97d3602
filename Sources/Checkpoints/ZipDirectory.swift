import Diagnostics

/// The central directory of a zip archive, found from the end of the file.
struct ZipDirectory {
    struct Record {
        var name: String
        /// Offset of the local header in the file.
        var headerOffset: Int
        /// Bytes of the entry in the archive.
        var storedSize: Int
        /// Bytes of the entry unpacked; the same where it is stored as it is.
        var size: Int
        var isDeflated: Bool
        var checksum: UInt32
    }

    private(set) var records: [Record] = []
    /// Where the directory lies in the file.
    let range: Range<Int>

    static let stored: UInt16 = 0
    static let deflated: UInt16 = 8
    /// Encryption, strong encryption, encrypted directory.
    static let encryptionFlags: UInt16 = 1 | 1 << 6 | 1 << 13
    private static let maximumSize = 64 << 20

    init(_ file: CheckpointFile) throws(Failure) {
        let context = file.context
        let location = try ZipDirectory.locate(file)
        range = location.range
        guard range.count <= ZipDirectory.maximumSize else {
            throw context.malformed("the zip directory claims \(range.count) bytes")
        }
        var reader = ByteReader(file.copy(range), truncated: context.malformed("the zip directory ends inside an entry"))
        while reader.remaining > 0 {
            records.append(try ZipDirectory.readRecord(&reader, context))
        }
        guard records.count == location.count else {
            throw context.malformed("the zip directory has \(records.count.counted("entry")) and claims \(location.count)")
        }
    }

    private static func readRecord(_ reader: inout ByteReader, _ context: FailureContext) throws(Failure) -> Record {
        guard try reader.integer(UInt32.self) == 0x0201_4B50 else {
            throw context.malformed("the zip directory has an entry without its signature")
        }
        try reader.skip(4)
        let flags = try reader.integer(UInt16.self)
        let method = try reader.integer(UInt16.self)
        try reader.skip(4)
        let checksum = try reader.integer(UInt32.self)
        var compressedSize = UInt64(try reader.integer(UInt32.self))
        var size = UInt64(try reader.integer(UInt32.self))
        let nameLength = Int(try reader.integer(UInt16.self))
        let extraLength = Int(try reader.integer(UInt16.self))
        let commentLength = Int(try reader.integer(UInt16.self))
        try reader.skip(8)
        var headerOffset = UInt64(try reader.integer(UInt32.self))
        guard let name = String(validating: try reader.take(nameLength), as: UTF8.self) else {
            throw context.malformed("the zip directory has an entry whose name is not UTF-8")
        }
        var extra = ByteReader(
            Array(try reader.take(extraLength)), truncated: context.malformed("the zip entry \(quoted(name)) has a cut extra field"))
        try reader.skip(commentLength)
        while extra.remaining >= 4 {
            let kind = try extra.integer(UInt16.self)
            let length = try extra.length(UInt16.self)
            guard kind == 1 else {
                try extra.skip(length)
                continue
            }
            let end = extra.position + length
            if size == 0xFFFF_FFFF { size = try extra.integer() }
            if compressedSize == 0xFFFF_FFFF { compressedSize = try extra.integer() }
            if headerOffset == 0xFFFF_FFFF { headerOffset = try extra.integer() }
            guard extra.position <= end else { throw extra.truncated }
            try extra.skip(end - extra.position)
        }
        guard flags & encryptionFlags == 0 else {
            throw context.unsupported("the zip entry \(quoted(name)) is encrypted", remedy: "Save the checkpoint again with torch.save.")
        }
        guard method == stored || method == deflated else {
            throw context.unsupported(
                "the zip entry \(quoted(name)) is compressed in a way that is not read (method \(method))",
                remedy: "Save the checkpoint again with torch.save, or repack it without compression (zip -0).")
        }
        guard method == deflated || size == compressedSize, let size = Int(exactly: size),
            let storedSize = Int(exactly: compressedSize), let headerOffset = Int(exactly: headerOffset)
        else {
            throw context.malformed("the zip entry \(quoted(name)) has contradictory sizes")
        }
        return Record(
            name: name, headerOffset: headerOffset, storedSize: storedSize, size: size, isDeflated: method == deflated,
            checksum: checksum)
    }

    /// Finds the end record (and its zip64 form, which PyTorch always writes) and what it says of the directory.
    private static func locate(_ file: CheckpointFile) throws(Failure) -> (range: Range<Int>, count: Int) {
        let context = file.context
        let endSize = 22
        let tailStart = max(0, file.count - endSize - 0xFFFF)
        let tail = file.copy(tailStart..<file.count)
        let signature: [UInt8] = [0x50, 0x4B, 0x05, 0x06]
        let candidates = stride(from: tail.count - endSize, through: 0, by: -1)
        let end = candidates.first { start in
            let commentLength = Int(tail[start + 20]) | Int(tail[start + 21]) << 8
            return tail[start] == signature[0] && tail[start..<start + 4].elementsEqual(signature)
                && start + endSize + commentLength == tail.count
        }
        guard let end else {
            throw context.truncated("the zip archive has no end record: the file was cut off or is still being written")
        }
        var reader = ByteReader(Array(tail[end...]), truncated: context.malformed("the zip archive's end record is cut"))
        try reader.skip(10)
        var count = UInt64(try reader.integer(UInt16.self))
        var size = UInt64(try reader.integer(UInt32.self))
        var start = UInt64(try reader.integer(UInt32.self))
        let endStart = tailStart + end
        var limit = endStart
        if let wide = try locateWide(file, endStart: endStart) {
            let isConsistent =
                (count == 0xFFFF || count == wide.count) && (size == 0xFFFF_FFFF || size == wide.size)
                && (start == 0xFFFF_FFFF || start == wide.start)
            guard isConsistent else { throw context.malformed("the zip archive's two end records contradict each other") }
            (count, size, start, limit) = wide
        }
        guard let start = Int(exactly: start), let size = Int(exactly: size), let count = Int(exactly: count), start <= limit,
            size <= limit - start
        else {
            throw context.malformed("the zip directory lies outside the file")
        }
        return (start..<start + size, count)
    }

    private static func locateWide(_ file: CheckpointFile, endStart: Int) throws(Failure) -> (
        count: UInt64, size: UInt64, start: UInt64, limit: Int
    )? {
        let context = file.context
        let locatorSize = 20
        guard endStart >= locatorSize else { return nil }
        let cut = context.malformed("the zip archive's zip64 end record lies outside the file")
        var locator = ByteReader(file.copy(endStart - locatorSize..<endStart), truncated: cut)
        guard try locator.integer(UInt32.self) == 0x0706_4B50 else { return nil }
        try locator.skip(4)
        let recordSize = 56
        guard let recordStart = Int(exactly: try locator.integer(UInt64.self)), recordStart <= endStart - locatorSize - recordSize else {
            throw cut
        }
        var record = ByteReader(file.copy(recordStart..<recordStart + recordSize), truncated: cut)
        guard try record.integer(UInt32.self) == 0x0606_4B50 else { throw cut }
        try record.skip(28)
        let count = try record.integer(UInt64.self)
        let size = try record.integer(UInt64.self)
        let start = try record.integer(UInt64.self)
        return (count, size, start, recordStart)
    }
}
