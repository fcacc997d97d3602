internal import ArgumentParser
internal import EvaluationStore
internal import Reports

struct SubmitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Starts a run on the workers of a database, and prints its number.",
        discussion: "With --wait it follows the run and ends with its report instead.")

    @Option(help: "Name of a data set, as `evalctl dataset add` gave it.")
    var dataset: String

    @Option(help: "Name of a model, as `evalctl model add` gave it.")
    var model: String

    @OptionGroup var runOptions: RunOptions

    @Flag(help: "Follow the run to its end and print its report; exits with 2 where it is not complete.")
    var wait = false

    @Option(help: "With --wait: table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() throws {
        try ProgramExit.reporting {
            try DatabaseAccess(options: databaseOptions).withStore { store in
                let run = try runOptions.submit(
                    model: store.model(named: model), dataset: store.dataSet(named: dataset), store: store)
                guard wait else { return output("\(run)\n") }
                note("run \(run)")
                let follower = RunFollower(store: store, run: run)
                try follower.follow()
                try follower.report(as: format)
            }
        }
    }
}
