internal import ArgumentParser
internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Foundation
internal import ImageInput
internal import ImageSources
internal import Reports
internal import Worker

struct DataSetVerifyCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Reads a data set's files again and lists what has changed; exits with 2 where something has.")

    @Argument(help: "The data set's name.")
    var name: String

    @Option(help: "Where the images are on this machine, where that is not where they were added.")
    var root: String?

    @OptionGroup var sourceOptions: SourceOptions

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var databaseOptions: DatabaseOptions

    private struct Change: Encodable {
        var change: String
        var path: String
    }

    func run(_ store: EvaluationStore) throws {
        let dataset = try store.dataSet(named: name)
        let changes = try compare(dataset, store: store).map { Change(change: $0.kind.rawValue, path: $0.path) }
        let table = TextTable([.init("change"), .init("file")], rows: changes.map { [$0.change, $0.path] })
        output(try table.rendered(as: format, json: changes))
        note(
            "\(changes.count) of \(dataset.images.counted("file")) \(changes.count.agreeing("has", "have")) changed since \(dataset.addedAt)"
        )
        if !changes.isEmpty { throw ProgramExit.incomplete }
    }

    private func compare(_ dataset: StoredDataSet, store: EvaluationStore) throws -> [ManifestChange] {
        let images = try store.catalogue.images(ofDataSet: dataset.id, range: ShardRange(firstOrdinal: 0, imageCount: dataset.images))
        let manifest = ImageManifest(
            entries: images.compactMap { image in
                ContentHash(bytes: image.sha256).map {
                    ImageManifest.Entry(
                        ordinal: image.ordinal, path: image.path,
                        place: image.place, label: image.label, byteCount: image.bytes, hash: $0)
                }
            }, classes: try store.catalogue.classNames(ofDataSet: dataset.id).map { ImageClass(name: $0) })
        let meter = SourceMeter("reading \(name)")
        defer { meter.finish() }
        let isFlat = dataset.labels != DataSetRegistration.description(of: .classFolders)
        return try sourceOptions.source(root ?? dataset.root).changes(
            since: manifest, labels: isFlat ? .list(path: "", classNames: nil) : .classFolders,
            threads: max(ProcessInfo.processInfo.activeProcessorCount, 1)
        ) { meter.update($0) }
    }
}
