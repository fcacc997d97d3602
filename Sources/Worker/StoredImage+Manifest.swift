package import EvaluationStore
package import ImageInput
package import ImageSources

extension StoredImage {
    /// The row of a manifest's entry.
    package init(_ entry: ImageManifest.Entry) {
        self.init(
            ordinal: entry.ordinal, path: entry.path, container: entry.place?.container, offset: entry.place?.offset, label: entry.label,
            bytes: entry.byteCount, sha256: entry.hash.bytes)
    }

    /// Where in an archive the image is; nil for a file of its own.
    package var place: ImageManifest.ArchivePlace? {
        guard let container, let offset else { return nil }
        return ImageManifest.ArchivePlace(container: container, offset: offset)
    }

    /// What a source is asked for.
    package var reference: ImageReference { ImageReference(path: path, place: place, byteCount: bytes) }
}
