internal import ArgumentParser
internal import Checkpoints
internal import Foundation

/// Which weights of a checkpoint file a command takes.
struct WeightsOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Of a checkpoint file with several state dicts: the key of the one to take, such as model_ema. Default: model or state_dict, or the only one.",
            valueName: "key"))
    var weights: String?

    /// Reads a checkpoint file and tells what a user should know of how it was read.
    func load(_ path: String) throws -> Checkpoint { try Self.load(path, weights: weights) }

    /// As ``load(_:)``, of the state dict under a key.
    static func load(_ path: String, weights: String?) throws -> Checkpoint {
        let checkpoint = try Checkpoint.load(path: path, weights: weights)
        for notice in checkpoint.notices { note("\(path): \(notice)") }
        return checkpoint
    }

    /// - Throws: a usage error where weights are chosen of a stored model, which has those that it was added with.
    func requireNone(model: String) throws {
        guard weights == nil else {
            throw ValidationError(
                "--weights is for checkpoint files; \(model) is a stored model, whose weights were chosen when it was added")
        }
    }
}
