internal import ArgumentParser
internal import EvaluationStore
internal import Reports

struct DataSetDeleteCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Deletes a data set in all its versions, where no run was made of it. Image files stay.")

    @Argument(help: "The data set's name; NAME@HASH for one of its versions.")
    var name: String

    @OptionGroup var confirmation: ConfirmationOptions

    @OptionGroup var databaseOptions: DatabaseOptions

    func run(_ store: EvaluationStore) throws {
        let images = NumberText.grouped(try store.catalogue.deletionOfDataSet(named: name), "image")
        guard try confirmation.confirm("Deleting data set \(name) frees a manifest of \(images).") else {
            return note("nothing was deleted")
        }
        try store.catalogue.deleteDataSet(named: name)
        note("deleted data set \(name), a manifest of \(images)")
    }
}
