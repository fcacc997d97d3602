/// Writes zip archives for tests, honest ones and others.
struct ZipWriter {
    struct Entry {
        var name: String
        var bytes: [UInt8]
        var method: UInt16 = 0
        var flags: UInt16 = 0
        /// Bytes unpacked, all zeros, where they are compressed.
        var size: Int?
        /// What the directory claims, where it is not the truth.
        var claimedSize: UInt32?
        var claimedOffset: UInt32?
        var claimedChecksum: UInt32?
    }

    var entries: [Entry] = []
    /// What the end record claims of the number of entries, where it is not the truth.
    var claimedCount: UInt16?

    mutating func add(_ name: String, _ bytes: [UInt8]) {
        entries.append(Entry(name: name, bytes: bytes))
    }

    func write() -> [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let offset = entry.claimedOffset ?? UInt32(file.count)
            let size = entry.claimedSize ?? UInt32(entry.bytes.count)
            let unpacked = entry.size.map(UInt32.init) ?? size
            let contents = entry.size.map { [UInt8](repeating: 0, count: $0) } ?? entry.bytes
            let checksum = entry.claimedChecksum ?? ZipWriter.checksum(contents)
            let name = Array(entry.name.utf8)
            let common =
                little(UInt16(20)) + little(entry.flags) + little(entry.method) + little(UInt32(0)) + little(checksum)
                + little(size) + little(unpacked) + little(UInt16(name.count)) + little(UInt16(0))
            file += little(UInt32(0x0403_4B50)) + common + name + entry.bytes
            directory +=
                little(UInt32(0x0201_4B50)) + little(UInt16(20)) + common + little(UInt16(0)) + little(UInt16(0)) + little(UInt16(0))
                + little(UInt32(0)) + little(offset) + name
        }
        let count = claimedCount ?? UInt16(entries.count)
        let start = UInt32(file.count)
        return file + directory + little(UInt32(0x0605_4B50)) + little(UInt32(0)) + little(count) + little(count)
            + little(UInt32(directory.count)) + little(start) + little(UInt16(0))
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var state: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            state ^= UInt32(byte)
            for _ in 0..<8 {
                state = state & 1 == 0 ? state >> 1 : state >> 1 ^ 0xEDB8_8320
            }
        }
        return ~state
    }
}

func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> T(8 * $0)) }
}
