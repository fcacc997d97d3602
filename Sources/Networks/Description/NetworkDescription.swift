package import Diagnostics

extension Failure.Code {
    /// A network's description is not one: its JSON, a field, or how its nodes hang together.
    package static let invalidDescription = Failure.Code("network.invalid-description")
}

/// A network as JSON, in the metadata of a safetensors file or in a file of its own: nodes in any order, each with its operation, what it
/// reads, and the names of its tensors.
package struct NetworkDescription: Sendable {
    package let graph: NetworkGraph
    package let timeSteps: Int?

    /// The key of a safetensors file's metadata that holds a description.
    package static let metadataKey = "network"
    static let version = 1
    /// What to do about a description that cannot be used.
    package static let remedy = "Write it again; docs/networks.md says what it may hold."
    package static let maximumBytes = 32 << 20

    /// Reads a description. What nodes give is checked by ``Network``; nothing here is allocated by what they claim.
    ///
    /// - Parameters:
    ///   - shapes: of the tensors that it may name.
    ///   - name: of the file, for messages.
    /// - Throws: `network.invalid-description`, naming the node and the cause.
    package init(reading json: [UInt8], shapes: TensorShapes, name: String) throws(Failure) {
        guard json.count <= Self.maximumBytes else {
            throw Self.invalid(name, "it has \(json.count) bytes, and \(Self.maximumBytes) at most are read")
        }
        var scanner = JSONScanner(json, subject: "the JSON") { Self.invalid(name, $0) }
        let value = try scanner.value()
        try scanner.expectEnd()
        do throws(Failure) {
            var top = try DescribedFields(value, "the description")
            guard try top.integer("version", 0...1 << 20) == Self.version else {
                throw DescribedFields.invalid("its version is not \(Self.version), which this program reads")
            }
            var input = try DescribedFields(try top.value("input"), "its input")
            guard try input.integer("channels", 0...1 << 20) == 3 else { throw DescribedFields.invalid("images have 3 channels") }
            let size = try input.integer("size", 1...NetworkLimit.inputSize)
            try input.finish()
            timeSteps = try top.optionalInteger("timesteps", 1...NetworkLimit.timeSteps)
            let nodes = try DescribedNode.list(try top.value("nodes"))
            let output = try top.string("output")
            try top.finish()
            graph = try DescribedOrder(nodes, output: output).graph(inputSize: size, shapes: shapes)
        } catch {
            throw Self.invalid(name, error.message)
        }
    }

    private static func invalid(_ name: String, _ reason: String) -> Failure {
        Failure(
            .invalidDescription, "\(name): the description of the network cannot be used: \(reason)",
            remedy: remedy)
    }
}
