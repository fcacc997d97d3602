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

    /// Reads a `.pth` or `.safetensors` file, told apart by content. The file is memory-mapped and must not be shortened meanwhile.
    ///
    /// Nothing in the file is executed. Memory taken is bounded by the file's size.
    /// - Throws: the `checkpoint.*` codes.
    package static func load(path: String) throws(Failure) -> Checkpoint {
        try load(CheckpointFile(path: path))
    }

    /// As ``load(path:)`` for a file that is in memory; `name` stands for it in messages.
    package static func load(bytes: [UInt8], name: String) throws(Failure) -> Checkpoint {
        try load(CheckpointFile(bytes: bytes, name: name))
    }

    private static func load(_ file: CheckpointFile) throws(Failure) -> Checkpoint {
        let format = try FileFormat.detect(file)
        let state: StateDictionary
        var archive: ZipArchive?
        switch format {
        case .torch:
            let torch = try TorchArchive(file)
            state = try torch.stateDictionary()
            archive = torch.zip
        case .safetensors:
            state = try StateDictionary(SafetensorsFile(file))
        }
        let architecture = try ArchitectureDetection(shapes: state.tensors.mapValues(\.shape), context: file.context).detect()
        let matching = try ParameterMatching(state, architecture: architecture, context: file.context)
        try checkMemory(matching, file)
        if let archive {
            try verify(matching, state, archive)
        }
        let sha256 = hash(file)
        file.releasePages()
        var tensors: [String: Tensor] = [:]
        var read = 0
        for match in matching.matches {
            tensors[match.name] = Tensor(shape: match.tensor.shape, values: match.tensor.floats(in: file.data))
            read += match.tensor.byteCount
            if read >= Self.bytesBetweenReleases {
                file.releasePages()
                read = 0
            }
        }
        try checkValues(matching, tensors, file.context)
        return Checkpoint(
            architecture: architecture, parameters: Parameters(architecture: architecture, tensors: tensors),
            savedTimeSteps: state.savedTimeSteps, epoch: state.epoch, format: format, sha256: sha256, fileBytes: file.count)
    }

    private static let bytesBetweenReleases = 16 << 20

    /// Tensors may share a storage in a `.pth`, but a network's do not: together they cannot have more bytes than the file.
    private static func checkMemory(_ matching: ParameterMatching, _ file: CheckpointFile) throws(Failure) {
        let total = matching.matches.reduce(0) { $0 + $1.tensor.byteCount }
        guard total <= file.count else {
            throw file.context.malformed("the tensors have \(total) bytes in all, and the file has \(file.count)")
        }
    }

    private static func verify(_ matching: ParameterMatching, _ state: StateDictionary, _ archive: ZipArchive) throws(Failure) {
        var verified: Set<String> = []
        for match in matching.matches {
            guard let name = state.entryNames[match.storedName], verified.insert(name).inserted, let entry = archive.entry(name) else {
                continue
            }
            try archive.verify(entry)
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

    private static func hash(_ file: CheckpointFile) -> String {
        let digits = Array("0123456789abcdef")
        return String(SHA256.hash(data: file.data).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
