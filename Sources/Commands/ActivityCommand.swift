internal import ArgumentParser
internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Reports

struct ActivityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "activity",
        abstract: "Shows firing rates and synaptic operations by layer and time step, and silent or saturated layers.")

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() throws {
        try ProgramExit.reporting {
            try DatabaseAccess(options: databaseOptions).withStore { store in
                _ = try store.run(runID)
                let report = ActivityReport(
                    run: runID, groups: try store.layerFiring(of: runID), synapses: try store.layerOperations(of: runID))
                output(try report.rendered(as: format))
            }
        }
    }
}
