internal import ArgumentParser
internal import Diagnostics
internal import Evaluation
internal import EvaluationStore

struct PruneCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Deletes runs that ended long ago, or their rows.",
        discussion: """
            With --keep-reports the runs stay with their accuracies and reports, and what every image gave goes. A run that has no report yet \
            is left alone.
            """)

    @Option(help: "How long ago a run must have ended: a number and d, h or m, such as 90d.")
    var runsOlderThan: AgeText

    @Flag(help: "Keep each run, its figures and its report; delete its rows and shards only.")
    var keepReports = false

    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var databaseOptions: DatabaseOptions

    func run(_ store: EvaluationStore) throws {
        let runs = try store.queue.runsEnded(secondsAgo: runsOlderThan.seconds, keepingReports: keepReports)
        guard let first = runs.first, let last = runs.last else { return note("no run ended so long ago") }
        let expected = try runs.reduce(FreedRows()) { $0 + (try store.queue.deletionOfRun($1)) }
        let what = keepReports ? "Pruning the rows of" : "Deleting"
        guard try confirmation.confirm("\(what) \(runs.count.counted("run")), \(first) to \(last), frees \(expected.text).") else {
            return note("nothing was deleted")
        }
        var freed = FreedRows()
        for run in runs { freed = freed + (try keepReports ? store.queue.pruneRun(run) : store.queue.deleteRun(run)) }
        note("\(keepReports ? "pruned" : "deleted") \(freed.runs.counted("run")): \(freed.text)")
    }
}

/// A time such as `90d`.
struct AgeText: ExpressibleByArgument, Sendable {
    let seconds: Double

    init?(argument: String) {
        let units: [Character: Double] = ["d": 86_400, "h": 3600, "m": 60]
        guard let unit = argument.last.flatMap({ units[$0] }), let number = Int(argument.dropLast()), (0...100_000).contains(number) else {
            return nil
        }
        seconds = Double(number) * unit
    }
}
