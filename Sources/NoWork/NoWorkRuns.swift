internal import Checkpoints
internal import Diagnostics
package import Evaluation
package import EvaluationStore
internal import ImageInput
internal import Reports
internal import SpikingMLP
internal import Worker

/// Runs of the network of no work, with the layers and classes of a real one. `evalctl submit` cannot make them.
package struct NoWorkRuns {
    private let store: EvaluationStore
    private let modelID: Int64
    private let datasetID: Int64
    private let images: Int
    private let version: String

    /// The engine as these runs record it.
    package static let engine = NoWorkEngine.engineName

    /// The network whose layers, classes and time steps are taken: rows are as many and as wide as its.
    private static let layersOf = "mlp-spe-t"
    private static let timeSteps = 4

    /// Puts the model `none` and a data set of `images` images that are no files into the database, where they are not there yet.
    package init(store: EvaluationStore, images: Int, version: String) throws {
        guard let architecture = Architecture.named(Self.layersOf) else {
            preconditionFailure("\(Self.layersOf) is one of the paper's networks")
        }
        self.store = store
        self.images = images
        self.version = version
        // No checkpoint belongs to this hash, so no worker can take the model for a real one.
        let hash = String(repeating: "0", count: 64)
        let layers = ModelLayers(architecture)
        let description = CheckpointDescription(architecture, format: .safetensors, bytes: 1, sha256: hash)
        modelID = try store.addModel(
            StoredModel(
                name: NoWorkEngine.engineName, sha256: hash, format: description.format.rawValue, bytes: 1,
                architecture: try renderJSON(description), parameters: 0, paperName: nil),
            layers: layers.groups.map { StoredLayer(name: $0.name, isLIF: true, neurons: $0.neurons) }
                + layers.synapses.map { StoredLayer(name: $0.name, isLIF: false, neurons: $0.inputs * $0.side * $0.side) }
        ) { _ in nil }.id
        datasetID = try store.addNoWorkDataSet("none-\(images)", images: images, classes: architecture.classes)
    }

    /// Submits a run of all images.
    package func submit(shardSize: Int) throws -> RunID {
        let preprocessing = try Preprocessing(imageSize: 224)
        return try store.submit(
            RunSpecification(
                modelID: modelID, datasetID: datasetID, timeSteps: Self.timeSteps, engine: NoWorkEngine.engineName,
                preprocessing: preprocessing.identifier, pixelLimit: Preprocessing.defaultPixelLimit, version: version),
            plan: RunPlan(shardSize: shardSize), images: images)
    }
}
