internal import Checkpoints
internal import EvaluationStore
internal import Foundation
internal import Worker

/// A checkpoint that the database holds.
enum StoredCheckpoint {
    /// - Throws: `store.not_found`; `worker.checkpoint` where it is not the file that was added.
    static func load(named name: String, from store: EvaluationStore) throws -> Checkpoint {
        try load(store.catalogue.model(named: name), from: store)
    }

    /// - Throws: `worker.checkpoint` where it is not the file that was added.
    static func load(_ model: StoredModel, from store: EvaluationStore) throws -> Checkpoint {
        let folder = FileManager.default.temporaryDirectory.appending(path: "evalctl-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try CheckpointCache(directory: folder).checkpoint(of: model, store: store)
    }
}
