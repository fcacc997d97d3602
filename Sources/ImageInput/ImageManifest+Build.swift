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
        try find(root: root, labels: labels, threads: threads, progress: progress).manifest
    }

    /// As ``build(root:labels:threads:progress:)``, with what else was found.
    package static func find(
        root: String, labels: LabelSource, threads: Int, progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) throws -> DataSetFindings {
        let labelling = try Labelling(.folder(root), source: labels)
        let paths = labelling.images.map(\.path)
        let results = FileScan.run(root: root, paths: paths, threads: threads, progress: progress) { reader, buffer in
            try reader.contents(through: buffer)
        }
        var unreadable = ProblemList()
        var undecodable = ProblemList()
        var entries: [Entry] = []
        var formats: [ImageFormat] = []
        entries.reserveCapacity(paths.count)
        for (ordinal, result) in results.enumerated() {
            switch result {
            case .failure(let failure):
                unreadable.add("files that cannot be read", failure.message)
            case .success(let file):
                let format = ImageFormat(startingWith: file.start)
                formats.append(format)
                if !isDecodable(format, name: paths[ordinal]) {
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
        return DataSetFindings(manifest: ImageManifest(entries: entries, classes: labelling.classes), formats: formats)
    }

    /// Whether an image's first bytes or its name promise a format that is decoded here; by its name it belongs to the data set even if it turns
    /// out to be damaged.
    package static func isDecodable(_ format: ImageFormat, name: String) -> Bool {
        [.jpeg, .png].contains(format) || FolderListing.imageExtensions.contains(name.lowercasedExtension)
    }
}
