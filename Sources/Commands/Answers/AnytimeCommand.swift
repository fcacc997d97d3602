internal import ArgumentParser
internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Reports

struct AnytimeCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "anytime", abstract: "Shows what fewer time steps, or stopping early, would have given and cost.",
        discussion: """
            One pass gives every number of time steps exactly. Early exits are evaluated from the stored rows, exactly too: an image stops once the \
            best mean logit leads the second by a margin, or once so many predictions in a row are equal. Margins are chosen among those that \
            occur, unless they are given.
            """)

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @Option(parsing: .unconditionalSingleValue, help: "A margin to stop at. May be repeated.")
    var margin: [Double] = []

    @Option(help: "A number of equal predictions in a row to stop at. May be repeated.")
    var stable: [Int] = []

    @OptionGroup var energyOptions: EnergyOptions

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func validate() throws {
        guard margin.count <= 1000, margin.allSatisfy(\.isFinite) else {
            throw ValidationError("--margin takes a number, at most 1000 times")
        }
        guard stable.count <= 1000, stable.allSatisfy({ $0 > 0 }) else { throw ValidationError("--stable takes a number from 1") }
    }

    func run(_ store: EvaluationStore) throws {
        let stored = try store.queue.unprunedRun(runID)
        let report = AnytimeReport(
            run: runID, engine: stored.specification.engine,
            points: try store.answers.anytimeCurve(of: stored, margins: margin, stable: stable),
            costs: try energyOptions.costs(store), macsPerImage: try store.answers.firstConvolutionOperations(of: stored))
        output(try report.rendered(as: format))
    }
}
