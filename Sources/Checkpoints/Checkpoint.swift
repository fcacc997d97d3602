import Crypto
package import Diagnostics
import FoundationEssentials
package import Networks

/// A trained network of any family, read from a file, checked and complete.
package struct Checkpoint: Sendable {
    package var parameters: Parameters
    /// The time steps T of the saved training arguments (`args.T`, or `T` of safetensors metadata); nil where the file does not tell.
    package var savedTimeSteps: Int?
    /// Epochs trained when the file was saved; nil where the file does not tell.
    package var epoch: Int?
    package var format: FileFormat
    /// SHA-256 of the file's bytes, lower-case hexadecimal.
    package var sha256: String
    package var fileBytes: Int
    /// What a user should know of how the file was read: entries that were left out, other state dicts in it.
    package var notices: [String]

    /// What the user said of the network, as ``NetworkChoice`` reads it wherever it is; nil where the file tells everything.
    package var choice: String?

    package var network: Network { parameters.network }

    /// The time steps of an evaluation where nobody says a number: those of the training, else of the network's description or of its
    /// family's publications, else 4.
    package var timeSteps: Int { savedTimeSteps ?? network.facts.timeSteps ?? 4 }

    /// Reads a `.pth` or `.safetensors` file, told apart by content. The file is memory-mapped and must not be shortened meanwhile.
    ///
    /// Nothing in the file is executed. Memory taken is bounded by a multiple of the file's size.
    /// - Parameters:
    ///   - weights: the key of the state dict to take where a file holds several; nil for the usual one.
    ///   - network: what the user says it is; nil for what the tensors tell, or the file describes.
    ///   - imageSize: side of the input in pixels, where tensors do not tell it; nil for 224.
    /// - Throws: the `checkpoint.*` and `network.*` codes.
    package static func load(
        path: String, weights: String? = nil, network: NetworkChoice? = nil, imageSize: Int? = nil
    ) throws(Failure) -> Checkpoint {
        try load(CheckpointFile(path: path), weights, network, imageSize)
    }

    /// As ``load(path:weights:network:imageSize:)`` for a file that is in memory; `name` stands for it in messages.
    package static func load(
        bytes: [UInt8], name: String, weights: String? = nil, network: NetworkChoice? = nil, imageSize: Int? = nil
    ) throws(Failure) -> Checkpoint {
        try load(CheckpointFile(bytes: bytes, name: name), weights, network, imageSize)
    }

    private static func load(
        _ file: CheckpointFile, _ weights: String?, _ choice: NetworkChoice?, _ imageSize: Int?
    ) throws(Failure) -> Checkpoint {
        let (state, format) = try StateDictionary.read(file, key: weights)
        let (network, matching) = try match(state, choice, imageSize, file.context)
        try checkMemory(matching, state, file.context)
        let sha256 = hash(file)
        file.releasePages()
        var tensors: [String: Tensor] = [:]
        var read = 0
        for (specification, tensor) in matching.matches {
            tensors[specification.name] = Tensor(shape: specification.shape, values: tensor.floats(in: state.data))
            read += tensor.byteCount
            if read >= Self.bytesBetweenReleases {
                file.releasePages()
                read = 0
            }
        }
        try checkValues(matching, tensors, file.context)
        return Checkpoint(
            parameters: Parameters(network: network, tensors: tensors), savedTimeSteps: state.savedTimeSteps, epoch: state.epoch,
            format: format, sha256: sha256, fileBytes: file.count, notices: state.notices + matching.notices, choice: choice?.text)
    }

    private static let bytesBetweenReleases = 16 << 20

    /// - Throws: `checkpoint.mismatch`, with what the file holds.
    private static func match(
        _ state: StateDictionary, _ choice: NetworkChoice?, _ imageSize: Int?, _ context: FailureContext
    ) throws(Failure) -> (Network, NetworkMatching) {
        do {
            let network = try NetworkDetection(state, context: context).network(choice, imageSize: imageSize)
            return (network, try NetworkMatching(state, network: network, context: context))
        } catch {
            throw state.describing(error)
        }
    }

    /// Tensors may share a storage in a `.pth`, but a network's do not: together they cannot have more bytes than the file, or what it
    /// unpacks to.
    private static func checkMemory(
        _ matching: NetworkMatching, _ state: StateDictionary, _ context: FailureContext
    ) throws(Failure) {
        let total = matching.matches.reduce(0) { $0 + $1.tensor.byteCount }
        guard total <= state.data.count else {
            throw context.malformed("the tensors have \(total) bytes in all, and the file has \(state.data.count)")
        }
    }

    private static func checkValues(
        _ matching: NetworkMatching, _ tensors: [String: Tensor], _ context: FailureContext
    ) throws(Failure) {
        let invalid = matching.matches.map(\.specification).filter { specification in
            guard let values = tensors[specification.name]?.values else { return false }
            let lowest: Float = specification.role == .variance ? 0 : -.greatestFiniteMagnitude
            return !values.allSatisfy { $0.isFinite && $0 >= lowest }
        }
        guard invalid.isEmpty else {
            let listed = 20
            throw Failure(
                .checkpointInvalidValue,
                "\(context.fileName): \(invalid.count.counted("tensor")) \(invalid.count.agreeing("holds", "hold")) NaN, infinity or a negative variance: "
                    + "\(invalid.prefix(listed).map(\.name).joined(separator: ", "))\(invalid.count > listed ? ", …" : "")",
                remedy: "Give a checkpoint from before the training diverged.")
        }
    }

    /// The SHA-256 of a file, hexadecimal, as ``sha256`` has it.
    ///
    /// - Throws: `checkpoint.unreadable`.
    package static func sha256(ofFile path: String) throws(Failure) -> String {
        hash(try CheckpointFile(path: path))
    }

    static func hash(_ file: CheckpointFile) -> String { hash(file.data) }

    static func hash(_ text: String) -> String { hash(Data(text.utf8)) }

    private static func hash(_ data: Data) -> String {
        let digits = Array("0123456789abcdef")
        return String(SHA256.hash(data: data).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
