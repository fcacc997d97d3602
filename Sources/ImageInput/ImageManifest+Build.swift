import Diagnostics

extension ImageManifest {
    /// How far a pass over the files is.
    package struct Progress: Hashable, Sendable {
        package var files: Int
        package var totalFiles: Int
        package var bytes: Int
    }

    /// Reads every image file of a folder once, on `threads` threads, and describes the data set.
    ///
    /// Blocks until done. The result does not depend on `threads`. `progress` is called from those threads, one call at a time.
    /// - Throws: any `dataset.*` failure; many problems are told as one.
    package static func build(
        root: String, labels: LabelSource, threads: Int, progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) throws -> ImageManifest {
        let labelling = try Labelling(root: root, source: labels)
        let paths = labelling.images.map(\.path)
        let results = FileScan.run(root: root, paths: paths, threads: threads, progress: progress) { reader, buffer in
            try reader.contents(through: buffer)
        }
        var unreadable = ProblemList()
        var undecodable = ProblemList()
        var entries: [Entry] = []
        entries.reserveCapacity(paths.count)
        for (ordinal, result) in results.enumerated() {
            switch result {
            case .failure(let failure):
                unreadable.add("files that cannot be read", failure.message)
            case .success(let file):
                if ![ImageFormat.jpeg, .png].contains(ImageFormat(startingWith: file.start)), !isDecodable(name: paths[ordinal]) {
                    undecodable.add("files that are neither JPEG nor PNG", paths[ordinal])
                }
                entries.append(
                    Entry(
                        ordinal: ordinal, path: paths[ordinal], label: labelling.images[ordinal].label, byteCount: file.byteCount,
                        hash: file.hash))
            }
        }
        try unreadable.throwIfAny(.dataSetFiles, root, remedy: "Mend or remove them.")
        try undecodable.throwIfAny(.dataSetFormats, root, remedy: "Convert them to PNG, which keeps their pixels, or remove them.")
        return ImageManifest(entries: entries, classes: labelling.classes)
    }

    /// Whether a name promises a format that is decoded here; such a file belongs to the data set even if it turns out to be damaged.
    private static func isDecodable(name: String) -> Bool {
        FolderListing.imageExtensions.contains(name.lowercasedExtension)
    }
}
