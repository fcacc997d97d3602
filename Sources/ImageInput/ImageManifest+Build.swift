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
    package static func find(
        root: String, labels: LabelSource, threads: Int, progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) throws -> DataSetFindings {
        let labelling = try Labelling(FileTree(folder: root), source: labels)
        let paths = labelling.images.map(\.path)
        let results = FileScan.run(root: root, paths: paths, threads: threads, progress: progress) { reader, buffer in
            try reader.contents(through: buffer)
        }
        var leftOut = labelling.leftOut
        var unreadable = ProblemList()
        var entries: [Entry] = []
        var formats: [ImageFormat] = []
        entries.reserveCapacity(paths.count)
        for (ordinal, result) in results.enumerated() {
            switch result {
            case .failure(let failure) where failure.code == .imageFileTooLarge:
                leftOut.add("image", "of more than \(ImageLoader.defaultFileSizeLimit >> 20) MiB", paths[ordinal])
            case .failure(let failure):
                unreadable.add("file", "that cannot be read", failure.message)
            case .success(let file):
                formats.append(ImageFormat(startingWith: file.start))
                entries.append(
                    Entry(
                        ordinal: entries.count, path: paths[ordinal], label: labelling.images[ordinal].label, byteCount: file.byteCount,
                        hash: file.hash))
            }
        }
        try unreadable.throwIfAny(.dataSetFiles, root, remedy: "Mend or remove them.")
        return DataSetFindings(
            manifest: ImageManifest(entries: entries, classes: labelling.classes), formats: formats, leftOut: leftOut,
            notices: labelling.notices)
    }
}
