extension String {
    /// Whether this string's UTF-8 bytes sort before another's: the order of Python's `sorted`, by code points.
    ///
    /// Swift's own order and equality treat canonically equivalent spellings as one, which two files on disk are not.
    package func precedesBytewise(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }

    /// A dictionary key that keeps apart what differs in a single byte.
    package var bytewiseKey: [UInt8] { Array(utf8) }

    /// The part before the last dot of the last path component; all of it where there is none.
    package var withoutExtension: String {
        guard let dot = utf8.lastIndex(of: UInt8(ascii: ".")), dot > startIndex, !self[dot...].utf8.contains(UInt8(ascii: "/")) else {
            return self
        }
        return String(self[..<dot])
    }

    /// The part behind the last dot of the last path component, in lower case; empty where there is none.
    package var lowercasedExtension: String {
        let stem = withoutExtension
        return stem.utf8.count == utf8.count ? "" : String(decoding: utf8.dropFirst(stem.utf8.count + 1), as: UTF8.self).lowercased()
    }
}
