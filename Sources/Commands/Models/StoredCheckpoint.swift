internal import Checkpoints
internal import EvaluationStore
internal import Foundation
internal import Worker

/// A checkpoint that the database holds.
enum StoredCheckpoint {
    /// - Throws: `worker.checkpoint` where it is not the file that was added.
    static func load(_ model: StoredModel, from store: EvaluationStore) throws -> Checkpoint {
        try withFile(of: model, from: store) { checkpoint, _ in checkpoint }
    }

    /// Hands over the checkpoint and the file that it was read from, which is removed afterwards.
    ///
    /// - Throws: `worker.checkpoint` where it is not the file that was added.
    static func withFile<Result>(
        of model: StoredModel, from store: EvaluationStore, _ body: (_ checkpoint: Checkpoint, _ path: String) throws -> Result
    ) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "evalctl-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cache = CheckpointCache(directory: folder)
        return try body(cache.checkpoint(of: model, store: store), cache.file(of: model, store: store))
    }
}
