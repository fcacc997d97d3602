import FoundationEssentials

/// The checksum of zip entries (ISO 3309, reflected polynomial 0xEDB88320), eight bytes per step.
enum CRC32 {
    /// `tables[k][b]` is the checksum of byte `b` followed by `k` zero bytes, all 8 x 256 in a row.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 {
                value = value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320
            }
            tables[byte] = value
        }
        for index in 256..<8 * 256 {
            let previous = tables[index - 256]
            tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
        }
        return tables
    }()

    /// The checksum of `data`'s bytes in `range`, which must lie inside.
    static func checksum(_ data: Data, _ range: Range<Int>) -> UInt32 {
        data.withUnsafeBytes { file in
            let bytes = UnsafeRawBufferPointer(rebasing: file[range])
            let tables = CRC32.tables
            var state: UInt32 = 0xFFFF_FFFF
            var position = 0
            while bytes.count - position >= 8 {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)) ^ UInt64(state)
                state = 0
                for lane in 0..<8 {
                    state ^= tables[(7 - lane) * 256 + Int(truncatingIfNeeded: word >> UInt64(8 * lane) & 0xFF)]
                }
                position += 8
            }
            while position < bytes.count {
                state = state >> 8 ^ tables[Int(truncatingIfNeeded: (state ^ UInt32(bytes[position])) & 0xFF)]
                position += 1
            }
            return ~state
        }
    }
}
