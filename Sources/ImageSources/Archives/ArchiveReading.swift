internal import Crypto
internal import ImageInput

/// Takes an archive's members one after another, and gathers what an index has.
struct ArchiveReading {
    /// An image that was passed.
    private struct Found {
        var path: String
        var range: Range<Int>
        var start: [UInt8]
        /// Of its hash among all.
        var hashPlace: Int
    }

    private(set) var labels: [ArchiveIndex.Label] = []
    private(set) var leftOut = ProblemList()
    private var scanner: TarScanner
    private var hashes: ImageHashes
    private var found: [Found] = []
    /// Of the images in `found`, by their paths.
    private var places: [[UInt8]: Int] = [:]

    init(_ stream: ArchiveStream, hashing: HashingThreads) {
        scanner = TarScanner(stream)
        hashes = ImageHashes(hashing)
    }

    /// Bytes of the archive that were passed.
    var position: Int { scanner.position }

    /// The images that were passed; waits for their hashes.
    mutating func images() -> [ArchiveIndex.Image] {
        let all = hashes.all()
        return found.map {
            ArchiveIndex.Image(
                path: $0.path, offset: $0.range.lowerBound, byteCount: $0.range.count, hash: all[$0.hashPlace], start: $0.start)
        }
    }

    /// Takes the next member.
    /// - Returns: false at the archive's end.
    mutating func readMember() throws -> Bool {
        guard let member = try scanner.next() else { return false }
        if case .other("folder") = member.kind { return true }
        guard let path = Self.path(member.name) else {
            leftOut.add("file", "with a name that is not UTF-8 or leaves the archive", Self.shown(member.name))
            return true
        }
        switch member.kind {
        case .other(let what):
            leftOut.add(what, "in the archive", path)
        case .hardLink:
            if let target = Self.path(member.link)?.bytewiseKey, let place = places[target] {
                var image = found[place]
                image.path = path
                keep(image)
            } else {
                leftOut.add("link", "to what is no image before it", path)
            }
        case .file:
            try readFile(member, path)
        }
        return true
    }

    private mutating func readFile(_ member: TarMember, _ path: String) throws {
        if ToolFiles.contains(path: path) {
            leftOut.add(ToolFiles.noun, ToolFiles.rest, path)
        } else if FolderListing.imageExtensions.contains(path.lowercasedExtension) {
            guard member.byteCount <= ImageLoader.defaultFileSizeLimit else {
                leftOut.add("image", "of more than \(ImageLoader.defaultFileSizeLimit >> 20) MiB", path)
                return
            }
            try readImage(member, path)
        } else if let part = SamplePart(path), part.isLabel, member.byteCount <= SampleLabel.byteLimit {
            var bytes: [UInt8] = []
            try scanner.contents { bytes += $0 }
            let isClass = part.suffix == "cls"
            labels.append(
                .init(key: part.key, index: isClass ? SampleLabel.ofClass(bytes) : SampleLabel.ofJSON(bytes), isClass: isClass))
        } else {
            leftOut.add("file", "not named as an image", path)
        }
    }

    private mutating func readImage(_ member: TarMember, _ path: String) throws {
        let range = member.offset..<member.offset + member.byteCount
        var start: [UInt8] = []
        var pieces: [ArraySlice<UInt8>] = []
        var hasher: SHA256? = range.count > ImageHashes.wholeLimit ? SHA256() : nil
        try scanner.contents { piece in
            if start.count < 16 { start += piece.prefix(16 - start.count) }
            if hasher == nil { pieces.append(piece) } else { hasher?.update(data: piece) }
        }
        let place = hasher.map { hashes.add(ContentHash(finishing: $0)) } ?? hashes.add(pieces, range: range)
        keep(Found(path: path, range: range, start: start, hashPlace: place))
    }

    private mutating func keep(_ image: Found) {
        let key = image.path.bytewiseKey
        if let earlier = places[key] {
            leftOut.add("image", "that a later one of the same name replaces", image.path)
            found[earlier] = image
        } else {
            places[key] = found.count
            found.append(image)
        }
    }

    /// A member's name as a path below the archive, as tar restores it: without slashes at its start, doubled ones and `.`. Nil where it is none.
    private static func path(_ name: [UInt8]) -> String? {
        let (slash, dot) = (UInt8(ascii: "/"), UInt8(ascii: "."))
        let parts = name.split(separator: slash).filter { !$0.elementsEqual([dot]) }
        guard let text = String(validating: parts.joined(separator: [slash]), as: UTF8.self), ImageReference.staysBelow(text) else {
            return nil
        }
        return text
    }

    private static func shown(_ name: [UInt8]) -> String { String(decoding: name.prefix(200), as: UTF8.self) }
}
