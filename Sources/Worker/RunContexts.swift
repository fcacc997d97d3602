internal import Checkpoints
internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Foundation
internal import ImageInput
internal import SpikingMLP

/// The runs a worker has work of: checkpoints are fetched once, kept by their hash, and shared by all threads.
final class RunContexts: @unchecked Sendable {
    private let cache: CheckpointCache
    private let dataSetRoots: [String: String]
    private let hashEngines: [String: @Sendable (Architecture) -> any InferenceEngine]
    private let lock = NSLock()
    private var contexts: [(run: RunID, context: RunContext)] = []
    private var engines: [(key: String, engine: any InferenceEngine)] = []

    /// Contexts kept at most; older ones are made again when they are needed.
    private static let capacity = 4

    init(
        cacheDirectory: String, dataSetRoots: [String: String],
        hashEngines: [String: @Sendable (Architecture) -> any InferenceEngine] = [:]
    ) {
        cache = CheckpointCache(directory: cacheDirectory)
        self.dataSetRoots = dataSetRoots
        self.hashEngines = hashEngines
    }

    /// What the threads need to work on `run`; the first that asks loads it, the others wait.
    func context(for run: RunID, store: EvaluationStore) throws -> RunContext {
        lock.lock()
        defer { lock.unlock() }
        if let known = contexts.first(where: { $0.run == run }) { return known.context }
        let stored = try store.run(run)
        let dataset = try store.dataSet(id: stored.specification.datasetID)
        let engine = try engine(for: stored, store: store)
        let preprocessing = try Preprocessing(
            imageSize: engine.architecture.imageSize, pixelLimit: stored.specification.pixelLimit)
        guard preprocessing.identifier == stored.specification.preprocessing else {
            throw Failure(
                Failure.Code("run.preprocessing"),
                "run \(run) wants preprocessing \(stored.specification.preprocessing), this worker makes \(preprocessing.identifier)",
                remedy: "start a worker of version \(stored.specification.version)", recovery: .transient)
        }
        let context = RunContext(
            run: stored, engine: engine, preprocessing: preprocessing, layers: ModelLayers(engine.architecture),
            dataSetName: dataset.name, root: dataSetRoots[dataset.name] ?? dataset.root,
            readsHashes: hashEngines[stored.specification.engine] != nil)
        contexts.append((run, context))
        if contexts.count > Self.capacity { contexts.removeFirst() }
        return context
    }

    private func engine(for run: StoredRun, store: EvaluationStore) throws -> any InferenceEngine {
        let model = try store.model(id: run.specification.modelID)
        let key = "\(run.specification.engine) \(model.sha256)"
        if let known = engines.first(where: { $0.key == key }) { return known.engine }
        if let make = hashEngines[run.specification.engine] {
            return make(try JSONDecoder().decode(CheckpointDescription.self, from: Data(model.architecture.utf8)).architecture)
        }
        // Nothing else holds the parameters: they go as the engine takes them.
        let parameters = try Checkpoint.load(path: try cache.file(of: model, store: store)).parameters
        let engine = try Engines.make(run.specification.engine, parameters: parameters)
        engines.append((key, engine))
        if engines.count > Self.capacity { engines.removeFirst() }
        return engine
    }
}
