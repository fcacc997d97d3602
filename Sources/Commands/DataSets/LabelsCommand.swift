internal import ArgumentParser
internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import ImageInput
internal import Reports

struct LabelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "labels", abstract: "Adds further labels to a data set, such as ImageNet-ReaL's; reports show accuracy by each.",
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: StoreCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads accepted classes per image from a file; images without any leave the denominator.",
            discussion: """
                The file is a JSON list of lists of classes in the order of the numbers that the file names end in (ImageNet-ReaL's real.json; with \
                more elements than images, element i is that of the image with the number i), a JSON object of file names with a list of classes each, or a CSV of file name and classes between blanks, semicolons \
                or bars. A class is an index or a name. Runs that were made before show the new accuracy too.
                """)

        @Argument(help: "The data set's name.")
        var dataset: String

        @Argument(help: "The labels' name, such as real.")
        var name: String

        @Argument(help: "The JSON or CSV file.")
        var file: String

        @OptionGroup var databaseOptions: DatabaseOptions

        func check() throws {
            try NameText.require(name, what: "label set")
        }

        func run(_ store: EvaluationStore) throws {
            let stored = try store.dataSet(named: dataset)
            let images = try store.catalogue.images(ofDataSet: stored.id, range: ShardRange(firstOrdinal: 0, imageCount: stored.images))
            let accepted = try AcceptedLabels(
                path: file, images: images.map(\.path), classes: store.catalogue.classes(ofDataSet: stored.id).map(\.name))
            try store.catalogue.addLabelSet(
                name, toDataSet: stored, sha256: accepted.hash.bytes, labels: zip(images, accepted.labels).map { ($0.ordinal, $1) })
            let labelled = accepted.labels.count { !$0.isEmpty }
            note(
                "added labels \(name): \(labelled) of \(images.count.counted("image")) of \(dataset) \(labelled.agreeing("has", "have")) at least one class"
            )
        }
    }

    struct List: StoreCommand {
        static let configuration = CommandConfiguration(abstract: "Lists a data set's further labels.")

        @Argument(help: "The data set's name.")
        var dataset: String

        @Option(help: "table, json or markdown.")
        var format = OutputFormat.table

        @OptionGroup var databaseOptions: DatabaseOptions

        func run(_ store: EvaluationStore) throws {
            let sets = try store.catalogue.labelSets(ofDataSet: store.dataSet(named: dataset).id)
            let table = TextTable(
                [.init("name"), .init("images", .right), .init("with a class", .right), .init("sha256"), .init("added")],
                rows: sets.map { [$0.name, "\($0.images)", "\($0.labelled)", $0.sha256, $0.addedAt] })
            output(try table.rendered(as: format, json: sets))
        }
    }

    struct Remove: StoreCommand {
        static let configuration = CommandConfiguration(abstract: "Removes further labels of a data set.")

        @Argument(help: "The data set's name.")
        var dataset: String

        @Argument(help: "The labels' name.")
        var name: String

        @OptionGroup var databaseOptions: DatabaseOptions

        func run(_ store: EvaluationStore) throws {
            try store.catalogue.removeLabelSet(name, ofDataSet: store.dataSet(named: dataset))
            note("removed labels \(name) of data set \(dataset)")
        }
    }
}
