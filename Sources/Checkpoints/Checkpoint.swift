internal import Crypto
internal import Diagnostics
internal import FoundationEssentials
package import SpikingMLP

/// A checkpoint's format, told by its content.
package enum CheckpointFormat: String, Sendable, Hashable, Codable {
    case pth, safetensors
}

/// A network's weights as they were saved, with the architecture that their shapes say.
package struct Checkpoint: Sendable {
    package var parameters: Parameters
    /// T of the arguments that the training script saved with the weights.
    package var savedTimeSteps: Int?
    package var format: CheckpointFormat
    /// Hash of the file's bytes, hexadecimal.
    package var sha256: String
    package var fileBytes: Int

    package var architecture: Architecture { parameters.architecture }

    /// Reads a `.pth` or `.safetensors` file. No code of it is ever run.
    /// - Throws: `checkpoint.unreadable`, `checkpoint.malformed`, `checkpoint.unsupported`, `checkpoint.mismatch`,
    ///   `architecture.invalid`.
    package static func load(path: String) throws -> Checkpoint {
        try load(FileBytes(path: path))
    }

    /// Reads a checkpoint from memory; `name` is what errors call it.
    package static func load(bytes: [UInt8], name: String) throws -> Checkpoint {
        try load(FileBytes(bytes, name: name))
    }

    private static func load(_ file: FileBytes) throws -> Checkpoint {
        let format = try format(of: file)
        let source =
            switch format {
            case .pth: TensorSource(try PickledCheckpoint(file))
            case .safetensors: TensorSource(try SafetensorsFile(file))
            }
        let parameters = try parameters(of: source, fileBytes: file.count)
        return Checkpoint(
            parameters: parameters, savedTimeSteps: source.savedTimeSteps, format: format, sha256: sha256(of: file),
            fileBytes: file.count)
    }

    private static func format(of file: FileBytes) throws -> CheckpointFormat {
        guard file.count >= 8 else { throw file.malformed("it has \(file.count) bytes") }
        let start = file.bytes(0..<2)
        if start == Array("PK".utf8) { return .pth }
        if start[0] == 0x80 || start == [0x1F, 0x8B] {
            throw Failure(
                .unsupportedCheckpoint, "\(file.name) is a bare pickle, as PyTorch before 1.6 saved, or a compressed file",
                remedy: "load it in PyTorch and save it again with torch.save, or as .safetensors")
        }
        if try file.size(at: 0, "the header") <= file.count - 8, try file.integer(UInt8.self, at: 8, "the header") == UInt8(ascii: "{") {
            return .safetensors
        }
        throw file.malformed("it is neither a .pth nor a .safetensors file, or its end is missing")
    }

    private static func parameters(of source: TensorSource, fileBytes: Int) throws -> Parameters {
        let architecture = try ArchitectureDetection(source: source).detect()
        let specifications = architecture.parameterSpecifications
        let names = try CanonicalNames(source, expected: Set(specifications.map(\.name)))
        try compare(specifications, names, source)
        let elements = specifications.reduce(0) { $0 + $1.shape.reduce(1, *) }
        guard elements <= fileBytes else {
            throw Failure(
                .malformedCheckpoint, "\(source.name): its tensors claim \(elements) elements, more than its \(fileBytes) bytes can hold",
                remedy: "tensors that share a storage are not read; save each on its own")
        }
        var tensors: [String: Tensor] = [:]
        for specification in specifications {
            guard let fileName = names.fileNames[specification.name] else { continue }
            let values = try source.values(fileName)
            try check(values, specification.name, source)
            tensors[specification.name] = Tensor(shape: specification.shape, values: values)
        }
        return Parameters(architecture: architecture, tensors: tensors)
    }

    /// Lists all that is missing, surplus or of another shape, at once.
    private static func compare(_ specifications: [ParameterSpecification], _ names: CanonicalNames, _ source: TensorSource) throws {
        var problems: [String] = []
        func list(_ title: String, _ items: [String]) {
            guard !items.isEmpty else { return }
            let more = items.count > 20 ? ", and \(items.count - 20) more" : ""
            problems.append("\(items.count) \(title): \(items.prefix(20).map { String($0.prefix(200)) }.joined(separator: ", "))\(more)")
        }
        list("missing", specifications.map(\.name).filter { names.fileNames[$0] == nil })
        list("surplus", names.surplus)
        list(
            "of another shape",
            specifications.compactMap { specification in
                guard let fileName = names.fileNames[specification.name], let shape = source.shapes[fileName],
                    shape != specification.shape
                else { return nil }
                return "\(specification.name) \(shape) instead of \(specification.shape)"
            })
        guard problems.isEmpty else {
            throw Failure(
                .checkpointMismatch, "\(source.name): its tensors are not those of one network: \(problems.joined(separator: "; "))",
                remedy: "give the whole state dict of one network")
        }
    }

    private static func check(_ values: [Float], _ name: String, _ source: TensorSource) throws {
        let isVariance = name.hasSuffix(".running_var")
        guard values.allSatisfy({ $0.isFinite && (!isVariance || $0 >= 0) }) else {
            throw Failure(
                .malformedCheckpoint, "\(source.name): tensor \(name) holds \(isVariance ? "a negative or" : "a") non-finite number",
                remedy: "the training diverged or the file is damaged")
        }
    }

    /// Hash of a file's bytes, hexadecimal.
    package static func sha256(ofFile path: String) throws -> String {
        sha256(of: try FileBytes(path: path))
    }

    private static func sha256(of file: FileBytes) -> String {
        SHA256.hash(data: file.data).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
