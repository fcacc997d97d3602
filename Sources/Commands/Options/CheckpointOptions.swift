internal import ArgumentParser
package import Checkpoints
internal import Foundation
internal import NetworkFamilies
internal import Networks

/// How a checkpoint file is read: which weights of it, and what it does not tell of its network.
package struct CheckpointOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Of a checkpoint file with several state dicts: the key of the one to take, such as model_ema. Default: model or state_dict, or the only one.",
            valueName: "key"))
    var weights: String?

    @Option(
        help: ArgumentHelp(
            """
            What a checkpoint file does not tell of its network: NAME[,key=value…], where NAME is \
            \(NetworkFamilies.names.joined(separator: ", ")), and keys are connect, neuron, tau, threshold, reset, decay-input, heads, \
            pooling and last-pool; or a .json file that describes the network.
            """, valueName: "network"))
    var network: String?

    @Option(help: "Side of the network's input in pixels, where its tensors do not tell it. Default: 224.")
    var size: Int?

    package init() {}

    package func validate() throws {
        // A file is read where the checkpoint is.
        if let network, !network.hasSuffix(".json") { _ = try NetworkChoice(parsing: network) }
        if let size, !(1...4096).contains(size) { throw ValidationError("--size takes 1 to 4096") }
    }

    private var choice: NetworkChoice? {
        get throws { try network.map { try NetworkChoice(parsing: $0) } }
    }

    /// Reads a checkpoint file and tells what a user should know of how it was read.
    ///
    /// - Parameter inputSize: of the images that are there, where tensors do not tell the network's and nobody says it.
    /// - Throws: the `checkpoint.*` and `network.*` codes.
    package func load(_ path: String, inputSize: Int? = nil) throws -> Checkpoint {
        var checkpoint = try Checkpoint.load(path: path, weights: weights, network: choice, imageSize: size)
        if size == nil, let inputSize, checkpoint.network.inputSize != inputSize,
            let sized = try? Checkpoint.load(path: path, weights: weights, network: choice, imageSize: inputSize)
        {
            checkpoint = sized
        }
        for notice in checkpoint.notices { note("\(path): \(notice)") }
        return checkpoint
    }

    /// A file of the chosen weights alone.
    func loadExtract(_ path: String) throws -> Checkpoint { try Checkpoint.load(path: path, network: choice, imageSize: size) }

    /// - Throws: a usage error where something is said of a stored model, which is read as it was added.
    func requireNone(model: String) throws {
        guard weights == nil, network == nil, size == nil else {
            throw ValidationError(
                "--weights, --network and --size are for checkpoint files; \(model) is a stored model, which is read as it was added")
        }
    }
}
