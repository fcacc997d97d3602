internal import Diagnostics
internal import EvaluationStore
internal import Foundation
internal import ImageInput

/// Puts data sets into the database.
struct DataSetRegistration {
    let store: EvaluationStore

    /// Reads every image below `root` once, and stores the manifest under `name`.
    func add(_ name: String, root: String, labels: LabelSource) throws -> (dataset: StoredDataSet, isNew: Bool) {
        let folder = URL(filePath: root).standardized.resolvingSymlinksInPath().path
        let meter = ProgressMeter("reading \(name)")
        let manifest = try ImageManifest.build(
            root: folder, labels: labels, threads: max(ProcessInfo.processInfo.activeProcessorCount, 1)
        ) { done, total in meter.update(done, of: total) }
        meter.finish()
        let images = manifest.entries.enumerated().map { ordinal, entry in
            StoredImage(
                ordinal: ordinal, path: entry.path, label: entry.label, bytes: entry.byteCount, sha256: entry.hash.bytes)
        }
        let added = try store.addDataSet(
            StoredDataSet(
                name: name, root: folder, labels: "\(labels)", images: images.count, classes: manifest.classes.count,
                manifestSHA256: "\(manifest.digest)"),
            classNames: manifest.classes, images: images)
        return (try store.dataSet(id: added.id), added.isNew)
    }
}
