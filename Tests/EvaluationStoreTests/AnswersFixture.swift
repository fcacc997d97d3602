import Evaluation
import EvaluationStore
import Postgres
import TestSupport

/// Rows of runs as a test wants them, stored the way a worker stores them.
struct AnswersFixture {
    let base: StoreFixture
    let worker: Int64

    var store: EvaluationStore { base.store }
    var address: DatabaseAddress { base.address }

    static func withStore<Result>(_ body: (AnswersFixture) throws -> Result) throws -> Result {
        try StoreFixture.withStore { fixture in
            try body(AnswersFixture(base: fixture, worker: fixture.worker()))
        }
    }

    /// One image of a run.
    struct Row {
        var label = 0
        /// The prediction after each time step.
        var top: [Int]
        var margins: [Float]
        var spikes: [Int]
        var synops: [Int]
        var second = 9

        init(label: Int = 0, top: [Int], margins: [Float]? = nil, spikes: [Int]? = nil, synops: [Int]? = nil) {
            self.label = label
            self.top = top
            self.margins = margins ?? top.map { _ in 1 }
            self.spikes = spikes ?? top.map { _ in 10 }
            self.synops = synops ?? top.map { _ in 100 }
        }

        func prediction(ordinal: Int) -> Prediction {
            Prediction(
                ordinal: ordinal, label: label, top5: [top[top.count - 1], second], scores: [2, 1], topByTimeStep: top,
                labelRankByTimeStep: top.map { $0 == label ? 0 : 5 }, marginByTimeStep: margins, spikesByTimeStep: spikes,
                synapticOperationsByTimeStep: synops, latency: Latency(decode: 1, preprocess: 2, inference: 3 + ordinal, total: 9))
        }
    }

    /// Stores a finished run of one shard.
    /// - Parameters:
    ///   - dataset: data sets of different names have different manifests.
    ///   - files: path and bytes of each image; other bytes in each data set under the same paths without it.
    ///   - spikes: of the one LIF group, `[step]`.
    func run(
        _ images: [Row], dataset: String = "d", files: [(path: String, bytes: UInt8)]? = nil, spikes: [Int]? = nil,
        engine: String = "fixed32"
    ) throws -> RunID {
        let steps = images[0].top.count
        let model = try store.catalogue.addModel(
            StoredModel(
                name: "m", sha256: String(repeating: "ab", count: 32), format: "torch", bytes: 3,
                architecture: #"{"image": 224, "patch": 4, "dim": 78}"#, parameters: 7, paperName: nil),
            layers: [StoredLayer(name: "lif", isLIF: true, neurons: 100), StoredLayer(name: "linear", isLIF: false, neurons: 10)]
        ) { $0 == 0 ? [1, 2, 3] : nil }
        let digest = dataset.utf8.reduce(0) { ($0 * 31 + Int($1)) % 256 }
        let added = try store.catalogue.addDataSet(
            StoredDataSet(
                name: dataset, root: "/images", labels: "class folders", images: images.count, classes: 4,
                manifestSHA256: String(repeating: digest < 16 ? "0" + String(digest, radix: 16) : String(digest, radix: 16), count: 32)),
            classNames: ["cat", "dog", "fox", "owl"],
            images: images.enumerated().map {
                StoredImage(
                    ordinal: $0, path: files?[$0].path ?? "\($0).jpg", label: $1.label, bytes: 5,
                    sha256: [UInt8](repeating: files?[$0].bytes ?? UInt8(digest), count: 32))
            })
        let run = try store.queue.submit(
            RunSpecification(
                modelID: model.id, datasetID: added.id, timeSteps: steps, engine: engine, preprocessing: "p", pixelLimit: 1000,
                version: "test"),
            plan: RunPlan(shardSize: images.count), images: images.count)
        if let lease = try base.claimNext(of: run, worker: worker) {
            let activity = ShardActivity(
                images: images.count,
                counts: (spikes ?? [Int](repeating: 5, count: steps)) + [Int](repeating: 40, count: steps),
                effective: [Int](repeating: 30, count: steps))
            let result = ShardResult(predictions: images.enumerated().map { $1.prediction(ordinal: $0) }, activity: activity)
            try store.queue.store(result, lease: lease, worker: worker)
        }
        _ = try store.queue.finishRuns()
        return run
    }
}
