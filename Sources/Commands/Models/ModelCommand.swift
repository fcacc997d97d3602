internal import ArgumentParser
internal import Diagnostics
internal import EvaluationStore
internal import Foundation
internal import Reports

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Adds, lists, examines and deletes models.",
        subcommands: [Add.self, List.self, ModelShowCommand.self, Delete.self, ModelSynthCommand.self, ModelTraceCommand.self])

    struct Add: StoreCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stores a checkpoint in the database under a name; workers fetch it from there.")

        @Argument(help: "The model's name.")
        var name: String

        @Argument(help: "A .pth or .safetensors file.")
        var file: String

        @OptionGroup var checkpointOptions: CheckpointOptions

        @OptionGroup var databaseOptions: DatabaseOptions

        func check() throws {
            try NameText.require(name, what: "model")
        }

        func run(_ store: EvaluationStore) throws {
            let known = try store.catalogue.models().first { $0.name == name }
            let (model, isNew) = try ModelRegistration(store: store).add(name, path: file, options: checkpointOptions)
            if isNew, let known {
                note("\(name) meant \(name)@\(known.sha256.prefix(8)) until now, and means \(name)@\(model.sha256.prefix(8)) from now on")
            }
            note(isNew ? "added model \(name), sha256 \(model.sha256)" : "model \(name) is there already, sha256 \(model.sha256)")
        }
    }

    struct Delete: StoreCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes a model in all its versions, where no run was made of it, and its checkpoints.")

        @Argument(help: "The model's name; NAME@HASH for one of its versions.")
        var name: String

        @OptionGroup var confirmation: ConfirmationOptions

        @OptionGroup var databaseOptions: DatabaseOptions

        func run(_ store: EvaluationStore) throws {
            let kilobytes = NumberText.grouped((try store.catalogue.deletionOfModel(named: name) + 1023) / 1024)
            guard try confirmation.confirm("Deleting model \(name) frees \(kilobytes) kB of checkpoints.") else {
                return note("nothing was deleted")
            }
            try store.catalogue.deleteModel(named: name)
            note("deleted model \(name), \(kilobytes) kB of checkpoints")
        }
    }

    struct List: StoreCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the models, newest first within a name.")

        @Option(help: "table, json or markdown.")
        var format = OutputFormat.table

        @OptionGroup var databaseOptions: DatabaseOptions

        func run(_ store: EvaluationStore) throws {
            let models = try store.catalogue.models()
            let table = TextTable(
                [
                    .init("name"), .init("paper's name"), .init("parameters", .right), .init("format"), .init("sha256"),
                    .init("network as given"), .init("added"),
                ],
                rows: models.map {
                    [
                        $0.name, $0.paperName ?? "-", NumberText.grouped($0.parameters), $0.format, $0.sha256,
                        $0.network.isEmpty ? "-" : $0.network, $0.addedAt,
                    ]
                })
            output(try table.rendered(as: format, json: models))
        }
    }
}
