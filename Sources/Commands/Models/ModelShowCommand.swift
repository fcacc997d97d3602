internal import ArgumentParser
internal import Checkpoints
internal import Diagnostics
internal import Engine
internal import EvaluationStore
internal import Foundation
internal import ImageInput
internal import Networks
internal import Pages
internal import Reports

struct ModelShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Says what a checkpoint holds.",
        discussion: """
            Where a file carries what the network's own code gave on two images, that is computed and compared; exits with 3 where the two part.
            """)

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
        try ProgramExit.reporting {
            if isFile {
                let checkpoint = try checkpointOptions.load(model)
                let description = try CheckpointExamination.description(of: checkpoint, path: model)
                return try write(description) { checkpoint }
            }
            try DatabaseAccess(options: databaseOptions).withStore { store in
                let stored = try store.model(named: model, orFile: true)
                var description = try stored.description()
                description.recipe = try description.recipe ?? CheckpointExamination.recipe(of: description).identifier
                guard description.probe != nil else {
                    return try write(description) { try StoredCheckpoint.load(stored, from: store) }
                }
                try StoredCheckpoint.withFile(of: stored, from: store) { checkpoint, path in
                    description.probe = try CheckpointExamination.verdict(on: checkpoint, path: path)
                    try write(description) { checkpoint }
                }
            }
        }
    }

    private var isFile: Bool { NameText.isPath(model) }

    private func write(_ description: CheckpointDescription, checkpoint: () throws -> Checkpoint) throws {
        try TextOutput.write(rendered(description, checkpoint), to: output)
        if description.probe?.parting != nil { throw ProgramExit.differs }
    }

    private func rendered(_ description: CheckpointDescription, _ checkpoint: () throws -> Checkpoint) throws -> String {
        func table() throws -> TextTable {
            let units = isFile ? try unitRows(checkpoint()) : []
            return TextTable([.init("property"), .init("value")], rows: description.rows + units)
        }
        switch format {
        case .table: return try table().plain()
        case .markdown: return try table().markdown()
        case .json: return try renderJSON(description)
        case .html:
            let name = isFile ? (model as NSString).lastPathComponent : model
            return try ModelPage(checkpoint(), name: name, rows: rows, probe: description.probe).html
        }
    }

    /// What folding finds: the units of fixed point, and where an outlier costs bits.
    private func unitRows(_ checkpoint: consuming Checkpoint) throws -> [[String]] {
        let title = "units of \(Engines.defaultName)"
        do {
            guard let fixed = try Engines.make(Engines.defaultName, parameters: checkpoint.parameters) as? FixedEngine else {
                return []
            }
            let units = UnitSummary(fixed.unitSpread)
            return [[title, units.spread]] + units.warnings.map { ["warning", $0] }
        } catch let failure as Failure where failure.code == .unfitWeights {
            return [[title, failure.message]]
        }
    }
}
