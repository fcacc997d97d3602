internal import Checkpoints
internal import Diagnostics
internal import Engine
internal import Evaluation
internal import EvaluationStore
internal import Foundation
internal import ImageInput
internal import ImageSources
internal import Networks

extension Failure.Code {
    /// A worker cannot make the images that a run is of.
    static let runPreprocessing = Failure.Code("run.preprocessing")
}

/// What decides an engine's answers.
private struct EngineKey: Equatable {
    var name: String
    var model: Int64
    var normalization: PixelNormalization
}

/// The runs a worker has work of: checkpoints are fetched once, kept by their hash, and shared by all threads.
final class RunContexts: @unchecked Sendable {
    private let cache: CheckpointCache
    private let dataSetRoots: [String: String]
    private let hashEngines: [String: @Sendable () throws -> any InferenceEngine]
    private let threads: Int
    private let memoryLimit: Int
    private let lock = NSLock()
    private var contexts: [(run: RunID, context: RunContext)] = []
    private var runs: [RunID: RunSpecification] = [:]
    private var engines: [(key: EngineKey, engine: any InferenceEngine)] = []

    /// Contexts kept at most; older ones are made again when they are needed.
    private static let capacity = 4

    /// - Parameters:
    ///   - threads: how many work on a run at the same time.
    ///   - memoryLimit: bytes that they may take together.
    init(
        cacheDirectory: String, dataSetRoots: [String: String],
        hashEngines: [String: @Sendable () throws -> any InferenceEngine] = [:], threads: Int = 1, memoryLimit: Int = MachineMemory.bytes
    ) {
        self.threads = threads
        self.memoryLimit = memoryLimit
        cache = CheckpointCache(directory: cacheDirectory)
        self.dataSetRoots = dataSetRoots
        self.hashEngines = hashEngines
    }

    /// - Throws: a transient `engine.memory`: another worker may have more.
    private func requireMemory(_ engine: any InferenceEngine, _ run: StoredRun) throws(Failure) {
        let timeSteps = run.specification.timeSteps
        try engine.checkTimeSteps(timeSteps)
        do {
            try engine.memory(timeSteps: timeSteps, isTracing: false).require(threads: threads, timeSteps: timeSteps, limit: memoryLimit)
        } catch {
            throw Failure(error.code, "run \(run.id): \(error.message)", remedy: error.remedy ?? "", recovery: .transient)
        }
    }

    /// What a run needs of a worker, so far as it was seen before.
    func needs(of run: RunID) -> [Fitness.Need] {
        lock.lock()
        defer { lock.unlock() }
        guard let specification = runs[run] else { return [] }
        return [.dataSet(specification.datasetID), .model(specification.modelID), .run(run)]
    }

    /// What the threads need to work on `run`; the first that asks loads it, the others wait.
    func context(for run: RunID, store: EvaluationStore) throws -> RunContext {
        lock.lock()
        defer { lock.unlock() }
        if let known = contexts.first(where: { $0.run == run }) { return known.context }
        let stored = try store.queue.run(run)
        if runs.count > 100 { runs = [:] }
        runs[run] = stored.specification
        let dataset = try store.catalogue.dataSet(id: stored.specification.datasetID)
        let recipe = try Self.recipe(of: stored)
        let engine = try engine(for: stored, normalization: recipe.normalization, store: store)
        try requireMemory(engine, stored)
        guard recipe.cropSize == engine.network.inputSize else {
            throw Failure(
                .runPreprocessing,
                "run \(run) wants images of \(recipe.cropSize) pixels, and its network reads \(engine.network.inputSize)",
                remedy: "submit it again")
        }
        let preprocessing = try Preprocessing(recipe, pixelLimit: stored.specification.pixelLimit)
        let context = RunContext(
            run: stored, engine: engine, preprocessing: preprocessing, layers: ModelLayers(engine.network),
            source: try ImageSource(root: dataSetRoots[dataset.name] ?? dataset.root),
            readsHashes: hashEngines[stored.specification.engine] != nil,
            hasNoFiles: dataset.labels == StoredDataSet.noFiles,
            classes: stored.specification.onlyListedClasses ? try store.catalogue.listedClasses(ofDataSet: dataset.id) : nil)
        contexts.append((run, context))
        if contexts.count > Self.capacity { contexts.removeFirst() }
        return context
    }

    /// - Throws: a transient `run.preprocessing` where only another version of this program can make it.
    private static func recipe(of run: StoredRun) throws(Failure) -> PreprocessingRecipe {
        do {
            return try PreprocessingRecipe(identifier: run.specification.preprocessing)
        } catch {
            throw Failure(
                .runPreprocessing, "run \(run.id) wants preprocessing \(run.specification.preprocessing), which this worker cannot make",
                remedy: "start a worker of version \(run.specification.version)", recovery: .transient, cause: error)
        }
    }

    private func engine(
        for run: StoredRun, normalization: PixelNormalization, store: EvaluationStore
    ) throws -> any InferenceEngine {
        let model = try store.catalogue.model(id: run.specification.modelID)
        let key = EngineKey(name: run.specification.engine, model: model.id, normalization: normalization)
        if let known = engines.first(where: { $0.key == key }) { return known.engine }
        if let make = hashEngines[run.specification.engine] { return try make() }
        // Nothing else holds the parameters: they go as the engine takes them.
        let parameters = try cache.checkpoint(of: model, store: store).parameters
        let engine = try Engines.make(run.specification.engine, parameters: parameters, normalization: normalization)
        engines.append((key, engine))
        if engines.count > Self.capacity { engines.removeFirst() }
        return engine
    }
}
