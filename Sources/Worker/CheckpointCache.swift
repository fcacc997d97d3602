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
        let description = try StoredJSON.decode(
            CheckpointDescription.self, from: model.architecture, what: "the network of model \(model.name)")
        let choice = try description.network.map { try NetworkChoice(parsing: $0) }
        return try Checkpoint.load(path: try file(of: model, store: store), network: choice, imageSize: description.givenSize)
    }

    /// The checkpoint's file in the cache, fetched from the database where it is not there, its hash verified.
    ///
    /// - Throws: `worker.cache` where the folder cannot be used, `worker.checkpoint` where the database's copy is damaged.
    package func file(of model: StoredModel, store: EvaluationStore) throws -> String {
        let path = "\(directory)/\(model.sha256).\(model.format)"
        if FileManager.default.fileExists(atPath: path) {
            let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
            guard type == .typeRegular else {
                throw Self.failure("\(path) is no file", remedy: "remove it, or name another folder with --cache-dir")
            }
            if try Checkpoint.sha256(ofFile: path) == model.sha256 { return path }
            try Self.reporting("the damaged \(path) cannot be removed") { try FileManager.default.removeItem(atPath: path) }
        }
        // Weights may be as secret as the database that they come from.
        try Self.reporting("the folder \(directory) for checkpoints cannot be made") {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        let partial = "\(path).\(ProcessInfo.processInfo.processIdentifier).partial"
        defer { try? FileManager.default.removeItem(atPath: partial) }
        guard FileManager.default.createFile(atPath: partial, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: partial)
        else { throw Self.failure("the folder \(directory) for checkpoints cannot be written") }
        defer { try? handle.close() }
        try store.catalogue.forEachChunk(ofCheckpoint: model.sha256) { chunk in
            try Self.reporting("a checkpoint cannot be written to \(directory)") { try handle.write(contentsOf: Data(chunk)) }
        }
        guard try Checkpoint.sha256(ofFile: partial) == model.sha256 else {
            throw Failure(
                Failure.Code("worker.checkpoint"), "the checkpoint of model \(model.name) in the database is damaged: its hash differs",
                remedy: "add the model again with `evalctl model add`", recovery: .transient)
        }
        // Replaces what another worker of this machine may have put there meanwhile, as FileManager's own move does not.
        guard rename(partial, path) == 0 else {
            throw Self.failure("the checkpoint \(path) cannot be put into its place: \(String(cString: strerror(errno)))")
        }
        return path
    }

    private static func reporting(_ what: String, _ body: () throws -> Void) throws {
        do { try body() } catch { throw failure("\(what): \(CacheProbe.reason(error))") }
    }

    private static func failure(_ message: String, remedy: String = "make room, or name another folder with --cache-dir") -> Failure {
        Failure(Failure.Code("worker.cache"), message, remedy: remedy, recovery: .transient)
    }
}
