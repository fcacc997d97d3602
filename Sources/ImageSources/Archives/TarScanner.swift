internal import Diagnostics

/// One file of a tar archive.
struct TarMember {
    enum Kind {
        case file
        /// Another name of the file called `link`.
        case hardLink
        /// Something without bytes, or that is no file, by what people call it.
        case other(String)
    }

    var kind: Kind
    /// As it is written in the archive, as bytes.
    var name: [UInt8]
    var link: [UInt8]
    /// Of its first byte, from the archive's.
    var offset: Int
    var byteCount: Int
}

/// Reads a tar archive from its beginning to its end, member after member. Understands ustar, GNU and pax names and lengths.
///
/// Memory does not grow with the archive, whatever it says of itself.
struct TarScanner {
    private var stream: ArchiveStream
    private var global = PaxRecords()
    /// Bytes up to the next header that were not taken yet.
    private var unread = 0
    private var padding = 0
    private var isFirst = true

    /// The most bytes of names and records before a member.
    private static let nameLimit = 1 << 20

    init(_ stream: ArchiveStream) {
        self.stream = stream
    }

    /// Bytes of the archive that were passed.
    var position: Int { stream.position }

    /// The next member, nil at the archive's end.
    /// - Throws: `archive.format`, `archive.truncated`, `archive.damaged`, `archive.sparse`.
    mutating func next() throws -> TarMember? {
        try finishMember()
        var records = PaxRecords()
        var longName: [UInt8]?
        var longLink: [UInt8]?
        while true {
            let start = stream.position
            guard let header = try nextHeader() else {
                guard longName == nil, longLink == nil, records.values.isEmpty else {
                    throw Failure.damaged(stream, "a member's name stands at byte \(start), and no member follows")
                }
                try checkEnd()
                return nil
            }
            switch header.kind {
            case .longName: longName = TarHeader.text(try extra(header, at: start)[...])
            case .longLink: longLink = TarHeader.text(try extra(header, at: start)[...])
            case .records: records = records.overlaid(try self.records(header, at: start))
            case .globalRecords: global = global.overlaid(try self.records(header, at: start))
            case .sparse: throw sparse(header.name)
            case .continuation:
                throw Failure.damaged(stream, "it is one volume of several, of which each has a part of a file")
            case .file, .hardLink, .other:
                return try member(header, global.overlaid(records), longName, longLink, at: start)
            }
        }
    }

    /// Gives the bytes of the member that came last to `body`, in pieces.
    mutating func contents(_ body: (ArraySlice<UInt8>) throws -> Void) throws {
        let count = unread
        unread = 0
        try stream.take(count, body)
    }

    private mutating func finishMember() throws {
        try stream.skip(unread + padding)
        unread = 0
        padding = 0
    }

    private mutating func member(
        _ header: TarHeader, _ records: PaxRecords, _ longName: [UInt8]?, _ longLink: [UInt8]?, at start: Int
    ) throws -> TarMember {
        let name = records.path ?? longName ?? header.name
        guard !records.isSparse else { throw sparse(name) }
        let size: Int?
        do { size = try records.size() } catch { throw Failure.damaged(stream, "a length before byte \(start) is no number") }
        let (kind, byteCount): (TarMember.Kind, Int) =
            switch header.kind {
            case .hardLink: (.hardLink, 0)
            case .other(let what): (.other(what), header.byteCount)
            default: (.file, size ?? header.byteCount)
            }
        try begin(byteCount, of: String(decoding: name, as: UTF8.self))
        return TarMember(
            kind: kind, name: name, link: records.link ?? longLink ?? header.link, offset: stream.position, byteCount: byteCount)
    }

    /// Notes that `count` bytes follow, which are filled up to a whole number of blocks.
    private mutating func begin(_ count: Int, of name: String) throws {
        guard count <= stream.remaining else {
            throw Failure.truncated(stream, "\(name.prefix(200)) reaches \(count - stream.remaining) bytes further")
        }
        unread = count
        padding = min((TarHeader.byteCount - count % TarHeader.byteCount) % TarHeader.byteCount, stream.remaining - count)
    }

    private mutating func nextHeader() throws -> TarHeader? {
        guard stream.remaining >= TarHeader.byteCount else {
            if isFirst { throw noArchive(stream.remaining == 0 ? "it is empty" : "it is shorter than a single header") }
            throw Failure.truncated(stream, "its end mark, two blocks of zeros, is missing")
        }
        let start = stream.position
        let block = try stream.take(TarHeader.byteCount)
        defer { isFirst = false }
        if isFirst, let compression = Self.compression(block) {
            throw Failure(
                .archiveFormat, "\(stream.title) is compressed (\(compression.name)), and images in it cannot be read in place",
                remedy: "decompress it with \(compression.program) and name the .tar; JPEGs hardly become larger by that")
        }
        do {
            return try TarHeader(block)
        } catch {
            if isFirst { throw noArchive("its first block is no tar header") }
            throw Failure.damaged(
                stream,
                error == .checksum ? "the header at byte \(start) has a wrong checksum" : "the header at byte \(start) has no length")
        }
    }

    /// The bytes of a header that says something of the next one.
    private mutating func extra(_ header: TarHeader, at start: Int) throws -> [UInt8] {
        guard header.byteCount <= Self.nameLimit else {
            throw Failure.damaged(stream, "the header at byte \(start) announces a name of \(header.byteCount) bytes")
        }
        try begin(header.byteCount, of: "a name")
        var bytes: [UInt8] = []
        try contents { bytes += $0 }
        try finishMember()
        return bytes
    }

    private mutating func records(_ header: TarHeader, at start: Int) throws -> PaxRecords {
        let bytes = try extra(header, at: start)
        do { return try PaxRecords(bytes) } catch {
            throw Failure.damaged(stream, "the records at byte \(start) are not in pax form")
        }
    }

    /// Behind the end mark there may be zeros, and nothing else: what was put there by `cat` would be left out without a word.
    private mutating func checkEnd() throws {
        var isZero = true
        try stream.take(stream.remaining) { piece in if isZero, piece.contains(where: { $0 != 0 }) { isZero = false } }
        guard isZero else {
            throw Failure(
                .archiveDamaged, "\(stream.title) goes on behind its end mark, as archives do that were put together with cat",
                remedy: "put them together with `tar --concatenate`, or name each archive by itself")
        }
    }

    private func sparse(_ name: [UInt8]) -> Failure {
        Failure(
            .archiveSparse,
            "\(stream.title) has a sparse file, whose bytes are not all there: \(String(decoding: name, as: UTF8.self).prefix(200))",
            remedy: "make the archive again with tar, without --sparse")
    }

    private func noArchive(_ why: String) -> Failure {
        Failure(
            .archiveFormat, "\(stream.title) is no tar archive: \(why)", remedy: "name a .tar file, as `tar --create` writes it")
    }

    /// By the first bytes of well-known formats.
    private static func compression(_ block: [UInt8]) -> (name: String, program: String)? {
        let known: [(start: [UInt8], name: String, program: String)] = [
            ([0x1F, 0x8B], "gzip", "gunzip"), ([0x42, 0x5A, 0x68], "bzip2", "bunzip2"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz", "unxz"),
            ([0x28, 0xB5, 0x2F, 0xFD], "zstd", "unzstd"), ([0x04, 0x22, 0x4D, 0x18], "lz4", "unlz4"),
            ([0x50, 0x4B, 0x03, 0x04], "ZIP", "unzip"),
            ([0x37, 0x7A, 0xBC, 0xAF], "7-Zip", "7z x"),
        ]
        return known.first { block.starts(with: $0.start) }.map { ($0.name, $0.program) }
    }
}
