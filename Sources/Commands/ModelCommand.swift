internal import ArgumentParser
internal import Checkpoints
internal import Diagnostics
internal import EvaluationStore
internal import Foundation
internal import Pages
internal import Reports

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Adds, lists, examines and deletes models.",
        subcommands: [Add.self, List.self, Show.self, Delete.self, ModelSynthCommand.self, ModelTraceCommand.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stores a checkpoint in the database under a name; workers fetch it from there.")

        @Argument(help: "The model's name.")
        var name: String

        @Argument(help: "A .pth or .safetensors file.")
        var file: String

        @OptionGroup var checkpointOptions: CheckpointOptions

        @OptionGroup var databaseOptions: DatabaseOptions

        func run() throws {
            try ProgramExit.reporting {
                try NameText.require(name, what: "model")
                try DatabaseAccess(options: databaseOptions).withStore { store in
                    let (model, isNew) = try ModelRegistration(store: store).add(name, path: file, options: checkpointOptions)
                    note(isNew ? "added model \(name), sha256 \(model.sha256)" : "model \(name) is there already, sha256 \(model.sha256)")
                }
            }
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes a model in all its versions, where no run was made of it, and its checkpoints.")

        @Argument(help: "The model's name.")
        var name: String

        @OptionGroup var confirmation: ConfirmationOptions

        @OptionGroup var databaseOptions: DatabaseOptions

        func run() throws {
            try ProgramExit.reporting {
                try DatabaseAccess(options: databaseOptions).withStore { store in
                    let kilobytes = NumberText.grouped((try store.catalogue.deletionOfModel(named: name) + 1023) / 1024)
                    guard try confirmation.confirm("Deleting model \(name) frees \(kilobytes) kB of checkpoints.") else {
                        return note("nothing was deleted")
                    }
                    try store.catalogue.deleteModel(named: name)
                    note("deleted model \(name), \(kilobytes) kB of checkpoints")
                }
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the models, newest first within a name.")

        @Option(help: "table, json or markdown.")
        var format = OutputFormat.table

        @OptionGroup var databaseOptions: DatabaseOptions

        func run() throws {
            try ProgramExit.reporting {
                try DatabaseAccess(options: databaseOptions).withStore { store in
                    let models = try store.catalogue.models()
                    guard format != .json else { return output(try renderJSON(models)) }
                    let table = TextTable(
                        [
                            .init("name"), .init("paper's name"), .init("parameters", .right), .init("format"), .init("sha256"),
                            .init("added"),
                        ],
                        rows: models.map {
                            [$0.name, $0.paperName ?? "-", NumberText.grouped($0.parameters), $0.format, $0.sha256, $0.addedAt]
                        })
                    output(format == .markdown ? table.markdown() : table.plain())
                }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Says what a checkpoint holds.")

        @Argument(help: "A .pth or .safetensors file, or the name of a stored model.")
        var model: String

        enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, markdown, html }

        @Option(help: "table, json, markdown, or html (a page with figures of the weights).")
        var format = Format.table

        @Option(help: "With html: how many rows of each block's token-mixing weights to show on their grid, 0 to 1024.")
        var rows = ModelPage.defaultRows

        @Option(help: "A file to write to, which is replaced. Default: standard output.")
        var output: String?

        @OptionGroup var checkpointOptions: CheckpointOptions

        @OptionGroup var databaseOptions: DatabaseOptions

        func validate() throws {
            if !isFile { try checkpointOptions.requireNone(model: model) }
            guard (0...1024).contains(rows) else { throw ValidationError("--rows takes 0 to 1024") }
        }

        func run() throws {
            try ProgramExit.reporting { try TextOutput.write(rendered(), to: output) }
        }

        private var isFile: Bool { NameText.isPath(model) }

        private func rendered() throws -> String {
            if format == .html {
                return try ModelPage(checkpoint(), name: isFile ? (model as NSString).lastPathComponent : model, rows: rows).html
            }
            let description =
                if isFile {
                    CheckpointDescription(try checkpointOptions.load(model))
                } else {
                    try DatabaseAccess(options: databaseOptions).withStore { try $0.model(named: model).description() }
                }
            guard format != .json else { return try renderJSON(description) }
            let table = TextTable([.init("property"), .init("value")], rows: description.rows)
            return format == .markdown ? table.markdown() : table.plain()
        }

        private func checkpoint() throws -> Checkpoint {
            if isFile { return try checkpointOptions.load(model) }
            return try DatabaseAccess(options: databaseOptions).withStore { try StoredCheckpoint.load(named: model, from: $0) }
        }
    }
}
