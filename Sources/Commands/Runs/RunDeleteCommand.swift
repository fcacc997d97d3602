internal import ArgumentParser
internal import Evaluation
internal import EvaluationStore
internal import Reports

struct RunDeleteCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Deletes a run that has ended, with all its rows and its report.")

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var databaseOptions: DatabaseOptions

    func run(_ store: EvaluationStore) throws {
        let freed = try store.queue.deletionOfRun(runID)
        guard try confirmation.confirm("Deleting run \(runID) frees \(freed.text).") else { return note("nothing was deleted") }
        note("deleted run \(runID): \(try store.queue.deleteRun(runID).text)")
    }
}

extension FreedRows {
    /// For people: predictions and about how many bytes.
    var text: String {
        "\(NumberText.grouped(predictions, "prediction")), about \(NumberText.grouped((bytes + 1023) / 1024)) kB"
    }
}
