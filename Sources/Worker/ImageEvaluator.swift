internal import Diagnostics
internal import Engine
internal import Evaluation
internal import EvaluationStore
internal import ImageInput
internal import ImageSources

/// What all threads share of a run: the network, and where the images are.
struct RunContext: Sendable {
    let run: StoredRun
    let engine: any InferenceEngine
    let preprocessing: Preprocessing
    let layers: ModelLayers
    let source: ImageSource
    /// Whether the engine answers from images' hashes.
    let readsHashes: Bool
    /// Whether the images are no files, so that only their hashes are there.
    let hasNoFiles: Bool
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

    /// - Throws: what keeps this machine from reading the images, a transient failure: another worker may have them.
    func checkSource() throws {
        if !context.hasNoFiles, let failure = context.source.health() { throw failure }
    }

    /// Begins to read images, which are then evaluated in this order.
    func input(_ images: [StoredImage]) -> EvaluationInput {
        EvaluationInput(prefetcher: context.hasNoFiles ? nil : ImagePrefetcher(context.source, images.map(\.reference)))
    }

    /// - Parameter bytes: gives the image's bytes, which may take a while.
    /// - Throws: `image.*`, naming the file and the cause.
    func evaluate(_ image: StoredImage, bytes: () throws -> ArraySlice<UInt8>) throws -> (Prediction, Inference) {
        let start = ContinuousClock.now
        let loaded = try context.hasNoFiles ? nil : load(image, bytes(), since: start)
        let inferenceStart = ContinuousClock.now
        let inference = try workspace.infer(pixels: context.readsHashes ? image.sha256 : loaded?.pixels ?? [])
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

    private func load(_ image: StoredImage, _ bytes: ArraySlice<UInt8>, since start: ContinuousClock.Instant) throws -> LoadedImage {
        let expected = ContentHash(bytes: image.sha256).map { ExpectedContents(byteCount: image.bytes, hash: $0) }
        return try loader.load(bytes: bytes, name: context.source.title(of: image.reference), expected: expected, since: start)
    }

    private static func microseconds(_ duration: Duration) -> Int {
        Int(duration.components.seconds) * 1_000_000 + Int(duration.components.attoseconds / 1_000_000_000_000)
    }
}

/// A shard's images on their way: read ahead where they are files.
struct EvaluationInput {
    fileprivate let prefetcher: ImagePrefetcher?

    /// The bytes of the shard's image at `index`; each is asked for once, in order.
    func bytes(of index: Int) throws -> ArraySlice<UInt8> { try prefetcher?.bytes(of: index) ?? [] }
}
