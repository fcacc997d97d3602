import Crypto

/// What a data set is made of, down to the bytes of each file.
package struct ImageManifest: Hashable, Sendable {
    /// One image.
    package struct Entry: Hashable, Sendable {
        /// Its place in the manifest, from 0.
        package var ordinal: Int
        /// Path below the data set's root, with `/` between folders. For an image in an archive: its path in there, behind the archive's own where
        /// the data set has several.
        package var path: String
        /// Where in an archive the image is; nil for a file of its own.
        package var place: ArchivePlace?
        /// Index of its class.
        package var label: Int
        /// Length of the file.
        package var byteCount: Int
        /// SHA-256 of the file.
        package var hash: ContentHash

        package init(ordinal: Int, path: String, place: ArchivePlace? = nil, label: Int, byteCount: Int, hash: ContentHash) {
            self.ordinal = ordinal
            self.path = path
            self.place = place
            self.label = label
            self.byteCount = byteCount
            self.hash = hash
        }
    }

    /// The bytes of an archive that are an image's.
    package struct ArchivePlace: Hashable, Sendable {
        /// The archive's path below the data set's root; empty where the root is the archive itself.
        package var container: String
        /// Of the image's first byte, from the archive's.
        package var offset: Int

        package init(container: String, offset: Int) {
            self.container = container
            self.offset = offset
        }
    }

    package let entries: [Entry]
    /// Classes in the order of their indices.
    package let classes: [ImageClass]
    /// Names the data set: equal for the same files under the same paths, in the same places of archives, with the same labels and class names,
    /// wherever the root is.
    package let digest: ContentHash

    package init(entries: [Entry], classes: [ImageClass]) {
        self.entries = entries
        self.classes = classes
        self.digest = Self.digest(entries: entries, classes: classes)
    }

    /// The SHA-256 of this text, in UTF-8, each line ended by a line feed:
    ///
    ///     image manifest 1
    ///     classes <count>
    ///     <length of name in bytes> <name>                                      one line a class, by index
    ///     images <count>
    ///     <label> <bytes> <sha256> <length of path in bytes> <path>             one line an image, by ordinal
    ///
    /// An image in an archive has ` <offset> <length of container in bytes> <container>` at the end of its line.
    /// The lengths keep names with line feeds apart from lines.
    private static func digest(entries: [Entry], classes: [ImageClass]) -> ContentHash {
        var hasher = SHA256()
        func add(_ line: String) { hasher.update(data: Array(line.utf8)) }
        add("image manifest 1\nclasses \(classes.count)\n")
        for aClass in classes { add("\(aClass.name.utf8.count) \(aClass.name)\n") }
        add("images \(entries.count)\n")
        for entry in entries {
            let place = entry.place.map { " \($0.offset) \($0.container.utf8.count) \($0.container)" } ?? ""
            add("\(entry.label) \(entry.byteCount) \(entry.hash) \(entry.path.utf8.count) \(entry.path)\(place)\n")
        }
        return ContentHash(finishing: hasher)
    }
}
