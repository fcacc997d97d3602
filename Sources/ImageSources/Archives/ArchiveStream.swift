internal import Diagnostics

/// An archive's bytes in order, taken piece by piece from something that reads ahead.
struct ArchiveStream {
    /// What failures call the archive.
    let title: String
    let byteCount: Int
    private let nextChunk: () throws -> [UInt8]?
    private var chunk: ArraySlice<UInt8> = []
    /// Bytes taken so far.
    private(set) var position = 0

    /// - Parameter nextChunk: gives the next bytes, `byteCount` in all; nil behind the last.
    init(title: String, byteCount: Int, nextChunk: @escaping () throws -> [UInt8]?) {
        self.title = title
        self.byteCount = byteCount
        self.nextChunk = nextChunk
    }

    /// Bytes that are left.
    var remaining: Int { byteCount - position }

    /// Takes `count` bytes, giving them to `body` in pieces.
    /// - Throws: `archive.truncated` where there are not so many.
    mutating func take(_ count: Int, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        guard count <= remaining else { throw Failure.truncated(self, "it lacks at least \(count - remaining) bytes") }
        var left = count
        while left > 0 {
            if chunk.isEmpty {
                guard let next = try nextChunk(), !next.isEmpty else { throw Failure.truncated(self, "it became shorter meanwhile") }
                chunk = next[...]
            }
            let piece = chunk.prefix(left)
            chunk = chunk.dropFirst(piece.count)
            position += piece.count
            left -= piece.count
            try body(piece)
        }
    }

    /// Takes `count` bytes, which are few.
    mutating func take(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(count, remaining))
        try take(count) { bytes += $0 }
        return bytes
    }

    mutating func skip(_ count: Int) throws {
        try take(count) { _ in }
    }
}

extension Failure {
    static func truncated(_ stream: ArchiveStream, _ how: String) -> Failure {
        Failure(
            .archiveTruncated, "\(stream.title) is a truncated archive: it ends at byte \(stream.byteCount), and \(how)",
            remedy: "copy or download it again, and compare its length and checksum with the original's")
    }

    static func damaged(_ stream: ArchiveStream, _ how: String) -> Failure {
        Failure(
            .archiveDamaged, "\(stream.title) is a damaged archive: \(how)",
            remedy: "copy or download it again; `tar --list --file` shows how far it can be read")
    }
}
