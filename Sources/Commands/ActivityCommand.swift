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

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, markdown, csv, jsonl, parquet }

    @Option(help: "table, json, markdown; or a row a layer and time step: csv, jsonl, parquet.")
    var format = Format.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() throws {
        try ProgramExit.reporting {
            try DatabaseAccess(options: databaseOptions).withStore { store in
                _ = try store.run(runID)
                let report = ActivityReport(
                    run: runID, groups: try store.layerFiring(of: runID), synapses: try store.layerOperations(of: runID))
                if let format = OutputFormat(rawValue: format.rawValue) { return output(try report.rendered(as: format)) }
                try ExportOutput.write(ActivityExport.columns, as: ExportFormat(rawValue: format.rawValue) ?? .csv) { writer in
                    for row in ActivityExport.rows(report) { try writer.write(row) }
                }
            }
        }
    }
}
