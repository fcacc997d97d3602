internal import Diagnostics

/// The directory of a zip file whose entries are stored uncompressed, as `torch.save` writes it.
struct ZipArchive {
    let file: FileBytes
    /// Where each entry's data lies in the file.
    let entries: [String: Range<Int>]

    /// - Throws: `checkpoint.malformed`, and `checkpoint.unsupported` for compressed or encrypted entries.
    init(_ file: FileBytes) throws {
        self.file = file
        let directory = try Self.directory(of: file)
        var entries: [String: Range<Int>] = [:]
        var offset = directory.bytes.lowerBound
        for _ in 0..<directory.count {
            let (name, data, next) = try Self.entry(at: offset, in: file)
            guard entries.updateValue(data, forKey: name) == nil else {
                throw file.malformed("zip entry \(name.prefix(200)) is there twice")
            }
            offset = next
        }
        let ordered = entries.filter { !$0.value.isEmpty }.sorted { $0.value.lowerBound < $1.value.lowerBound }
        for (first, second) in zip(ordered, ordered.dropFirst()) where first.value.upperBound > second.value.lowerBound {
            throw file.malformed("zip entries \(first.key.prefix(200)) and \(second.key.prefix(200)) share bytes")
        }
        self.entries = entries
    }

    private static func directory(of file: FileBytes) throws -> (bytes: Range<Int>, count: Int) {
        let endRecord = 22
        var position = file.count - endRecord
        let lowest = max(position - 65_535, 0)
        while position >= lowest {
            if try file.integer(UInt32.self, at: position, "the end of the zip directory") == 0x0605_4B50 { break }
            position -= 1
        }
        guard position >= lowest, position >= 0 else { throw file.malformed("there is no zip directory; the file may be cut short") }
        var count = Int(try file.integer(UInt16.self, at: position + 10, "the zip directory"))
        var size = Int(try file.integer(UInt32.self, at: position + 12, "the zip directory"))
        var start = Int(try file.integer(UInt32.self, at: position + 16, "the zip directory"))
        let locator = position - 20
        if locator >= 0, try file.integer(UInt32.self, at: locator, "the zip64 locator") == 0x0706_4B50 {
            let record = try file.size(at: locator + 8, "the zip64 record")
            guard try file.integer(UInt32.self, at: record, "the zip64 record") == 0x0606_4B50 else {
                throw file.malformed("the zip64 record is not where the file says")
            }
            let offset = try file.range(record, 56, "the zip64 record").lowerBound
            count = try file.size(at: offset + 32, "the number of zip entries")
            size = try file.size(at: offset + 40, "the size of the zip directory")
            start = try file.size(at: offset + 48, "the offset of the zip directory")
        }
        let bytes = try file.range(start, size, "the zip directory")
        guard count <= size / 46 else { throw file.malformed("the zip directory claims \(count) entries and has no room for them") }
        return (bytes, count)
    }

    private static func entry(at offset: Int, in file: FileBytes) throws -> (name: String, data: Range<Int>, next: Int) {
        guard try file.integer(UInt32.self, at: offset, "the zip directory") == 0x0201_4B50 else {
            throw file.malformed("the zip directory is damaged")
        }
        let header = try file.range(offset, 46, "the zip directory").lowerBound
        func short(_ at: Int) throws -> Int { Int(try file.integer(UInt16.self, at: header + at, "the zip directory")) }
        func word(_ at: Int) throws -> Int { Int(try file.integer(UInt32.self, at: header + at, "the zip directory")) }
        let nameBytes = try file.range(header + 46, try short(28), "the name of a zip entry")
        let name = try file.text(nameBytes, "the name of a zip entry")
        let extra = try file.range(nameBytes.upperBound, try short(30), "the zip directory")
        let next = try file.range(extra.upperBound, try short(32), "the zip directory").upperBound
        guard try short(10) == 0, try short(8) & 1 == 0 else {
            throw Failure(
                .unsupportedCheckpoint, "\(file.name): zip entry \(name.prefix(200)) is compressed or encrypted",
                remedy: "save the checkpoint with torch.save, which stores entries as they are")
        }
        var compressed = try word(20)
        var size = try word(24)
        var local = try word(42)
        var field = extra.lowerBound
        while field + 4 <= extra.upperBound {
            let kind = try file.integer(UInt16.self, at: field, "a zip field")
            let length = Int(try file.integer(UInt16.self, at: field + 2, "a zip field"))
            if kind == 1 {
                var position = field + 4
                func wide(_ value: inout Int) throws {
                    guard value == 0xFFFF_FFFF else { return }
                    value = try file.size(at: position, "the size of zip entry \(name.prefix(200))")
                    position += 8
                }
                try wide(&size)
                try wide(&compressed)
                try wide(&local)
            }
            field += 4 + length
        }
        guard compressed == size else { throw file.malformed("zip entry \(name.prefix(200)) has two different sizes") }
        guard try file.integer(UInt32.self, at: local, "zip entry \(name.prefix(200))") == 0x0403_4B50 else {
            throw file.malformed("zip entry \(name.prefix(200)) is not where the directory says")
        }
        let localName = Int(try file.integer(UInt16.self, at: local + 26, "zip entry \(name.prefix(200))"))
        let localExtra = Int(try file.integer(UInt16.self, at: local + 28, "zip entry \(name.prefix(200))"))
        let start = try file.range(local, 30 + localName + localExtra, "zip entry \(name.prefix(200))").upperBound
        return (name, try file.range(start, size, "zip entry \(name.prefix(200))"), next)
    }
}
