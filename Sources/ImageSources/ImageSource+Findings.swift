internal import Diagnostics
internal import Foundation
package import ImageInput

/// How far a pass over a data set is: images, or, of archives, bytes.
package struct SourceProgress: Sendable {
    package enum Unit: Sendable {
        case images
        case bytes
    }

    package var done: Int
    package var total: Int
    package var unit: Unit
}

extension ImageSource {
    /// How a data set's labels were had where they stand in its archives.
    package static let sampleLabels = "samples"

    /// Reads every image once, on `threads` threads, and describes the data set.
    ///
    /// Blocks until done. The result does not depend on `threads`.
    /// - Parameters:
    ///   - labels: ``LabelSource/classFolders`` where none are given: then labels that stand in the archives count, else folders.
    ///   - classNames: with labels in the archives: a text file of one class name a line, in the order of the indices.
    /// - Returns: what was found, and whether the labels are those of the archives.
    /// - Throws: `dataset.*`, `archive.*`, `source.*`.
    package func find(
        labels: LabelSource, classNames: String? = nil, threads: Int, progress: @escaping @Sendable (SourceProgress) -> Void = { _ in }
    ) throws -> (findings: DataSetFindings, hasOwnLabels: Bool) {
        if let archives = try archiveNames() {
            return try find(in: archives, labels: labels, classNames: classNames, threads: threads, progress: progress)
        }
        guard address.isRemote else {
            let found = try ImageManifest.find(root: address.base, labels: labels, threads: threads) {
                progress(SourceProgress(done: $0.files, total: $0.totalFiles, unit: .images))
            }
            return (found, false)
        }
        return (try findObjects(labels: labels, threads: threads, progress: progress), false)
    }

    /// The archives that the address names, or those that are all there is; nil where the images are files of their own.
    private func archiveNames() throws -> [String]? {
        if let named = address.archives { return named }
        if address.scheme == .http { return try splitShards(try ShardInfo.read(from: store)) ?? store.files().map(\.name) }
        // What is wrong with a folder, those say who list its images.
        if address.scheme == .file, store.health() != nil { return nil }
        let objects = try store.files()
        let archives = objects.map(\.name).filter { SourceAddress.namesArchive($0) }
        guard !archives.isEmpty else { return nil }
        let hasImages =
            address.isRemote
            ? objects.contains { FolderListing.imageExtensions.contains($0.name.lowercasedExtension) }
            : try hasImageFiles()
        return hasImages ? nil : try splitShards(try ShardInfo.read(from: store)) ?? archives
    }

    private func hasImageFiles() throws -> Bool {
        var listing = FolderListing(root: address.base)
        return try !listing.imageFiles().isEmpty
    }

    /// The shards of the only split, nil where no split is known.
    private func splitShards(_ info: ShardInfo?) throws -> [String]? {
        guard let splits = info?.splits, !splits.isEmpty else { return nil }
        guard splits.count == 1 else {
            throw Failure(
                .archiveSamples, "\(address) has shards of several splits: \(splits.map(\.name).joined(separator: ", "))",
                remedy: "name the shards of one of them: \(address)/name-{000000..000063}.tar")
        }
        return splits[0].shards
    }
}

extension ImageSource {
    /// For a person who names a root: what is not there is a mistake here, and not for another machine to try.
    func requireHealth() throws {
        guard var failure = store.health() else { return }
        if !address.isRemote { failure.recovery = .permanent }
        throw failure
    }

    /// Brings images and labels together, the folder around all images taken for the root. A label list may also name it.
    private func matched(_ images: [ContainedImage], with labels: LabelSource) throws -> (ContainedTree, Labelling) {
        let prefix = ContainedTree.wrapping(images, depth: labels.isOfFolders ? 1 : 0)
        let tree = try ContainedTree(images, title: address.description, prefix: prefix)
        do {
            return (tree, try Labelling(tree.fileTree, source: labels))
        } catch let failure as Failure where failure.code == .labelMismatch && !prefix.isEmpty {
            let whole = try ContainedTree(images, title: address.description, prefix: "")
            guard let labelling = try? Labelling(whole.fileTree, source: labels) else { throw failure }
            return (whole, labelling)
        }
    }

    /// Why archives without class folders have no labels either.
    private func unlabelled(_ indexes: [ArchiveIndex], _ leftOut: ProblemList, _ failure: Failure) -> Failure {
        let labels = indexes.flatMap(\.labels)
        guard let first = labels.first else {
            guard !leftOut.isEmpty else { return failure }
            return Failure(
                failure.code, "\(failure.message) Left out: \(leftOut.lines.joined(separator: "; ")).", remedy: failure.remedy)
        }
        return Failure(
            .archiveSamples,
            "\(address) has \(labels.count) .cls or .json parts, such as \(first.key).\(first.isClass ? "cls" : "json"), and none tells the label of "
                + "an image of the same name",
            remedy: "name image and label of a sample alike, KEY.jpg and KEY.cls with a whole number, or give the labels with --labels")
    }

    private func find(
        in names: [String], labels: LabelSource, classNames: String?, threads: Int, progress: @escaping @Sendable (SourceProgress) -> Void
    ) throws -> (findings: DataSetFindings, hasOwnLabels: Bool) {
        try requireHealth()
        let indexes = try ArchiveSet(store: store, names: names).indexes(threads: threads) {
            progress(SourceProgress(done: $0, total: $1, unit: .bytes))
        }
        var leftOut = ProblemList()
        for index in indexes { leftOut.add(index.leftOut) }
        let hasSamples = labels.isOfFolders && SampleSet.isThere(indexes)
        var labelled: [(image: ContainedImage, label: Int)]
        let classes: [ImageClass]
        var notices: [String] = []
        if hasSamples {
            let info = names == [""] ? nil : try ShardInfo.read(from: store)
            let samples = try SampleSet(indexes, names: names, info: info) { store.title(of: $0) }
            labelled = samples.images
            leftOut.add(samples.leftOut)
            if case .orderedFolders(.map(let path)) = labels {
                let mapped = try Labelling.mapped(labelled.map(\.label), by: path)
                labelled = zip(labelled, mapped.labels).map { (image: $0.image, label: $1) }
                classes = mapped.classes
            } else if case .orderedFolders(.synsets(let path)) = labels {
                classes = try Labelling.synsetClasses(path)
            } else {
                classes = try classNames.map { try Labelling.namedClasses($0) } ?? Labelling.numberedClasses(labelled.map(\.label))
            }
            guard labelled.allSatisfy({ classes.indices.contains($0.label) }) else {
                throw Failure(
                    .labelMismatch, "\(address) has labels outside of the \(classes.count.counted("class"))",
                    remedy: "check the class names")
            }
        } else {
            let images = zip(names, indexes).flatMap { name, index in index.images.map { ContainedImage(container: name, image: $0) } }
            let (tree, labelling): (ContainedTree, Labelling)
            do {
                (tree, labelling) = try matched(images, with: labels)
            } catch let failure as Failure where failure.code == .dataSetEmpty && labels.isOfFolders {
                throw unlabelled(indexes, leftOut, failure)
            }
            notices += tree.notices + labelling.notices
            leftOut.add(labelling.leftOut)
            classes = labelling.classes
            labelled = labelling.images.compactMap { entry in tree.image(at: entry.path).map { ($0, entry.label) } }
        }
        guard !labelled.isEmpty else {
            throw Failure(
                .dataSetEmpty, "\(address) has no images" + (leftOut.isEmpty ? "" : ": \(leftOut.lines.joined(separator: "; "))"),
                remedy: "Name archives of images with class folders, or with labels beside them, or give labels with --labels.")
        }
        let entries = labelled.enumerated().map { ordinal, entry in
            let (container, image) = (entry.image.container, entry.image.image)
            return ImageManifest.Entry(
                ordinal: ordinal, path: names.count == 1 ? image.path : "\(container)/\(image.path)",
                place: .init(container: container, offset: image.offset), label: entry.label, byteCount: image.byteCount, hash: image.hash)
        }
        return (
            DataSetFindings(
                manifest: ImageManifest(entries: entries, classes: classes),
                formats: labelled.map { ImageFormat(startingWith: $0.image.image.start) }, leftOut: leftOut, notices: notices), hasSamples
        )
    }
}
