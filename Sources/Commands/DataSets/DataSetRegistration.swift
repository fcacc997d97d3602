internal import Diagnostics
package import EvaluationStore
internal import Foundation
package import ImageInput
package import ImageSources
internal import Worker

/// Puts data sets into the database.
package struct DataSetRegistration {
    let store: EvaluationStore

    package init(store: EvaluationStore) {
        self.store = store
    }

    /// Reads every image of `source` once, tells what it found, and stores the manifest under `name`.
    /// - Parameters:
    ///   - classNames: for labels that stand in archives: a file of the classes' names.
    ///   - asVersion: whether another manifest may have the name already.
    package func add(
        _ name: String, from source: ImageSource, labels: LabelSource, classNames: String? = nil, asVersion: Bool = true
    ) throws -> (dataset: StoredDataSet, isNew: Bool) {
        let meter = SourceMeter("reading \(name)")
        let (findings, hasOwnLabels): (DataSetFindings, Bool)
        do {
            defer { meter.finish() }
            (findings, hasOwnLabels) = try source.find(
                labels: labels, classNames: classNames, threads: max(ProcessInfo.processInfo.activeProcessorCount, 1)
            ) { meter.update($0) }
        }
        for line in findings.summary { note(line) }
        let manifest = findings.manifest
        if !asVersion {
            try NameText.requireFree(
                name, hash: "\(manifest.digest)", among: store.catalogue.dataSets().map { ($0.name, $0.manifestSHA256) }, what: "data set")
        }
        let images = manifest.entries.map { StoredImage($0) }
        let added = try store.catalogue.addDataSet(
            StoredDataSet(
                name: name, root: source.address.description,
                labels: hasOwnLabels ? ImageSource.sampleLabels : Self.description(of: labels), images: images.count,
                classes: manifest.classes.count, manifestSHA256: "\(manifest.digest)"),
            classNames: manifest.classes.map { $0.title ?? $0.name }, images: images)
        return (try store.catalogue.dataSet(id: added.id), added.isNew)
    }

    /// How the database names a source of labels.
    static func description(of labels: LabelSource) -> String {
        switch labels {
        case .classFolders, .orderedFolders: "class folders"
        case .list: "list"
        case .localization: "localization list"
        case .groundTruth: "ground truth numbers"
        }
    }
}
