internal import Checkpoints
internal import Diagnostics
package import Evaluation
package import EvaluationStore
internal import ImageInput
package import ImageSources
internal import Networks
internal import Reports
internal import Worker

/// Runs of the network of no work, with the layers and classes of a real one. `evalctl submit` cannot make them.
package struct NoWorkRuns {
    private let store: EvaluationStore
    private let modelID: Int64
    private let datasetID: Int64
    package let images: Int
    private let version: String

    /// The engine as these runs record it.
    package static let engine = NoWorkEngine.engineName

    private static let timeSteps = 4

    /// Puts the model `none` and a data set of `images` images that are no files into the database, where they are not there yet.
    package init(store: EvaluationStore, images: Int, version: String) throws {
        self.store = store
        self.images = images
        self.version = version
        let network = try NoWorkEngine.layersNetwork()
        modelID = try Self.addModel(network, store: store)
        datasetID = try store.catalogue.addNoWorkDataSet("none-\(images)", images: images, classes: network.classes)
    }

    /// Puts the model `none` and the images of `source` into the database: they are read, decoded and preprocessed for nothing.
    package init(store: EvaluationStore, source: ImageSource, version: String) throws {
        let manifest = try source.find(labels: .classFolders, threads: 2).findings.manifest
        self.store = store
        self.version = version
        images = manifest.entries.count
        modelID = try Self.addModel(NoWorkEngine.layersNetwork(), store: store)
        datasetID = try store.catalogue.addDataSet(
            StoredDataSet(
                name: "images", root: source.address.description, labels: "class folders", images: images, classes: manifest.classes.count,
                manifestSHA256: "\(manifest.digest)"),
            classNames: manifest.classes.map(\.name), images: manifest.entries.map { StoredImage($0) }
        ).id
    }

    private static func addModel(_ network: Network, store: EvaluationStore) throws -> Int64 {
        // No checkpoint belongs to this hash, so no worker can take the model for a real one.
        let hash = String(repeating: "0", count: 64)
        let layers = ModelLayers(network)
        let description = CheckpointDescription(network, format: .safetensors, bytes: 1, sha256: hash)
        return try store.catalogue.addModel(
            StoredModel(
                name: NoWorkEngine.engineName, sha256: hash, format: description.format.rawValue, bytes: 1,
                architecture: try renderJSON(description), parameters: 0, paperName: nil),
            layers: layers.groups.map { StoredLayer(name: $0.name, isLIF: true, neurons: $0.neurons) }
                + layers.synapses.map { StoredLayer(name: $0.name, isLIF: false, neurons: $0.inputs * $0.height * $0.width) }
        ) { _ in nil }.id
    }

    /// Submits a run of all images.
    package func submit(shardSize: Int) throws -> RunID {
        let recipe = try PreprocessingRecipe(cropSize: 224)
        return try store.queue.submit(
            RunSpecification(
                modelID: modelID, datasetID: datasetID, timeSteps: Self.timeSteps, engine: NoWorkEngine.engineName,
                preprocessing: recipe.identifier, pixelLimit: Preprocessing.defaultPixelLimit, version: version),
            plan: RunPlan(shardSize: shardSize), images: images)
    }
}
