internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import ImageInput
internal import ImageSources

/// Decides whose fault it is that an image is missing or changed: the worker's, until its source is seen to be right otherwise and a second
/// worker finds the same, or there is no other worker to ask.
struct OpinionOnImage {
    let context: RunContext
    let workerID: Int64
    /// Calls its body with the database.
    let withStore: ((EvaluationStore) throws -> Bool) throws -> Bool

    /// Images that are looked at to see whether the source is right.
    private static let sampleSize = 16

    /// Whether a failure says that an image is not there as the manifest has it, or that this machine had no memory for it.
    static func isDoubtful(_ failure: Failure) -> Bool {
        [.imageUnreadable, .imageChanged, .imageNotRegularFile, .imageMemory].contains(failure.code)
    }

    /// Settles a doubtful failure: returns where the image counts as failed.
    /// - Parameter others: gives the doubtful failures of the shard's other images, so that it goes back once and not once for each of them.
    /// - Throws: ``Unfitness`` where the shard has to go back.
    func settle(_ failure: Failure, of image: StoredImage, others: () -> [ImageFailure]) throws {
        let dataSet = context.run.specification.datasetID
        let counts = try withStore { store in
            guard try isHealthy(store, without: image) else {
                throw Unfitness(need: .dataSet(dataSet), cause: unhealthy(image))
            }
            return try store.queue.isDoubtShared(dataSet, ordinal: image.ordinal, worker: workerID)
        }
        if counts { return }
        let doubts = [ImageFailure(ordinal: image.ordinal, code: failure.code.rawValue, message: failure.description)] + others()
        _ = try withStore { store in
            try store.queue.doubt(dataSet, doubts, worker: workerID)
            return true
        }
        throw Unfitness(need: .dataSet(dataSet), cause: failure, isOwn: false)
    }

    private func unhealthy(_ image: StoredImage) -> Failure {
        Failure(
            .sourceUnhealthy, "\(context.source.address) lacks its images here, such as \(image.path)",
            remedy: "mount it, or name where it is with --dataset-root", recovery: .transient)
    }

    /// Whether images of the data set are here as the manifest has them: one of a sample is enough, for there are files that are broken for all.
    private func isHealthy(_ store: EvaluationStore, without image: StoredImage) throws -> Bool {
        let sample = try store.catalogue.sample(ofDataSet: context.run.specification.datasetID, count: Self.sampleSize)
            .filter { $0.ordinal != image.ordinal }
        guard !sample.isEmpty else { return context.source.health() == nil }
        return sample.contains { other in (try? context.source.verify(other, context.source.read(other.reference))) != nil }
    }
}

extension ImageSource {
    /// - Throws: `image.changed` where `bytes` are not those that the manifest speaks of.
    func verify(_ image: StoredImage, _ bytes: ArraySlice<UInt8>) throws {
        guard bytes.count == image.bytes, ContentHash(of: Array(bytes)).bytes == image.sha256 else {
            throw Failure(.imageChanged, "\(title(of: image.reference)) is not as the manifest has it")
        }
    }
}
