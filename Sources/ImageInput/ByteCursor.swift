import Diagnostics

/// Reads from an image file's bytes; every read is checked against the end.
struct ByteCursor {
    let bytes: UnsafeRawBufferPointer
    /// Thrown by every read beyond the end.
    let truncated: Failure
    var position = 0

    init(_ bytes: UnsafeRawBufferPointer, truncated: Failure) {
        self.bytes = bytes
        self.truncated = truncated
    }

    mutating func byte() throws -> UInt8 {
        guard position >= 0, position < bytes.count else { throw truncated }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func little16() throws -> Int {
        let low = Int(try byte())
        return Int(try byte()) << 8 | low
    }

    mutating func little32() throws -> Int {
        let low = try little16()
        return try little16() << 16 | low
    }

    /// The bytes of `range`.
    func slice(_ start: Int, count: Int) throws -> UnsafeRawBufferPointer {
        guard start >= 0, count >= 0, start <= bytes.count, count <= bytes.count - start else { throw truncated }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<start + count])
    }
}
