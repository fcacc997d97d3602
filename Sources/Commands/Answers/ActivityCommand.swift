internal import ArgumentParser
internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Reports

extension ActivityDialect: ExpressibleByArgument {}

struct ActivityCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "activity",
        abstract: "Shows firing rates and synaptic operations by layer and time step, and silent or saturated layers.")

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, markdown, csv, jsonl, parquet }

    @Option(help: "table, json, markdown; or a row a layer and time step: csv, jsonl, parquet.")
    var format = Format.table

    @Option(
        help: ArgumentHelp(
            "Instead: the same activity as others count it, beside ours. As table, json or markdown.", valueName: "dialect"))
    var dialect: ActivityDialect?

    @OptionGroup var databaseOptions: DatabaseOptions

    func validate() throws {
        guard dialect == nil || OutputFormat(rawValue: format.rawValue) != nil else {
            throw ValidationError("--dialect is shown as table, json or markdown")
        }
    }

    func run(_ store: EvaluationStore) throws {
        let run = try store.queue.unprunedRun(runID)
        if let dialect { return output(try dialectReport(dialect, of: run, store)) }
        let report = ActivityReport(
            run: runID, groups: try store.answers.layerFiring(of: runID), synapses: try store.answers.layerOperations(of: runID))
        if let format = OutputFormat(rawValue: format.rawValue) { return output(try report.rendered(as: format)) }
        try ExportOutput.write(ActivityExport.columns, as: ExportFormat(rawValue: format.rawValue) ?? .csv) { writer in
            for row in ActivityExport.rows(report) { try writer.write(row) }
        }
    }

    private func dialectReport(_ dialect: ActivityDialect, of run: StoredRun, _ store: EvaluationStore) throws -> String {
        let costs = try store.answers.energyCosts(named: EnergyCosts.defaultName)
        let figures = try RunWorkload.workload(of: run, from: store).figures(in: dialect, costs: costs)
        return try DialectReport(run: runID, dialect: dialect, figures: figures).rendered(
            as: OutputFormat(rawValue: format.rawValue) ?? .table)
    }
}
