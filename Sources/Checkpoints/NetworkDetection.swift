import Diagnostics
import Foundation
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
        let own = state.metadata[NetworkDescription.metadataKey]
        switch choice {
        case .description(let json, let name): return try described(json, name: name, imageSize: imageSize)
        case .family(let options): return try recognised(options, own: own, imageSize: imageSize)
        case nil:
            guard let own, Self.isDescription(own) else { return try recognised(nil, own: own, imageSize: imageSize) }
            return try described(own, name: context.fileName, imageSize: imageSize)
        }
    }

    /// - Parameter own: what a file's metadata says beside its tensors.
    private func recognised(_ options: NetworkOptions?, own: String?, imageSize: Int?) throws(Failure) -> Network {
        let shapes = state.tensors.filter { !Self.isProbe($0.key) }.mapValues(\.shape)
        let own = try own.flatMap { text throws(Failure) in Self.isDescription(text) ? nil : try recorded(text) }
        do {
            return try NetworkFamilies.recognise(
                shapes: TensorShapes(withoutSynchronisedLevel(shapes)), options: options, own: own,
                arguments: SavedArguments(state.arguments), imageSize: imageSize)
        } catch  where error.code == .unrecognisedNetwork || error.code == .invalidNetwork {
            let reason = error.message.hasSuffix(".") ? error.message.dropLast() : error.message[...]
            throw Failure(.checkpointMismatch, "\(context.fileName): \(reason)", remedy: error.remedy)
        }
    }

    /// Whether metadata is a description, though a broken one, and not a family's name.
    private static func isDescription(_ text: String) -> Bool {
        text.contains("\"nodes\"") || text.trimmingCharacters(in: .whitespacesAndNewlines).first.map { "{[".contains($0) } ?? false
    }

    /// What a file's metadata says of a family.
    private func recorded(_ text: String) throws(Failure) -> NetworkOptions {
        do {
            return try NetworkOptions(parsing: text)
        } catch {
            throw Failure(
                .invalidDescription,
                "\(context.fileName): its metadata '\(NetworkDescription.metadataKey)' is neither a network's description nor a family's options.",
                remedy: NetworkDescription.remedy)
        }
    }

    private func described(_ json: String, name: String, imageSize: Int?) throws(Failure) -> Network {
        var shapes = state.tensors.mapValues(\.shape)
        for (stored, name) in state.storedNames { shapes[stored] = shapes[name] }
        let description = try NetworkDescription(reading: Array(json.utf8), shapes: TensorShapes(shapes), name: name)
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
