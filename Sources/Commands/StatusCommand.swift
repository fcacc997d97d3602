internal import ArgumentParser
internal import Evaluation
internal import EvaluationStore
internal import Foundation
internal import Reports

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "Shows how far runs are.")

    @Argument(help: ArgumentHelp("The run's number; all runs without it.", valueName: "run"))
    var runID: RunID?

    @Flag(help: "Show it again every second until the runs have ended.")
    var watch = false

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() throws {
        try ProgramExit.reporting {
            try DatabaseAccess(options: databaseOptions).withStore { store in
                var runs = try RunTable.named(store.progress(runID), store)
                output(try RunTable.rendered(runs, as: format))
                while watch, runs.contains(where: { !$0.state.isTerminal }) {
                    sleep(1)
                    runs = try RunTable.named(store.progress(runID), store)
                    output(try RunTable.rendered(runs, as: format))
                }
            }
        }
    }
}

/// `evalctl run list` shows the same as `evalctl status` without a run.
struct RunListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the runs, newest first.")

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() throws {
        try ProgramExit.reporting {
            try DatabaseAccess(options: databaseOptions).withStore { store in
                output(try RunTable.rendered(RunTable.named(store.progress(), store), as: format))
            }
        }
    }
}

/// Runs and how far they are.
enum RunTable {
    /// Runs with the short hash behind names that several models or data sets have.
    static func named(_ runs: [RunProgress], _ store: EvaluationStore) throws -> [RunProgress] {
        let references = try store.ambiguousReferences()
        return runs.map { run in
            var run = run
            if let model = references[run.run]?.model { run.model = model }
            if let dataset = references[run.run]?.dataset { run.dataset = dataset }
            return run
        }
    }

    static func rendered(_ runs: [RunProgress], as format: OutputFormat) throws -> String {
        if format == .json { return try renderJSON(runs) }
        let table = TextTable(
            [
                .init("run", .right), .init("model"), .init("dataset"), .init("state"), .init("images", .right), .init("done", .right),
                .init("images/s", .right), .init("shards done/all", .right), .init("running", .right), .init("dead", .right),
                .init("submitted"),
            ],
            rows: runs.map { run in
                [
                    "\(run.run)", run.model, run.dataset, run.state.rawValue, "\(run.imagesExpected)", "\(run.imagesDone)",
                    NumberText.fixed(run.imagesPerSecond, 1), "\(run.shardsDone)/\(run.shards)", "\(run.shardsRunning)",
                    "\(run.shardsDead)", run.submittedAt,
                ]
            })
        return format == .markdown ? table.markdown() : table.plain()
    }
}
