internal import ArgumentParser
internal import Checkpoints
internal import Foundation

/// Which weights of a checkpoint file a command takes, and what it does not tell of their network.
struct WeightsOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Of a checkpoint file with several state dicts: the key of the one to take, such as model_ema. Default: model or state_dict, or the only one.",
            valueName: "key"))
    var weights: String?

    @Option(
        help: ArgumentHelp(
            "Of a checkpoint file that does not tell its network whole: its family and what is missing, such as sew-resnet,connect=add, or a file that describes it.",
            valueName: "name[,key=value…]|file.json"))
    var network: String?

    @Option(
        help: ArgumentHelp(
            "Of a checkpoint file whose tensors do not tell it: side of the network's input. Default: 224.", valueName: "pixels"))
    var size: Int?

    func validate() throws {
        if let size, !(1...4096).contains(size) { throw ValidationError("--size takes 1 to 4096") }
    }

    /// Reads a checkpoint file and tells what a user should know of how it was read.
    ///
    /// - Parameter inputSize: of the images there are, where neither tensors nor the user tell the network's.
    func load(_ path: String, inputSize: Int? = nil) throws -> Checkpoint {
        let choice = try network.map { try NetworkChoice(parsing: $0) }
        let checkpoint = try Self.checkpoint(path, weights, choice, size: size, inputSize: inputSize)
        for notice in checkpoint.notices { note("\(path): \(notice)") }
        return checkpoint
    }

    /// - Throws: a usage error where weights are chosen of a stored model, which has those that it was added with.
    func requireNone(model: String) throws {
        guard weights == nil, network == nil, size == nil else {
            throw ValidationError(
                "--weights, --network and --size are for checkpoint files; \(model) is a stored model, of which they were chosen when it was added")
        }
    }

    private static func checkpoint(
        _ path: String, _ weights: String?, _ choice: NetworkChoice?, size: Int?, inputSize: Int?
    ) throws -> Checkpoint {
        let checkpoint = try Checkpoint.load(path: path, weights: weights, network: choice, imageSize: size)
        guard size == nil, let inputSize, inputSize != checkpoint.network.inputSize, checkpoint.network.isSizeAssumed else {
            return checkpoint
        }
        return try Checkpoint.load(path: path, weights: weights, network: choice, imageSize: inputSize)
    }
}
