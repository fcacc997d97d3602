import Diagnostics

/// One difference between a manifest and the files now.
package struct ManifestChange: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        /// The file is gone, or can no longer be read.
        case missing
        /// The file has another length.
        case resized
        /// The file has the same length and other bytes.
        case altered
        /// The file has the same bytes at another place of its archive.
        case moved
        /// The file is not in the manifest.
        case added
    }

    package var kind: Kind
    package var path: String

    package init(kind: Kind, path: String) {
        self.kind = kind
        self.path = path
    }
}

extension ImageManifest {
    /// How closely files are compared.
    package enum Comparison: Hashable, Sendable {
        /// By existence and length: opens each file, reads none.
        case lengths
        /// By SHA-256: reads all.
        case contents
    }

    /// What has changed since this manifest was made from the folder `root` and `labels`: changed files in manifest order, then new ones.
    ///
    /// Blocks until done; `progress` is called as in ``build(root:labels:threads:progress:)``.
    /// - Throws: `dataset.folder`, `dataset.name`, `dataset.linkLoop` where the folder cannot be listed.
    package func changes(
        root: String, labels: LabelSource, comparing comparison: Comparison, threads: Int,
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) throws -> [ManifestChange] {
        let known = Set(entries.map(\.path.bytewiseKey))
        let added = try Self.imagePaths(root: root, labels: labels).filter { !known.contains($0.bytewiseKey) }
        let results = FileScan.run(root: root, paths: entries.map(\.path), threads: threads, progress: progress) { reader, buffer in
            switch comparison {
            case .lengths: (byteCount: reader.byteCount, hash: nil as ContentHash?)
            case .contents: try { (byteCount: $0.byteCount, hash: $0.hash) }(reader.contents(through: buffer))
            }
        }
        let changed = zip(entries, results).compactMap { entry, result -> ManifestChange? in
            guard case .success(let file) = result else { return ManifestChange(kind: .missing, path: entry.path) }
            if file.byteCount != entry.byteCount { return ManifestChange(kind: .resized, path: entry.path) }
            if let hash = file.hash, hash != entry.hash { return ManifestChange(kind: .altered, path: entry.path) }
            return nil
        }
        return changed + added.map { ManifestChange(kind: .added, path: $0) }
    }

    /// The image files that belong to the data set by their place and name.
    private static func imagePaths(root: String, labels: LabelSource) throws -> [String] {
        var tree = FileTree(folder: root)
        guard labels == .classFolders else { return try tree.imageFiles().sorted { $0.precedesBytewise($1) } }
        return try tree.subfolders().flatMap { name in try tree.imageFiles(below: name).map { "\(name)/\($0)" } }
    }
}
