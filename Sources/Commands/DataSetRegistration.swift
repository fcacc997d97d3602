internal import Diagnostics
package import EvaluationStore
internal import Foundation
package import ImageInput

/// Puts data sets into the database.
package struct DataSetRegistration {
    let store: EvaluationStore

    package init(store: EvaluationStore) {
        self.store = store
    }

    /// Reads every image below `root` once, and stores the manifest under `name`.
    package func add(_ name: String, root: String, labels: LabelSource) throws -> (dataset: StoredDataSet, isNew: Bool) {
        let folder = URL(filePath: root).standardized.resolvingSymlinksInPath().path
        let meter = ProgressMeter("reading \(name)")
        defer { meter.finish() }
        let manifest = try ImageManifest.build(
            root: folder, labels: labels, threads: max(ProcessInfo.processInfo.activeProcessorCount, 1)
        ) { meter.update($0.files, of: $0.totalFiles) }
        let images = manifest.entries.map { entry in
            StoredImage(
                ordinal: entry.ordinal, path: entry.path, label: entry.label, bytes: entry.byteCount, sha256: entry.hash.bytes)
        }
        let added = try store.addDataSet(
            StoredDataSet(
                name: name, root: folder, labels: Self.description(of: labels), images: images.count, classes: manifest.classes.count,
                manifestSHA256: "\(manifest.digest)"),
            classNames: manifest.classes.map { $0.title ?? $0.name }, images: images)
        return (try store.dataSet(id: added.id), added.isNew)
    }

    /// How the database names a source of labels.
    static func description(of labels: LabelSource) -> String {
        switch labels {
        case .classFolders: "class folders"
        case .list: "list"
        case .localization: "localization list"
        case .groundTruth: "ground truth numbers"
        }
    }
}

/// Tells from a label file's first line what kind it is.
enum LabelFileKind {
    /// - Parameters:
    ///   - labels: the file that `--labels` names; nil for class folders.
    ///   - synsets: the file that `--synsets` names.
    static func source(labels: String?, classNames: String?, synsets: String?) throws -> LabelSource {
        guard let labels else { return .classFolders }
        guard let handle = FileHandle(forReadingAtPath: labels) else {
            throw Failure(Failure.Code("dataset.labels_unreadable"), "the label file \(labels) cannot be read", remedy: "check its path")
        }
        defer { try? handle.close() }
        let start = String(decoding: try handle.read(upToCount: 4096) ?? Data(), as: UTF8.self)
        let line = start.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        if line.lowercased().hasPrefix("imageid,predictionstring") {
            guard let synsets else {
                throw Failure(
                    Failure.Code("dataset.synsets_missing"), "\(labels) names synsets, whose order has to be known",
                    remedy: "name LOC_synset_mapping.txt with --synsets")
            }
            return .localization(solution: labels, synsets: synsets)
        }
        if !line.isEmpty, line.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == " ") }) {
            return .groundTruth(numbers: labels, synsets: synsets)
        }
        return .list(path: labels, classNames: classNames)
    }
}
