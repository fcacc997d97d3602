internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Foundation
internal import ImageInput

/// Decides whose fault it is that an image is missing or changed: the worker's, until its folder is seen to be right otherwise and a second
/// worker finds the same, or there is no other worker to ask.
struct OpinionOnImage {
    let context: RunContext
    let workerID: Int64
    /// Calls its body with the database.
    let withStore: ((EvaluationStore) throws -> Bool) throws -> Bool

    /// Images that are looked at to see whether the folder is right.
    private static let sampleSize = 16

    /// Whether a failure says that a file is not there as the manifest has it.
    static func isDoubtful(_ failure: Failure) -> Bool {
        [.imageUnreadable, .imageChanged, .imageNotRegularFile].contains(failure.code)
    }

    /// Settles a doubtful failure: returns where the image counts as failed.
    /// - Parameter shard: the images of the shard, whose others that are not there are noted as well.
    /// - Throws: ``Unfitness`` where the shard has to go back.
    func settle(_ failure: Failure, of image: StoredImage, shard: [StoredImage]) throws {
        let dataSet = context.run.specification.datasetID
        let counts = try withStore { store in
            guard try isHealthy(store, without: image) else {
                throw Unfitness(
                    need: .dataSet(dataSet),
                    cause: Failure(
                        .unhealthyRoot,
                        "the folder \(context.root) of data set \(context.dataSetName) lacks its images here, such as \(image.path)",
                        remedy: "mount it, or name where it is with --dataset-root \(context.dataSetName)=FOLDER", recovery: .transient))
            }
            if try store.isDoubtShared(dataSet, ordinal: image.ordinal, worker: workerID) { return true }
            var doubts = [ImageFailure(ordinal: image.ordinal, code: failure.code.rawValue, message: failure.description)]
            doubts += shard.filter { $0.ordinal != image.ordinal && !isThere($0) }.map {
                ImageFailure(ordinal: $0.ordinal, code: failure.code.rawValue, message: "\($0.path) is not as the manifest has it")
            }
            try store.doubt(dataSet, doubts, worker: workerID)
            return false
        }
        if counts { return }
        throw Unfitness(need: .dataSet(dataSet), cause: failure, isOwn: false)
    }

    /// Whether images of the data set are here as the manifest has them: one of a sample is enough, for there are files that are broken for all.
    private func isHealthy(_ store: EvaluationStore, without image: StoredImage) throws -> Bool {
        let sample = try store.sample(ofDataSet: context.run.specification.datasetID, count: Self.sampleSize)
            .filter { $0.ordinal != image.ordinal }
        guard !sample.isEmpty else { return FileManager.default.fileExists(atPath: context.root) }
        return sample.contains { isThere($0) && hasItsHash($0) }
    }

    private func path(_ image: StoredImage) -> String { context.root + "/" + image.path }

    private func isThere(_ image: StoredImage) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path(image))
        return attributes?[.type] as? FileAttributeType == .typeRegular && attributes?[.size] as? Int == image.bytes
    }

    private func hasItsHash(_ image: StoredImage) -> Bool {
        guard let data = FileManager.default.contents(atPath: path(image)) else { return false }
        return ContentHash(of: Array(data)).bytes == image.sha256
    }
}
