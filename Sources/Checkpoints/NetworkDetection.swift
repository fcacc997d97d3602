import Diagnostics
import NetworkFamilies
import Networks

/// Tells what network a state dict belongs to: the one that is described beside it, else a family's.
struct NetworkDetection {
    private let state: StateDictionary
    private let context: FailureContext

    init(_ state: StateDictionary, context: FailureContext) {
        self.state = state
        self.context = context
    }

    /// - Throws: `checkpoint.mismatch` where nothing tells, or what is told cannot be; `network.invalid-options`,
    ///   `network.invalid-description`, `network.invalid`.
    func network(_ choice: NetworkChoice?, imageSize: Int?) throws(Failure) -> Network {
        switch choice {
        case .description(let path):
            let file = try CheckpointFile(path: path)
            return try described(file.copy(0..<file.count), name: path, imageSize: imageSize)
        case .family(let options): return try recognised(options, imageSize: imageSize)
        case nil:
            guard let text = state.metadata[NetworkDescription.metadataKey] else { return try recognised(nil, imageSize: imageSize) }
            guard text.contains("\"nodes\"") else { return try recognised(NetworkOptions(parsing: text), imageSize: imageSize) }
            return try described(Array(text.utf8), name: context.fileName, imageSize: imageSize)
        }
    }

    private func recognised(_ options: NetworkOptions?, imageSize: Int?) throws(Failure) -> Network {
        let shapes = state.tensors.filter { !Self.isProbe($0.key) }.mapValues(\.shape)
        do {
            return try NetworkFamilies.recognise(
                shapes: TensorShapes(withoutSynchronisedLevel(shapes)), options: options, arguments: SavedArguments(state.arguments),
                imageSize: imageSize)
        } catch  where error.code == .unrecognisedNetwork || error.code == .invalidNetwork {
            throw Failure(.checkpointMismatch, "\(context.fileName): \(error.message)", remedy: error.remedy, cause: error)
        }
    }

    private func described(_ json: [UInt8], name: String, imageSize: Int?) throws(Failure) -> Network {
        var shapes = state.tensors.mapValues(\.shape)
        if !state.prefix.isEmpty {
            for (name, shape) in shapes { shapes[state.prefix + name] = shape }
        }
        let description = try NetworkDescription(reading: json, shapes: TensorShapes(shapes), name: name)
        guard imageSize == nil || imageSize == description.graph.inputSize else {
            throw Failure(
                .invalidNetworkOptions, "\(name): the network is described for images of \(description.graph.inputSize) pixels.",
                remedy: "Leave --size out.")
        }
        var facts = NetworkFacts()
        facts.timeSteps = description.timeSteps
        return try Network(description.graph, facts: facts)
    }

    /// Training may wrap a normalisation once more, `<path>.0.<field>`: its tensors under the names without that level.
    private func withoutSynchronisedLevel(_ shapes: [String: [Int]]) -> [String: [Int]] {
        var result = shapes
        for (name, shape) in shapes where name.hasSuffix(".0.running_mean") && shape.count == 1 {
            let path = name.dropLast(".0.running_mean".count)
            for field in ["weight", "bias", "running_mean", "running_var"] {
                result["\(path).\(field)"] = result["\(path).\(field)"] ?? shapes["\(path).0.\(field)"]
            }
        }
        return result
    }

    /// Whether a tensor is what the network's own code computed, and no parameter.
    static func isProbe(_ name: String) -> Bool { name.hasPrefix("probe/") }
}
