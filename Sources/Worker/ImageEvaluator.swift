internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Foundation
internal import ImageInput
internal import SpikingMLP

extension Failure.Code {
    /// A data set's root folder is not there on this machine.
    static let missingRoot = Failure.Code("dataset.root_missing")
}

/// What all threads share of a run: the network, and where the images are.
struct RunContext: Sendable {
    let run: StoredRun
    let engine: any InferenceEngine
    let preprocessing: Preprocessing
    let layers: ModelLayers
    let dataSetName: String
    let root: String
    /// Whether the engine reads images' hashes, so that the images need not be there.
    var readsHashes = false
}

/// One thread's way from an image file to its row. It owns its workspace, which is allocated once.
final class ImageEvaluator {
    let layers: ModelLayers
    let timeSteps: Int
    private let context: RunContext
    private let loader: ImageLoader
    private let workspace: any InferenceWorkspace

    init(_ context: RunContext) throws {
        self.context = context
        layers = context.layers
        timeSteps = context.run.specification.timeSteps
        loader = ImageLoader(context.preprocessing)
        workspace = try context.engine.makeWorkspace(timeSteps: timeSteps)
    }

    var runID: RunID { context.run.id }

    /// - Throws: a transient `dataset.root_missing`: another worker may have the images.
    func checkRoot() throws {
        if !context.readsHashes { try Self.checkRoot(context.root, ofDataSet: context.dataSetName) }
    }

    /// - Throws: a transient `dataset.root_missing`.
    static func checkRoot(_ root: String, ofDataSet name: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root, isDirectory: &isFolder), isFolder.boolValue else {
            throw Failure(
                .missingRoot, "the folder \(root) of data set \(name) is not on this machine",
                remedy: "mount it, or name where it is with --dataset-root \(name)=FOLDER", recovery: .transient)
        }
    }

    /// - Throws: `image.*`, naming the file and the cause.
    func evaluate(_ image: StoredImage) throws -> (Prediction, Inference) {
        let start = ContinuousClock.now
        let loaded = try context.readsHashes ? nil : load(image)
        let inferenceStart = ContinuousClock.now
        let inference = try workspace.infer(pixels: loaded?.pixels ?? image.sha256)
        let end = ContinuousClock.now
        let ranking = inference.ranking(label: image.label)
        let prediction = Prediction(
            ordinal: image.ordinal, label: image.label, top5: ranking.top.map(\.class), scores: ranking.top.map(\.score),
            topByTimeStep: ranking.topByTimeStep, labelRankByTimeStep: ranking.labelRankByTimeStep,
            marginByTimeStep: ranking.marginByTimeStep, spikesByTimeStep: inference.spikesByTimeStep,
            synapticOperationsByTimeStep: inference.synapticOperationsByTimeStep,
            latency: Latency(
                decode: loaded?.decodeMicroseconds ?? 0, preprocess: loaded?.preprocessMicroseconds ?? 0,
                inference: Self.microseconds(end - inferenceStart), total: Self.microseconds(end - start)))
        return (prediction, inference)
    }

    private func load(_ image: StoredImage) throws -> LoadedImage {
        let expected = ContentHash(bytes: image.sha256).map { ExpectedContents(byteCount: image.bytes, hash: $0) }
        return try loader.load(path: context.root + "/" + image.path, expected: expected)
    }

    private static func microseconds(_ duration: Duration) -> Int {
        Int(duration.components.seconds) * 1_000_000 + Int(duration.components.attoseconds / 1_000_000_000_000)
    }
}
