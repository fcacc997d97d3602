internal import ArgumentParser
internal import Diagnostics
internal import EvaluationStore
internal import Foundation
internal import Reports

/// `evalctl run list` shows the same as `evalctl status` without a run.
struct RunListCommand: StoreCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the runs, newest first.")

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func run(_ store: EvaluationStore) throws {
        let runs = try RunTable.named(store.queue.progress(), store)
        output(try RunTable.rendered(runs, as: format))
        RunTable.advise(runs, isEmbedded: try databaseOptions.givenAddress() == nil)
    }
}

/// Runs and how far they are.
enum RunTable {
    /// Runs with the short hash behind names that several models or data sets have.
    static func named(_ runs: [RunProgress], _ store: EvaluationStore) throws -> [RunProgress] {
        let references = try store.catalogue.ambiguousReferences()
        return runs.map { run in
            var run = run
            if let model = references[run.run]?.model { run.model = model }
            if let dataset = references[run.run]?.dataset { run.dataset = dataset }
            return run
        }
    }

    static func rendered(_ runs: [RunProgress], as format: OutputFormat) throws -> String {
        let table = TextTable(
            [
                .init("run", .right), .init("model"), .init("dataset"), .init("state"), .init("images", .right), .init("done", .right),
                .init("failed", .right), .init("images/s", .right), .init("shards done/all", .right), .init("running", .right),
                .init("dead", .right), .init("submitted"),
            ],
            rows: runs.map { run in
                [
                    "\(run.run)", run.model, run.dataset, run.stateWords, "\(run.imagesExpected)",
                    "\(min(run.imagesDone + run.imagesComputed, run.imagesExpected))", "\(run.imagesFailed)",
                    NumberText.fixed(run.imagesPerSecond, 1), "\(run.shardsDone)/\(run.shards)", "\(run.shardsRunning)",
                    "\(run.shardsDead)", run.submittedAt,
                ]
            })
        let text = try table.rendered(as: format, json: runs)
        return format == .table ? coloured(text, runs) : text
    }

    /// On a terminal, runs to look after have their state in red.
    private static func coloured(_ text: String, _ runs: [RunProgress]) -> String {
        guard isatty(STDOUT_FILENO) == 1, ProcessInfo.processInfo.environment["NO_COLOR"] == nil else { return text }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for (index, run) in runs.enumerated() where run.isTroubled {
            lines[index + 1] = lines[index + 1].replacing(run.stateWords, with: "\u{1B}[31m\(run.stateWords)\u{1B}[0m", maxReplacements: 1)
        }
        return lines.joined(separator: "\n")
    }

    /// Says on standard error how runs go on that do not by themselves.
    static func advise(_ runs: [RunProgress], isEmbedded: Bool) {
        func say(_ runs: [RunProgress], _ what: String) {
            guard !runs.isEmpty else { return }
            let numbers = runs.prefix(10).map { "\($0.run)" }.joined(separator: ", ") + (runs.count > 10 ? " and others" : "")
            note("\("run".counting(runs.count)) \(numbers) \(runs.count.agreeing("is", "are")) \(what)")
        }
        say(
            runs.filter(\.isInterrupted),
            isEmbedded
                ? "interrupted: `evalctl up`, or the same `evalctl run` again, goes on where it stopped"
                : "interrupted, since no coordinator reports: eval-coordinator and eval-worker go on where it stopped")
        say(
            runs.filter { $0.isTroubled && !$0.isInterrupted },
            "not complete: `evalctl failures RUN` says why, the same `run` or `submit` again does the missing images")
    }
}
