internal import Crypto
internal import Diagnostics
internal import ImageInput

/// What is in one archive, from one reading of it: its images with their hashes, and the labels beside them.
struct ArchiveIndex: Sendable {
    /// An image's bytes.
    struct Image: Sendable {
        var path: String
        var offset: Int
        var byteCount: Int
        var hash: ContentHash
        /// Its first bytes, which tell the format.
        var start: [UInt8]
    }

    /// A part that tells the label of the sample with this key.
    struct Label: Sendable {
        var key: String
        /// Nil where the part cannot be understood.
        var index: Int?
        var isClass: Bool
    }

    /// In the archive's order; of several with one path only the last, as tar itself restores them.
    private(set) var images: [Image] = []
    private(set) var labels: [Label] = []
    /// What is no image here, and why.
    private(set) var leftOut = ProblemList()

    /// - Parameter progress: called with bytes that were passed since the last call.
    /// - Throws: `archive.*`, and what reading throws.
    init(_ stream: ArchiveStream, progress: (Int) -> Void = { _ in }) throws {
        var scanner = TarScanner(stream)
        var places: [[UInt8]: Int] = [:]
        var reported = 0
        while let member = try scanner.next() {
            if case .other("folders") = member.kind { continue }
            guard let path = Self.path(member.name) else {
                leftOut.add("files whose names are not UTF-8 or leave the archive", Self.shown(member.name))
                continue
            }
            switch member.kind {
            case .other(let what):
                leftOut.add(what, path)
            case .hardLink:
                guard let target = Self.path(member.link)?.bytewiseKey, let place = places[target] else {
                    leftOut.add("links to what is no image before them", path)
                    continue
                }
                var image = images[place]
                image.path = path
                keep(image, &places)
            case .file:
                try read(member, path, &scanner, &places)
            }
            if scanner.position - reported >= 16 << 20 {
                progress(scanner.position - reported)
                reported = scanner.position
            }
        }
        progress(stream.byteCount - reported)
    }

    private mutating func read(_ member: TarMember, _ path: String, _ scanner: inout TarScanner, _ places: inout [[UInt8]: Int]) throws {
        if ToolFiles.contains(path: path) {
            leftOut.add(ToolFiles.kind, path)
        } else if FolderListing.imageExtensions.contains(path.lowercasedExtension) {
            guard member.byteCount <= ImageLoader.defaultFileSizeLimit else {
                leftOut.add("images of more than \(ImageLoader.defaultFileSizeLimit >> 20) MiB", path)
                return
            }
            var hasher = SHA256()
            var start: [UInt8] = []
            try scanner.contents { piece in
                if start.count < 16 { start += piece.prefix(16 - start.count) }
                hasher.update(data: piece)
            }
            keep(
                Image(
                    path: path, offset: member.offset, byteCount: member.byteCount, hash: ContentHash(finishing: hasher), start: start),
                &places)
        } else if let part = SamplePart(path), part.isLabel, member.byteCount <= SampleLabel.byteLimit {
            var bytes: [UInt8] = []
            try scanner.contents { bytes += $0 }
            let isClass = part.suffix == "cls"
            labels.append(Label(key: part.key, index: isClass ? SampleLabel.ofClass(bytes) : SampleLabel.ofJSON(bytes), isClass: isClass))
        } else {
            leftOut.add("files that are no images by their names", path)
        }
    }

    private mutating func keep(_ image: Image, _ places: inout [[UInt8]: Int]) {
        let key = image.path.bytewiseKey
        if let earlier = places[key] {
            leftOut.add("images that a later one of the same name replaces", image.path)
            images[earlier] = image
        } else {
            places[key] = images.count
            images.append(image)
        }
    }

    /// A member's name as a path below the archive; nil where it is none.
    private static func path(_ name: [UInt8]) -> String? {
        var bytes = name[...]
        while bytes.starts(with: [0x2E, 0x2F]) { bytes = bytes.dropFirst(2) }
        guard let text = String(validating: bytes, as: UTF8.self), ImageReference.staysBelow(text) else { return nil }
        return text
    }

    private static func shown(_ name: [UInt8]) -> String { String(decoding: name.prefix(200), as: UTF8.self) }
}
