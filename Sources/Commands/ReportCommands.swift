internal import ArgumentParser
internal import Evaluation
internal import EvaluationStore
internal import Reports

extension RunID: ExpressibleByArgument {
    package init?(argument: String) {
        guard let number = Int64(argument), number > 0 else { return nil }
        self.init(number)
    }
}

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Prints what a run came to; exits with 2 where it is not complete.")

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() throws {
        try ProgramExit.reporting {
            try DatabaseAccess(options: databaseOptions).withStore { store in
                try RunFollower(store: store, run: runID).report(as: format)
            }
        }
    }
}

struct PredictionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predictions", abstract: "Prints a run's predictions, one line an image, in the data set's order.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case csv }

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @Option(help: "csv: file, label, top1 to top5, the prediction after each time step, spikes, synaptic operations.")
    var format = Format.csv

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() throws {
        try ProgramExit.reporting {
            try DatabaseAccess(options: databaseOptions).withStore { store in
                output(PredictionTable.header(timeSteps: try store.run(runID).specification.timeSteps))
                try store.forEachPrediction(of: runID) { prediction, path in output(PredictionTable.row(prediction, path: path)) }
            }
        }
    }
}
