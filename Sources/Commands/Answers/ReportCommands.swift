internal import ArgumentParser
internal import Evaluation
internal import EvaluationStore
internal import Pages
internal import Reports

extension RunID: ExpressibleByArgument {
    package init?(argument: String) {
        guard let number = Int64(argument), number > 0 else { return nil }
        self.init(number)
    }
}

struct ReportCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Prints what a run came to; exits with 2 where it is not complete.",
        discussion: """
            With --reference it exits with 3 where top-1 is further from it than the tolerance, and says so on standard error.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json, markdown, latex, html
        case markdownRow = "markdown-row"
    }

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @Option(help: "table, json, markdown, latex (a row of a table), markdown-row, or html (a page with figures).")
    var format = Format.table

    @Flag(help: "With latex and markdown-row: the columns' titles too.")
    var header = false

    @Option(help: "With html: how many of the worst mistakes to show, 0 to 200.")
    var mistakes = 24

    @OptionGroup var dataSetRoots: DataSetRootOptions

    @Option(help: "A file to write to, which is replaced. Default: standard output.")
    var output: String?

    @Option(help: "A top-1 accuracy to hold the run against, in percent, such as 66.39.")
    var reference: Double?

    @Option(help: "How far top-1 may be from the reference, in percentage points.")
    var tolerance = 0.2

    @OptionGroup var databaseOptions: DatabaseOptions

    func validate() throws {
        if let reference, !(0...100).contains(reference) { throw ValidationError("--reference takes 0 to 100") }
        guard (0...200).contains(mistakes) else { throw ValidationError("--mistakes takes 0 to 200") }
        guard (0...100).contains(tolerance) else { throw ValidationError("--tolerance takes 0 to 100") }
    }

    func run(_ store: EvaluationStore) throws {
        let report = try write(store)
        let reference = reference.map { AccuracyReference(percent: $0, tolerance: tolerance) }
        if let reference { note(reference.verdict(for: report)) }
        if !report.complete { throw ProgramExit.incomplete }
        if let reference, !reference.holds(for: report) { throw ProgramExit.differs }
    }

    /// Writes the report and returns its figures.
    private func write(_ store: EvaluationStore) throws -> RunReport {
        if format == .html {
            var content = try store.answers.pageContent(of: runID, worstImages: mistakes)
            content.readPictures(in: dataSetRoots.folders[content.report.dataset])
            try TextOutput.write(RunPage(content).html, to: output)
            return content.report
        }
        let report = try store.answers.report(runID)
        try TextOutput.write(try rendered(report), to: output)
        return report
    }

    private func rendered(_ report: RunReport) throws -> String {
        switch format {
        case .table, .html: try report.rendered(as: .table)
        case .json: try report.rendered(as: .json)
        case .markdown: try report.rendered(as: .markdown)
        case .latex: report.latexRow(header: header)
        case .markdownRow: report.markdownRow(header: header)
        }
    }
}

struct PredictionsCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "predictions", abstract: "Prints a run's predictions, one line an image, in the data set's order.")

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @Option(
        help:
            "csv: file, label, top1 to top5, the prediction after each time step, spikes, synaptic operations; jsonl or parquet: all columns."
    )
    var format = ExportFormat.csv

    @Flag(help: "With csv: all columns, with scores, ranks, margins, counts per time step and times.")
    var all = false

    @OptionGroup var databaseOptions: DatabaseOptions

    func run(_ store: EvaluationStore) throws {
        let export = PredictionExport(
            timeSteps: try store.queue.unprunedRun(runID).specification.timeSteps, isWhole: all || format != .csv)
        try ExportOutput.write(export.columns, as: format) { writer in
            try store.answers.forEachPrediction(of: runID) { try writer.write(export.row($0, path: $1)) }
        }
    }
}
