internal import ArgumentParser
internal import Diagnostics
internal import EvaluationStore
internal import ImageInput
internal import Reports

struct DataSetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset", abstract: "Adds, lists, examines and deletes data sets.",
        subcommands: [Add.self, List.self, Show.self, DataSetClassesCommand.self, DataSetVerifyCommand.self, DataSetDeleteCommand.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads images once, wherever they are, and stores their manifest under a name.",
            discussion: """
                A root is a folder; tar archives, as name.tar or name-{000000..000063}.tar, also with WebDataset's labels; https:// archives; \
                s3://bucket/prefix with class folders or archives. docs/sources.md has the details.
                """)

        @Argument(help: "The data set's name.")
        var name: String

        @Option(help: "A folder, tar archives, or an https:// or s3:// address: with one folder per class, or with --labels.")
        var root: String

        @OptionGroup var labelOptions: LabelOptions

        @OptionGroup var sourceOptions: SourceOptions

        @OptionGroup var databaseOptions: DatabaseOptions

        func run() throws {
            try ProgramExit.reporting {
                try NameText.require(name, what: "data set")
                let source = try sourceOptions.source(root)
                let labelSource = try labelOptions.source()
                // Read before the images are, which takes long.
                let titles = try labelOptions.titles()
                try DatabaseAccess(options: databaseOptions).withStore { store in
                    let known = try store.catalogue.dataSets().first { $0.name == name }
                    let (dataset, isNew) = try DataSetRegistration(store: store).add(
                        name, from: source, labels: labelSource, classNames: labelOptions.labels == nil ? labelOptions.classNames : nil)
                    if let titles { try ClassTitles(store: store).name(dataset, titles, from: labelOptions.synsets ?? "") }
                    if isNew, let known {
                        note("data set \(name) has changed since \(known.addedAt): new runs take the new manifest")
                    }
                    note(
                        "\(isNew ? "added" : "unchanged:") data set \(name), \(dataset.images.counted("image")) of \(dataset.classes.counted("class")), "
                            + "manifest sha256 \(dataset.manifestSHA256)")
                }
            }
        }
    }

    struct List: StoreCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the data sets, newest first within a name.")

        @Option(help: "table, json or markdown.")
        var format = OutputFormat.table

        @OptionGroup var databaseOptions: DatabaseOptions

        func run(_ store: EvaluationStore) throws {
            output(try DataSetTable.rendered(store.catalogue.dataSets(), as: format))
        }
    }

    struct Show: StoreCommand {
        static let configuration = CommandConfiguration(abstract: "Shows a data set.")

        @Argument(help: "The data set's name.")
        var name: String

        @Option(help: "table, json or markdown.")
        var format = OutputFormat.table

        @OptionGroup var databaseOptions: DatabaseOptions

        func run(_ store: EvaluationStore) throws {
            output(try DataSetTable.rendered([store.dataSet(named: name)], as: format))
        }
    }
}

/// Data sets as a list.
enum DataSetTable {
    static func rendered(_ datasets: [StoredDataSet], as format: OutputFormat) throws -> String {
        let table = TextTable(
            [
                .init("name"), .init("images", .right), .init("classes", .right), .init("labels"), .init("root"),
                .init("manifest sha256"), .init("added"),
            ],
            rows: datasets.map {
                [$0.name, "\($0.images)", "\($0.classes)", $0.labels, $0.root, $0.manifestSHA256, $0.addedAt]
            })
        return try table.rendered(as: format, json: datasets)
    }
}
