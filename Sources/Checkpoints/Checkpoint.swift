import Crypto
package import Diagnostics
import FoundationEssentials
package import SpikingMLP

/// A trained network, read from a file, checked and complete.
package struct Checkpoint: Sendable {
    package var architecture: Architecture
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

    /// Reads a `.pth` or `.safetensors` file, told apart by content. The file is memory-mapped and must not be shortened meanwhile.
    ///
    /// Nothing in the file is executed. Memory taken is bounded by a multiple of the file's size.
    /// - Parameter weights: the key of the state dict to take where a file holds several; nil for the usual one.
    /// - Throws: the `checkpoint.*` codes.
    package static func load(path: String, weights: String? = nil) throws(Failure) -> Checkpoint {
        try load(CheckpointFile(path: path), weights: weights)
    }

    /// As ``load(path:weights:)`` for a file that is in memory; `name` stands for it in messages.
    package static func load(bytes: [UInt8], name: String, weights: String? = nil) throws(Failure) -> Checkpoint {
        try load(CheckpointFile(bytes: bytes, name: name), weights: weights)
    }

    private static func load(_ file: CheckpointFile, weights: String?) throws(Failure) -> Checkpoint {
        let (state, format) = try StateDictionary.read(file, key: weights)
        let (architecture, matching) = try match(state, file.context)
        try checkMemory(matching, state, file.context)
        let sha256 = hash(file)
        file.releasePages()
        var tensors: [String: Tensor] = [:]
        var read = 0
        for match in matching.matches {
            tensors[match.name] = Tensor(shape: match.tensor.shape, values: match.tensor.floats(in: state.data))
            read += match.tensor.byteCount
            if read >= Self.bytesBetweenReleases {
                file.releasePages()
                read = 0
            }
        }
        try checkValues(matching, tensors, file.context)
        return Checkpoint(
            architecture: architecture, parameters: Parameters(architecture: architecture, tensors: tensors),
            savedTimeSteps: state.savedTimeSteps, epoch: state.epoch, format: format, sha256: sha256, fileBytes: file.count,
            notices: state.notices + matching.notices)
    }

    private static let bytesBetweenReleases = 16 << 20

    /// - Throws: `checkpoint.mismatch`, with what the file holds.
    private static func match(
        _ state: StateDictionary, _ context: FailureContext
    ) throws(Failure) -> (Architecture, ParameterMatching) {
        do {
            let architecture = try ArchitectureDetection(shapes: state.tensors.mapValues(\.shape), context: context).detect()
            return (architecture, try ParameterMatching(state, architecture: architecture, context: context))
        } catch {
            throw state.describing(error)
        }
    }

    /// Tensors may share a storage in a `.pth`, but a network's do not: together they cannot have more bytes than the file, or what it
    /// unpacks to.
    private static func checkMemory(
        _ matching: ParameterMatching, _ state: StateDictionary, _ context: FailureContext
    ) throws(Failure) {
        let total = matching.matches.reduce(0) { $0 + $1.tensor.byteCount }
        guard total <= state.data.count else {
            throw context.malformed("the tensors have \(total) bytes in all, and the file has \(state.data.count)")
        }
    }

    private static func checkValues(
        _ matching: ParameterMatching, _ tensors: [String: Tensor], _ context: FailureContext
    ) throws(Failure) {
        let invalid = matching.matches.map(\.name).filter { name in
            guard let values = tensors[name]?.values else { return false }
            let isVariance = name.hasSuffix(".running_var")
            return !values.allSatisfy { $0.isFinite && (!isVariance || $0 >= 0) }
        }
        guard invalid.isEmpty else {
            let listed = 20
            throw Failure(
                .checkpointInvalidValue,
                "\(context.fileName): \(invalid.count) tensors hold NaN, infinity or a negative variance: "
                    + "\(invalid.prefix(listed).joined(separator: ", "))\(invalid.count > listed ? ", …" : "")",
                remedy: "Give a checkpoint from before the training diverged.")
        }
    }

    /// The SHA-256 of a file, hexadecimal, as ``sha256`` has it.
    ///
    /// - Throws: `checkpoint.unreadable`.
    package static func sha256(ofFile path: String) throws(Failure) -> String {
        hash(try CheckpointFile(path: path))
    }

    static func hash(_ file: CheckpointFile) -> String {
        let digits = Array("0123456789abcdef")
        return String(SHA256.hash(data: file.data).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
