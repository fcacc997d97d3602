internal import ArgumentParser
internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Reports

extension Answers.MistakeOrder: ExpressibleByArgument {}

struct ClassesCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "classes", abstract: "Shows a run's accuracy by class, with intervals.")

    enum Order: String, ExpressibleByArgument, CaseIterable { case accuracy, index, name }

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @Option(help: "accuracy (the least first), index or name.")
    var order = Order.accuracy

    @Option(help: "How many classes to show. Default: all.")
    var limit: Int?

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit takes a number from 1") }
    }

    func run(_ store: EvaluationStore) throws {
        _ = try store.queue.unprunedRun(runID)
        var classes = try store.answers.classAccuracies(of: runID)
        switch order {
        case .index: break
        case .accuracy: classes.sort { ($0.top1.accuracy, $0.label) < ($1.top1.accuracy, $1.label) }
        case .name: classes.sort { ($0.name ?? "", $0.label) < ($1.name ?? "", $1.label) }
        }
        output(try ClassReport(run: runID, classes: Array(classes.prefix(limit ?? classes.count))).rendered(as: format))
    }
}

struct ConfusionCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "confusion", abstract: "Shows which classes are taken for each other; --format csv prints the whole matrix.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, markdown, csv }

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @Option(help: "How many pairs of classes to show.")
    var pairs = 20

    @Option(help: "table, json (with all cells that are not zero), markdown, or csv (the matrix: a line a label, a column a prediction).")
    var format = Format.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func validate() throws {
        guard pairs >= 0 else { throw ValidationError("--pairs takes a number from 0") }
    }

    func run(_ store: EvaluationStore) throws {
        let stored = try store.queue.unprunedRun(runID)
        let report = ConfusionReport(
            run: runID, pairs: try store.answers.confusedPairs(of: runID, limit: pairs),
            cells: try store.answers.confusion(of: runID))
        guard let format = OutputFormat(rawValue: format.rawValue) else {
            let names = try store.catalogue.classes(ofDataSet: stored.specification.datasetID).map { $0.title ?? $0.name }
            return output(report.matrix(names: names))
        }
        output(try report.rendered(as: format))
    }
}

struct MistakesCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "mistakes", abstract: "Shows the worst mistakes of a run with their first five classes.")

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @Option(help: "margin (the most confident first) or place (those whose label came last).")
    var order = Answers.MistakeOrder.margin

    @Option(help: "How many images to show.")
    var limit = 20

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func validate() throws {
        guard (1...1_000_000).contains(limit) else { throw ValidationError("--limit takes 1 to 1000000") }
    }

    func run(_ store: EvaluationStore) throws {
        _ = try store.queue.unprunedRun(runID)
        output(
            try MistakeReport(run: runID, mistakes: store.answers.mistakes(of: runID, by: order, limit: limit)).rendered(as: format)
        )
    }
}
