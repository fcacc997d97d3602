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

/// How class folders that are numbers are ordered.
enum ClassOrderOption: String, CaseIterable {
    case text, numeric
}

/// Tells from a label file's first line what kind it is.
enum LabelFileKind {
    /// - Parameters:
    ///   - labels: the file that `--labels` names; nil for class folders.
    ///   - synsets: the file that `--synsets` names.
    static func source(labels: String?, classNames: String?, synsets: String?, order: ClassOrderOption? = nil) throws -> LabelSource {
        guard let labels else {
            if let classNames { return .orderedFolders(.file(classNames)) }
            return order == .numeric ? .orderedFolders(.numeric) : .classFolders
        }
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
