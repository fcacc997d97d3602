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
    /// Blocks until done. The result does not depend on `threads`. `notice` gets what was left out or read in a way that a user should know; `progress` is called from those threads, one call at a time.
    /// - Throws: any `dataset.*` failure; many problems are told as one.
    package static func build(
        root: String, labels: LabelSource, threads: Int, notice: (String) -> Void = { _ in },
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) throws -> ImageManifest {
        let labelling = try Labelling(root: root, source: labels)
        labelling.notices.forEach(notice)
        let paths = labelling.images.map(\.path)
        let results = FileScan.run(root: root, paths: paths, threads: threads, progress: progress) { reader, buffer in
            try reader.contents(through: buffer)
        }
        var leftOut = ProblemList()
        var unreadable = ProblemList()
        var entries: [Entry] = []
        entries.reserveCapacity(paths.count)
        for (ordinal, result) in results.enumerated() {
            switch result {
            case .failure(let failure) where [.imageSparse, .imageFileTooLarge].contains(failure.code):
                leftOut.add("files that are sparse or too large", paths[ordinal])
            case .failure(let failure):
                unreadable.add("files that cannot be read", failure.message)
            case .success(let file):
                entries.append(
                    Entry(
                        ordinal: entries.count, path: paths[ordinal], label: labelling.images[ordinal].label, byteCount: file.byteCount,
                        hash: file.hash))
            }
        }
        try unreadable.throwIfAny(.dataSetFiles, root, remedy: "Mend or remove them.")
        leftOut.phrases.forEach(notice)
        return ImageManifest(entries: entries, classes: labelling.classes)
    }
}
