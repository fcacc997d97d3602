package import Checkpoints
internal import Diagnostics
package import EvaluationStore
internal import Foundation

/// Checkpoints out of the database, each a file named by its hash.
package struct CheckpointCache: Sendable {
    private let directory: String

    package init(directory: String) {
        self.directory = directory
    }

    /// A stored model's checkpoint, read as it was when it was added.
    ///
    /// - Throws: as ``file(of:store:)``, and what reading a checkpoint throws.
    package func checkpoint(of model: StoredModel, store: EvaluationStore) throws -> Checkpoint {
        let description = try JSONDecoder().decode(CheckpointDescription.self, from: Data(model.architecture.utf8))
        let choice = try description.network.map { try NetworkChoice(parsing: $0) }
        let imageSize = choice == nil && description.family == nil ? nil : description.image
        return try Checkpoint.load(path: try file(of: model, store: store), network: choice, imageSize: imageSize)
    }

    /// The checkpoint's file in the cache, fetched from the database where it is not there, its hash verified.
    ///
    /// - Throws: `worker.cache` where the folder cannot be written, `worker.checkpoint` where the database's copy is damaged.
    package func file(of model: StoredModel, store: EvaluationStore) throws -> String {
        let path = "\(directory)/\(model.sha256).\(model.format)"
        if FileManager.default.fileExists(atPath: path) {
            if try Checkpoint.sha256(ofFile: path) == model.sha256 { return path }
            try FileManager.default.removeItem(atPath: path)
        }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let partial = "\(path).\(ProcessInfo.processInfo.processIdentifier).partial"
        defer { try? FileManager.default.removeItem(atPath: partial) }
        guard FileManager.default.createFile(atPath: partial, contents: nil), let handle = FileHandle(forWritingAtPath: partial) else {
            throw Failure(
                Failure.Code("worker.cache"), "the folder \(directory) for checkpoints cannot be written",
                remedy: "name another one with --cache-dir", recovery: .transient)
        }
        defer { try? handle.close() }
        try store.catalogue.forEachChunk(ofCheckpoint: model.sha256) { try handle.write(contentsOf: Data($0)) }
        guard try Checkpoint.sha256(ofFile: partial) == model.sha256 else {
            throw Failure(
                Failure.Code("worker.checkpoint"), "the checkpoint of model \(model.name) in the database is damaged: its hash differs",
                remedy: "add the model again with `evalctl model add`", recovery: .transient)
        }
        // Replaces what another worker of this machine may have put there meanwhile, as FileManager's own move does not.
        guard rename(partial, path) == 0 else {
            throw Failure(
                Failure.Code("worker.cache"), "the checkpoint \(path) cannot be put into its place", remedy: "name another --cache-dir",
                recovery: .transient, nativeCode: "errno \(errno)")
        }
        return path
    }
}
