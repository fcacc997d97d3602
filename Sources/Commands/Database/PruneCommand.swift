internal import ArgumentParser
internal import Diagnostics
internal import Evaluation
internal import EvaluationStore

struct PruneCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Deletes runs that ended long ago, or their rows.",
        discussion: """
            With --keep-reports the runs stay with their accuracies and reports, and what every image gave goes. A run that has no report, \
            such as one that was cancelled, is left alone. So is one that was resumed meanwhile, or is gone: standard error says which.
            """)

    @Option(help: "How long ago a run must have ended: a number and d, h or m, such as 90d.")
    var runsOlderThan: AgeText

    @Flag(help: "Keep each run, its figures and its report; delete its rows and shards only.")
    var keepReports = false

    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var databaseOptions: DatabaseOptions

    func run(_ store: EvaluationStore) throws {
        let choice = try store.queue.pruningChoice(secondsAgo: runsOlderThan.seconds, keepsReports: keepReports)
        let runs = try store.queue.runs(of: choice)
        guard let lowest = runs.min(), let highest = runs.max() else { return note("no run ended so long ago") }
        let what = keepReports ? "Pruning the rows of" : "Deleting"
        let numbers = runs.count == 1 ? "run \(lowest)" : "\(runs.count.counted("run")) with numbers from \(lowest) to \(highest)"
        guard try confirmation.confirm("\(what) \(numbers) frees \(store.queue.room(of: runs).text).") else {
            return note("nothing was deleted")
        }
        let (freed, skipped) = try store.queue.prune(runs, choice)
        if !skipped.isEmpty {
            let causes = skipped.prefix(10).map(\.message).joined(separator: "; ") + (skipped.count > 10 ? "; and others" : "")
            note("left \(skipped.count.counted("run")) alone: \(causes)")
        }
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
