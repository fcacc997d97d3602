internal import ArgumentParser
internal import Evaluation
internal import EvaluationStore
internal import Foundation
internal import Reports

struct StatusCommand: StoreCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "Shows how far runs are.")

    @Argument(help: ArgumentHelp("The run's number; all runs without it.", valueName: "run"))
    var runID: RunID?

    @Flag(help: "Show it again every second until the runs have ended.")
    var watch = false

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func run(_ store: EvaluationStore) throws {
        var runs = try RunTable.named(store.queue.progress(runID), store)
        output(try RunTable.rendered(runs, as: format))
        while watch, runs.contains(where: { !$0.state.isTerminal }) {
            sleep(1)
            runs = try RunTable.named(store.queue.progress(runID), store)
            output(try RunTable.rendered(runs, as: format))
        }
        RunTable.advise(runs, isEmbedded: try databaseOptions.givenAddress() == nil)
    }
}
