internal import Diagnostics
internal import Foundation
package import ImageInput

extension ImageSource {
    /// Describes images that are objects of their own, each asked for once.
    func findObjects(
        labels: LabelSource, threads: Int, progress: @escaping @Sendable (SourceProgress) -> Void
    ) throws -> DataSetFindings {
        var leftOut = ProblemList()
        let objects = imageObjects(try store.files(), &leftOut)
        guard !objects.isEmpty else {
            throw Failure(
                .dataSetEmpty, "\(address) has no images" + (leftOut.isEmpty ? "" : ": \(leftOut.lines.joined(separator: "; "))"),
                remedy: "Name the place that has one folder per class, or that has tar archives.")
        }
        let sizes = Dictionary(objects.map { ($0.name.bytewiseKey, $0.byteCount) }) { first, _ in first }
        let labelling = try Labelling(FileTree(name: address.description, paths: objects.map(\.name)), source: labels)
        let contents = try read(
            labelling.images.map(\.path), sizes: labelling.images.map { sizes[$0.path.bytewiseKey] ?? 0 }, progress: progress)
        var entries: [ImageManifest.Entry] = []
        var formats: [ImageFormat] = []
        for (image, content) in zip(labelling.images, contents) {
            formats.append(ImageFormat(startingWith: content.start))
            entries.append(
                .init(ordinal: entries.count, path: image.path, label: image.label, byteCount: content.byteCount, hash: content.hash))
        }
        leftOut.add(labelling.leftOut)
        return DataSetFindings(
            manifest: ImageManifest(entries: entries, classes: labelling.classes), formats: formats, leftOut: leftOut,
            notices: labelling.notices)
    }

    /// Of the objects, those that images may be by their names.
    private func imageObjects(_ objects: [StoredObject], _ leftOut: inout ProblemList) -> [StoredObject] {
        objects.filter { object in
            if object.name.hasSuffix("/") { return false }
            guard ImageReference.staysBelow(object.name) else {
                leftOut.add("object", "with a name that is no path", object.name)
                return false
            }
            guard FolderListing.imageExtensions.contains(object.name.lowercasedExtension) else {
                leftOut.add("object", "not named as an image", object.name)
                return false
            }
            guard object.byteCount <= ImageLoader.defaultFileSizeLimit else {
                leftOut.add("image", "of more than \(ImageLoader.defaultFileSizeLimit >> 20) MiB", object.name)
                return false
            }
            return true
        }
    }

    private struct Content {
        var byteCount: Int
        var hash: ContentHash
        var start: [UInt8]
    }

    private func read(
        _ names: [String], sizes: [Int], progress: @Sendable (SourceProgress) -> Void
    ) throws -> [Content] {
        let store = self.store
        let reading = ReadAhead(sizes: sizes, readers: store.distance.readers) { index in
            try store.readWhole(names[index], limit: ImageLoader.defaultFileSizeLimit)
        }
        var contents: [Content] = []
        while let bytes = try reading.next() {
            contents.append(Content(byteCount: bytes.count, hash: ContentHash(of: bytes), start: Array(bytes.prefix(16))))
            progress(SourceProgress(done: contents.count, total: names.count, unit: .images))
        }
        return contents
    }
}

extension ImageSource {
    /// What has changed since `manifest` was made: changed images in its order, then new ones. Reads everything again.
    ///
    /// - Parameter labels: for a folder: where its labels came from, ``LabelSource/classFolders`` or anything else.
    /// - Throws: `dataset.*`, `archive.*`, `source.*`.
    package func changes(
        since manifest: ImageManifest, labels: LabelSource, threads: Int, progress: @escaping @Sendable (SourceProgress) -> Void = { _ in }
    ) throws -> [ManifestChange] {
        let containers = manifest.entries.compactMap(\.place?.container)
        if let first = containers.first {
            var names = [first]
            for container in containers where container != names.last { names.append(container) }
            return try changes(since: manifest, inArchives: names, threads: threads, progress: progress)
        }
        guard address.isRemote else {
            return try manifest.changes(root: address.base, labels: labels, comparing: .contents, threads: threads) {
                progress(SourceProgress(done: $0.files, total: $0.totalFiles, unit: .images))
            }
        }
        return try objectChanges(since: manifest, progress: progress)
    }

    private func changes(
        since manifest: ImageManifest, inArchives names: [String], threads: Int, progress: @escaping @Sendable (SourceProgress) -> Void
    ) throws -> [ManifestChange] {
        var seen: Set<[UInt8]> = []
        let names = names.filter { seen.insert($0.bytewiseKey).inserted }
        try requireHealth()
        let indexes = try ArchiveSet(store: store, names: names).indexes(threads: threads) {
            progress(SourceProgress(done: $0, total: $1, unit: .bytes))
        }
        var found: [[UInt8]: (path: String, image: ArchiveIndex.Image)] = [:]
        var order: [[UInt8]] = []
        for (name, index) in zip(names, indexes) {
            for image in index.images {
                let path = names.count == 1 ? image.path : "\(name)/\(image.path)"
                order.append(path.bytewiseKey)
                found[path.bytewiseKey] = (path, image)
            }
        }
        var changes: [ManifestChange] = []
        for entry in manifest.entries {
            guard let image = found.removeValue(forKey: entry.path.bytewiseKey)?.image else {
                changes.append(ManifestChange(kind: .missing, path: entry.path))
                continue
            }
            let kind: ManifestChange.Kind? =
                image.byteCount != entry.byteCount
                ? .resized : image.hash != entry.hash ? .altered : image.offset != entry.place?.offset ? .moved : nil
            if let kind { changes.append(ManifestChange(kind: kind, path: entry.path)) }
        }
        return changes + order.compactMap { found[$0].map { ManifestChange(kind: .added, path: $0.path) } }
    }

    private func objectChanges(
        since manifest: ImageManifest, progress: @escaping @Sendable (SourceProgress) -> Void
    ) throws -> [ManifestChange] {
        var leftOut = ProblemList()
        // A web server does not tell what else it has.
        let isListed = address.scheme != .http
        let objects = isListed ? imageObjects(try store.files(), &leftOut) : []
        let store = self.store
        let entries = manifest.entries
        let reading = ReadAhead(sizes: entries.map(\.byteCount), readers: store.distance.readers) { index in
            try ImageReference(path: entries[index].path, byteCount: entries[index].byteCount).check()
            return try store.readWhole(entries[index].path, limit: ImageLoader.defaultFileSizeLimit)
        }
        var changes: [ManifestChange] = []
        for (index, entry) in entries.enumerated() {
            do {
                let bytes = try reading.next() ?? []
                if bytes.count != entry.byteCount {
                    changes.append(ManifestChange(kind: .resized, path: entry.path))
                } else if ContentHash(of: bytes) != entry.hash {
                    changes.append(ManifestChange(kind: .altered, path: entry.path))
                }
            } catch let failure as Failure where failure.code == .imageUnreadable {
                changes.append(ManifestChange(kind: .missing, path: entry.path))
            } catch let failure as Failure where failure.code == .imageFileTooLarge {
                changes.append(ManifestChange(kind: .resized, path: entry.path))
            }
            progress(SourceProgress(done: index + 1, total: entries.count, unit: .images))
        }
        let known = Set(entries.map(\.path.bytewiseKey))
        return changes
            + objects.filter { !known.contains($0.name.bytewiseKey) }.map {
                ManifestChange(kind: .added, path: $0.name)
            }
    }
}
