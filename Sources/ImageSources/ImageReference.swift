internal import Diagnostics
package import ImageInput

/// Where a manifest says an image is: a file of its own, or so many bytes of an archive.
package struct ImageReference: Hashable, Sendable {
    /// What people call the image; where it has a file of its own, its path below the root.
    package var path: String
    package var place: ImageManifest.ArchivePlace?
    /// Length in bytes.
    package var byteCount: Int

    package init(path: String, place: ImageManifest.ArchivePlace? = nil, byteCount: Int) {
        self.path = path
        self.place = place
        self.byteCount = byteCount
    }

    /// The bytes of the archive.
    var range: Range<Int>? {
        guard let place else { return nil }
        return place.offset..<place.offset + byteCount
    }

    /// Manifests come from a database that others write to, so nothing but what is below the root is asked for. The failure says nothing of what
    /// is there.
    /// - Throws: `image.reference`.
    func check() throws {
        let name = place?.container ?? path
        let isSane = byteCount >= 0 && (place.map { $0.offset >= 0 && !$0.offset.addingReportingOverflow(byteCount).overflow } ?? true)
        guard isSane, place?.container == "" || Self.staysBelow(name) else {
            throw Failure(
                .imageReference, "the manifest names something that is not below the data set's root: \(name)",
                remedy: "describe the data set anew with `evalctl dataset add`")
        }
    }

    /// Whether a path with `/` between its parts stays where it begins.
    package static func staysBelow(_ path: String) -> Bool {
        !path.isEmpty && !path.utf8.contains(0)
            && path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
                !part.isEmpty && Array(part) != [0x2E] && Array(part) != [0x2E, 0x2E]
            }
    }
}
