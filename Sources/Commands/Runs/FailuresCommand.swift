internal import ArgumentParser
internal import Evaluation
internal import EvaluationStore
internal import Reports

struct FailuresCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "failures", abstract: "Lists the images of a run that have no prediction, and why; exits with 2 where there are some.")

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func run(_ store: EvaluationStore) throws {
        let failures = try store.queue.imageFailures(of: runID)
        for run in try store.queue.progress(runID) {
            let report = FailureReport(
                run: runID, state: run.state,
                images: .init(expected: run.imagesExpected, evaluated: run.imagesEvaluated, failed: run.imagesFailed),
                causes: try store.queue.failureCounts(of: runID), failures: failures)
            output(try report.rendered(as: format))
            if run.imagesEvaluated < run.imagesExpected { throw ProgramExit.incomplete }
        }
    }
}
