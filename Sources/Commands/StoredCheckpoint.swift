internal import Checkpoints
internal import Diagnostics
internal import EvaluationStore
internal import Foundation

/// A checkpoint that the database holds.
enum StoredCheckpoint {
    /// - Throws: `checkpoint.damaged` where it is not the file that was added.
    static func load(_ model: StoredModel, from store: EvaluationStore) throws -> Checkpoint {
        let file = FileManager.default.temporaryDirectory.appending(path: "evalctl-\(UUID().uuidString).\(model.format)")
        defer { try? FileManager.default.removeItem(at: file) }
        guard FileManager.default.createFile(atPath: file.path, contents: nil), let handle = FileHandle(forWritingAtPath: file.path) else {
            throw Failure(
                Failure.Code("checkpoint.unwritable"), "the checkpoint of model \(model.name) cannot be written to \(file.path)",
                remedy: "let TMPDIR name a folder that can be written")
        }
        defer { try? handle.close() }
        var ordinal = 0
        while let chunk = try store.checkpointChunk(sha256: model.sha256, ordinal: ordinal) {
            try handle.write(contentsOf: Data(chunk))
            ordinal += 1
        }
        let checkpoint = try Checkpoint.load(path: file.path)
        guard checkpoint.sha256 == model.sha256 else {
            throw Failure(
                Failure.Code("checkpoint.damaged"), "the checkpoint of model \(model.name) in the database is damaged: its hash differs",
                remedy: "add the model again with `evalctl model add`")
        }
        return checkpoint
    }
}
