import Diagnostics

/// Reads little-endian values one after the other; every read is checked against the end.
struct ByteReader {
    let bytes: [UInt8]
    /// Thrown by every read beyond the end.
    let truncated: Failure
    private(set) var position = 0

    init(_ bytes: [UInt8], truncated: Failure) {
        self.bytes = bytes
        self.truncated = truncated
    }

    var remaining: Int { bytes.count - position }

    mutating func byte() throws(Failure) -> UInt8 {
        guard position < bytes.count else { throw truncated }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func integer<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(Failure) -> T {
        let width = T.bitWidth / 8
        guard remaining >= width else { throw truncated }
        var value: T = 0
        for offset in 0..<width {
            value |= T(truncatingIfNeeded: bytes[position + offset]) << T(truncatingIfNeeded: 8 * offset)
        }
        position += width
        return value
    }

    /// A length field: an unsigned integer that cannot exceed what remains.
    mutating func length<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type) throws(Failure) -> Int {
        guard let length = Int(exactly: try integer(type)), length <= remaining else { throw truncated }
        return length
    }

    mutating func take(_ count: Int) throws(Failure) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else { throw truncated }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func skip(_ count: Int) throws(Failure) {
        _ = try take(count)
    }

    /// The bytes up to the next line feed, which is read and left out.
    mutating func line() throws(Failure) -> ArraySlice<UInt8> {
        guard let end = bytes[position...].firstIndex(of: 0x0A) else { throw truncated }
        defer { position = end + 1 }
        return bytes[position..<end]
    }
}
