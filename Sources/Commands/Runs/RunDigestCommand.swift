internal import ArgumentParser
internal import Evaluation
internal import EvaluationStore

struct RunDigestCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "digest", abstract: "Prints the SHA-256 of a run's answers, the same whoever computed them.",
        discussion:
            "Two complete runs of the same model, images, time steps and engine have the same digest. Workers, shards and times are not in it."
    )

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @OptionGroup var databaseOptions: DatabaseOptions

    func run(_ store: EvaluationStore) throws {
        output("\(try store.answers.digest(of: runID))\n")
    }
}
