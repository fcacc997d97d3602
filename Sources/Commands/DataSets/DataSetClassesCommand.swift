internal import ArgumentParser
internal import Diagnostics
internal import EvaluationStore
internal import ImageInput
internal import Reports

struct DataSetClassesCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "classes", abstract: "Lists a data set's classes; with --synsets, names them first.")

    @Argument(help: "The data set's name.")
    var name: String

    @Option(help: "Titles of synsets: LOC_synset_mapping.txt, or a table of the development kit's numbers, synsets and titles.")
    var synsets: String?

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func run(_ store: EvaluationStore) throws {
        let dataset = try store.dataSet(named: name)
        if let synsets { try ClassTitles(store: store).name(dataset, SynsetTitles.read(path: synsets), from: synsets) }
        let classes = try store.catalogue.classes(ofDataSet: dataset.id)
        let table = TextTable(
            [.init("class", .right), .init("name"), .init("title")], rows: classes.map { ["\($0.label)", $0.name, $0.title ?? ""] })
        output(try table.rendered(as: format, json: classes))
    }
}

/// Gives classes the titles of a table of synsets.
struct ClassTitles {
    let store: EvaluationStore

    /// - Parameters:
    ///   - titles: by synset.
    ///   - file: where they came from.
    /// - Throws: `dataset.synsets_unknown` where none of the classes has a title.
    func name(_ dataset: StoredDataSet, _ titles: [String: String], from file: String) throws {
        let named = try store.catalogue.setClassTitles(titles, ofDataSet: dataset.id)
        guard named > 0 else {
            throw Failure(
                Failure.Code("dataset.synsets_unknown"),
                "\(file) has a title for none of the \(dataset.classes.counted("class")) of \(dataset.name)",
                remedy: "the classes have to be named by their synsets, such as n01440764")
        }
        note("\(named) of \(dataset.classes.counted("class")) of \(dataset.name) \(named.agreeing("has a title", "have titles"))")
    }
}
