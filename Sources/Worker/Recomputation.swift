package import Diagnostics
package import Engine
package import Evaluation
package import EvaluationStore
internal import Foundation
internal import ImageInput
internal import ImageSources
internal import Networks

/// An image that was computed again here.
package struct RecomputedImage: Sendable {
    package var prediction: Prediction
    package var inference: Inference
    /// Hash of the pixels that the network read.
    package var pixels: [UInt8]
}

/// Computes images of a run again on this machine, as a worker would.
package struct Recomputation: Sendable {
    private let context: RunContext

    /// Names of the neuron groups, and their order in the data.
    package var groupNames: [String] { context.layers.groups.map(\.name) }
    package var groupsInDataFlow: [Int] { context.engine.network.activity.groupsInDataFlow }

    init(context: RunContext) {
        self.context = context
    }

    /// Computes `images` on `threads` threads, each image's result at its place.
    /// - Parameter progress: called with the number of images that are done.
    /// - Throws: what keeps this machine from reading the images. What concerns one image is that image's result.
    package func compute(
        _ images: [StoredImage], threads: Int, progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws -> [Result<RecomputedImage, Failure>] {
        if let failure = context.source.health() { throw failure }
        let board = ResultBoard(count: images.count)
        let context = self.context
        let workers = (0..<min(max(threads, 1), max(images.count, 1))).map { index in
            NamedThread("recompute-\(index)") {
                do {
                    let evaluator = try ImageEvaluator(context)
                    let loader = ImageLoader(context.preprocessing)
                    while let place = board.take() {
                        progress(board.finish(place, Self.evaluate(images[place], evaluator, loader, context.source)))
                    }
                } catch {
                    board.stop(error)
                }
            }
        }
        for worker in workers { worker.join() }
        return try board.results()
    }

    private static func evaluate(
        _ image: StoredImage, _ evaluator: ImageEvaluator, _ loader: ImageLoader, _ source: ImageSource
    ) -> Result<RecomputedImage, Failure> {
        do {
            let bytes = try source.read(image.reference)
            let (prediction, inference) = try evaluator.evaluate(image) { bytes }
            let pixels = try loader.load(bytes: bytes, name: source.title(of: image.reference)).pixels
            return .success(RecomputedImage(prediction: prediction, inference: inference, pixels: ContentHash(of: pixels).bytes))
        } catch let failure as Failure {
            return .failure(failure)
        } catch {
            return .failure(Failure(Failure.Code("verify.failed"), "\(image.path) could not be computed again", cause: error))
        }
    }
}

/// Makes recomputations; runs of the same model share its engine.
package struct RecomputationSource {
    private let contexts: RunContexts
    private let roots: [String: String]
    private let store: EvaluationStore

    /// - Parameters:
    ///   - cacheDirectory: where checkpoints are kept by their hash.
    ///   - dataSetRoots: where data sets are on this machine, by name, where that is not where they were added.
    package init(store: EvaluationStore, cacheDirectory: String, dataSetRoots: [String: String]) {
        contexts = RunContexts(cacheDirectory: cacheDirectory, dataSetRoots: dataSetRoots)
        roots = dataSetRoots
        self.store = store
    }

    /// - Throws: what keeps this machine from reading the images, before the checkpoint is fetched.
    package func recomputation(of run: RunID) throws -> Recomputation {
        let dataset = try store.catalogue.dataSet(id: store.queue.run(run).specification.datasetID)
        if let failure = try ImageSource(root: roots[dataset.name] ?? dataset.root).health() { throw failure }
        return Recomputation(context: try contexts.context(for: run, store: store))
    }
}

/// Hands out places and takes results; thread-safe.
private final class ResultBoard: @unchecked Sendable {
    private let lock = NSLock()
    private var next = 0
    private var done = 0
    private var found: [Result<RecomputedImage, Failure>?]
    private var error: (any Error)?

    init(count: Int) {
        found = Array(repeating: nil, count: count)
    }

    func take() -> Int? {
        lock.withLock {
            guard next < found.count, error == nil else { return nil }
            next += 1
            return next - 1
        }
    }

    func finish(_ place: Int, _ result: Result<RecomputedImage, Failure>) -> Int {
        lock.withLock {
            found[place] = result
            done += 1
            return done
        }
    }

    func stop(_ error: any Error) { lock.withLock { self.error = self.error ?? error } }

    func results() throws -> [Result<RecomputedImage, Failure>] {
        try lock.withLock {
            if let error { throw error }
            return found.compactMap { $0 }
        }
    }
}
