internal import Checkpoints
internal import Diagnostics
internal import Engine
internal import Foundation
internal import ImageInput
internal import Networks

/// What is known of a checkpoint file once it is read, with what has to be computed for it.
enum CheckpointExamination {
    /// - Parameter path: the file that the checkpoint was read from.
    /// - Throws: `network.probe` where the file carries a probe of another network.
    static func description(of checkpoint: Checkpoint, path: String) throws -> CheckpointDescription {
        var description = CheckpointDescription(checkpoint)
        description.recipe = try recipe(of: description).identifier
        description.probe = try verdict(on: checkpoint, path: path)
        return description
    }

    /// The recipe of a run where nobody asks for another.
    static func recipe(of description: CheckpointDescription) throws -> PreprocessingRecipe {
        try .default(imageSize: description.image, published: description.preprocessing)
    }

    /// Whether a described network gives what its own code gave; nil where the file does not tell that.
    static func verdict(on checkpoint: Checkpoint, path: String) throws -> ProbeVerdict? {
        guard checkpoint.network.facts.family == nil, checkpoint.format == .safetensors else { return nil }
        let file = try SafetensorsFile(path: path)
        let prefix = "probe/spikes/"
        guard file.names.contains("probe/input") else { return nil }
        var spikes: [String: Trace.Spikes] = [:]
        for tensor in file.names where tensor.hasPrefix(prefix) {
            let name = String(tensor.dropFirst(prefix.count))
            spikes[name] = Trace.Spikes(name: name, shape: try file.shape(tensor), values: try file.bytes(tensor))
        }
        return try NetworkProbe(input: file.tensor("probe/input"), logits: file.tensor("probe/logits"), spikes: spikes)
            .verdict(on: checkpoint.parameters)
    }

    /// - Throws: `network.probe` where it is another function.
    static func require(_ verdict: ProbeVerdict?, path: String) throws {
        guard let parting = verdict?.parting else { return }
        throw Failure(
            .probe, "\(path): the network is not the function of its own code: \(parting)",
            remedy: "export it again; `evalctl model show` says the same of the file")
    }
}
