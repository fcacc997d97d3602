import Glibc

/// The little of a JPEG's structure that libjpeg does not tell.
enum JPEGStructure {
    /// Whether an end-of-image marker closes the first image in `bytes`.
    ///
    /// libjpeg invents a missing one, and fills what was not there with gray; its warning is lost when another came before it. So a file is
    /// whole only if walking its segments and entropy-coded data reaches the marker. (ITU T.81, annex B.)
    static func isClosed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        forEachSegment(of: bytes) { _, _ in }
    }

    /// Gives each segment of the first image, its marker and what stands behind the length, to `body`; returns whether an end-of-image marker
    /// follows them.
    @discardableResult
    static func forEachSegment(of bytes: UnsafeRawBufferPointer, _ body: (UInt8, [UInt8]) -> Void) -> Bool {
        var position = 2
        while let marker = nextMarker(in: bytes, from: &position) {
            switch marker {
            case 0xD9:
                return true
            case 0x01, 0xD0...0xD8:
                continue
            default:
                guard position + 2 <= bytes.count else { return false }
                let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
                // What frames and scans say stands in the first bytes.
                body(marker, Array(bytes[min(position + 2, bytes.count)..<min(position + max(2, min(length, 1024)), bytes.count)]))
                position += length
            }
        }
        return false
    }

    /// Skips to the next marker, over entropy-coded data with its stuffed zeros and over stray bytes, and leaves `position` behind it.
    private static func nextMarker(in bytes: UnsafeRawBufferPointer, from position: inout Int) -> UInt8? {
        while position < bytes.count, let base = bytes.baseAddress {
            guard let found = memchr(base + position, 0xFF, bytes.count - position) else { return nil }
            position = UnsafeRawPointer(found) - base + 1
            while position < bytes.count, bytes[position] == 0xFF { position += 1 }
            guard position < bytes.count else { return nil }
            let marker = bytes[position]
            position += 1
            if marker != 0 { return marker }
        }
        return nil
    }
}
