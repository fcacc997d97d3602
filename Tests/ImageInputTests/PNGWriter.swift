/// Writes PNG files that image programs would not: any depth, colour type and chunk. Pixel data is stored, not compressed.
struct PNGWriter {
    var width: Int
    var height: Int
    var depth: Int
    var colorType: Int
    /// Chunks between header and data, each a name and its content.
    var chunks: [(name: String, content: [UInt8])] = []
    var breaksDataChecksum = false

    /// The file. `rows` holds the packed samples of each row.
    func file(rows: [[UInt8]]) -> [UInt8] {
        let raw = rows.flatMap { [0 as UInt8] + $0 }
        var data: [UInt8] = [0x78, 0x01]
        var rest = raw[...]
        repeat {
            let block = rest.prefix(65535)
            rest = rest.dropFirst(block.count)
            let count = UInt16(block.count)
            data += [rest.isEmpty ? 1 : 0] + littleEndian(count) + littleEndian(~count) + block
        } while !rest.isEmpty
        data += bigEndian(adler32(raw))
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        file += chunk("IHDR", bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [UInt8(depth), UInt8(colorType), 0, 0, 0])
        for extra in chunks { file += chunk(extra.name, extra.content) }
        var dataChunk = chunk("IDAT", data)
        if breaksDataChecksum { dataChunk[dataChunk.count - 1] ^= 1 }
        return file + dataChunk + chunk("IEND", [])
    }

    /// An 8-bit RGB file whose pixels `value` gives.
    static func rgb(width: Int, height: Int, value: (_ x: Int, _ y: Int, _ channel: Int) -> Int) -> [UInt8] {
        let rows = (0..<height).map { y in (0..<width).flatMap { x in (0..<3).map { UInt8(truncatingIfNeeded: value(x, y, $0)) } } }
        return PNGWriter(width: width, height: height, depth: 8, colorType: 2).file(rows: rows)
    }

    private func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + content
        return bigEndian(UInt32(content.count)) + body + bigEndian(crc32(body))
    }

    private func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0 as UInt32) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
    }

    private func adler32(_ bytes: [UInt8]) -> UInt32 {
        var low: UInt32 = 1
        var high: UInt32 = 0
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        return high << 16 | low
    }

    private func bigEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
    private func littleEndian(_ value: UInt16) -> [UInt8] { [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)] }
}
