import Crypto

/// What a data set is made of, down to the bytes of each file.
package struct ImageManifest: Hashable, Sendable {
    /// One image.
    package struct Entry: Hashable, Sendable {
        /// Its place in the manifest, from 0.
        package var ordinal: Int
        /// Path below the data set's root, with `/` between folders.
        package var path: String
        /// Index of its class.
        package var label: Int
        /// Length of the file.
        package var byteCount: Int
        /// SHA-256 of the file.
        package var hash: ContentHash

        package init(ordinal: Int, path: String, label: Int, byteCount: Int, hash: ContentHash) {
            self.ordinal = ordinal
            self.path = path
            self.label = label
            self.byteCount = byteCount
            self.hash = hash
        }

        /// What ``ImageLoader`` should find.
        package var expectedContents: ExpectedContents { ExpectedContents(byteCount: byteCount, hash: hash) }
    }

    package let entries: [Entry]
    /// Classes in the order of their indices.
    package let classes: [ImageClass]
    /// Names the data set: equal for the same files under the same paths with the same labels and class names, wherever the root is.
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
    /// The lengths keep names with line feeds apart from lines.
    private static func digest(entries: [Entry], classes: [ImageClass]) -> ContentHash {
        var hasher = SHA256()
        func add(_ line: String) { hasher.update(data: Array(line.utf8)) }
        add("image manifest 1\nclasses \(classes.count)\n")
        for aClass in classes { add("\(aClass.name.utf8.count) \(aClass.name)\n") }
        add("images \(entries.count)\n")
        for entry in entries { add("\(entry.label) \(entry.byteCount) \(entry.hash) \(entry.path.utf8.count) \(entry.path)\n") }
        return ContentHash(finishing: hasher)
    }
}
