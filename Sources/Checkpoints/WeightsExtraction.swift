package import Diagnostics
import NetworkFamilies
import Networks

/// One state dict of a checkpoint file, as a safetensors file of its own.
package enum WeightsExtraction {
    /// Writes the floating-point tensors of the state dict under `key`, with the training arguments as metadata; the file depends on nothing
    /// but these.
    ///
    /// - Throws: the `checkpoint.*` codes.
    package static func write(key: String, of path: String, to target: String) throws(Failure) {
        let file = try CheckpointFile(path: path)
        let state = try StateDictionary.read(file, key: key).state
        var metadata = state.arguments.mapValues(\.text)
        metadata["weights"] = key
        metadata["epoch"] = state.epoch.map(String.init)
        var writer = SafetensorsWriter(metadata: metadata)
        for name in state.names where name != "__metadata__" {
            guard let tensor = state.tensors[name], tensor.elementType.isFloatingPoint else { continue }
            writer.add(name, Tensor(shape: tensor.shape, values: tensor.floats(in: state.data)))
        }
        try writer.write(to: target)
    }
}
