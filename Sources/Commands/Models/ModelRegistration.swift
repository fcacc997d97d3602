package import Checkpoints
internal import Diagnostics
package import EvaluationStore
internal import Foundation
internal import Networks
internal import Reports
internal import Worker

/// Puts checkpoints into the database.
package struct ModelRegistration {
    let store: EvaluationStore

    package init(store: EvaluationStore) {
        self.store = store
    }

    /// Reads a checkpoint, checks it whole, and stores it under `name`. Where weights are chosen by their key, they are stored as a file of
    /// their own, so that a stored model's hash always tells its weights.
    /// - Parameters:
    ///   - asVersion: whether another file may have the name already.
    ///   - check: what it throws keeps the checkpoint from being stored.
    package func add(
        _ name: String, path: String, options: CheckpointOptions, asVersion: Bool = true,
        check: (CheckpointDescription) throws -> Void = { _ in }
    ) throws -> (model: StoredModel, isNew: Bool) {
        let checkpoint = try options.load(path)
        try check(CheckpointDescription(checkpoint))
        guard let key = options.weights else { return try add(name, path: path, checkpoint, asVersion: asVersion) }
        let extract = FileManager.default.temporaryDirectory.appending(path: "evalctl-\(UUID().uuidString).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: extract) }
        try WeightsExtraction.write(key: key, of: path, to: extract)
        var extracted = try options.loadExtract(extract)
        extracted.notices = checkpoint.notices + ["taken from under '\(key)' of the file with sha256 \(checkpoint.sha256)"]
        return try add(name, path: extract, extracted, asVersion: asVersion)
    }

    private func add(_ name: String, path: String, _ checkpoint: Checkpoint, asVersion: Bool) throws -> (model: StoredModel, isNew: Bool) {
        if !asVersion {
            try NameText.requireFree(
                name, hash: checkpoint.sha256, among: store.catalogue.models().map { ($0.name, $0.sha256) }, what: "model")
        }
        let layers = ModelLayers(checkpoint.network)
        let description = try CheckpointExamination.description(of: checkpoint, path: path)
        try CheckpointExamination.require(description.probe, path: path)
        if let probe = description.probe { note("\(path): \(probe.text)") }
        let handle = try openFile(path)
        defer { try? handle.close() }
        let added = try store.catalogue.addModel(
            StoredModel(
                name: name, sha256: checkpoint.sha256, network: description.reading, format: checkpoint.format.rawValue,
                bytes: checkpoint.fileBytes, architecture: try renderJSON(description), parameters: description.parameters,
                paperName: description.name),
            layers: layers.groups.map { StoredLayer(name: $0.name, isLIF: true, neurons: $0.neurons) }
                + layers.synapses.map { StoredLayer(name: $0.name, isLIF: false, neurons: $0.inputs * $0.height * $0.width) }
        ) { _ in
            try handle.read(upToCount: Catalogue.chunkBytes).map { Array($0) }
        }
        return (try store.catalogue.model(id: added.id), added.isNew)
    }

    private func openFile(_ path: String) throws -> FileHandle {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Failure(Failure.Code("checkpoint.unreadable"), "\(path) cannot be read", remedy: "check that it is there")
        }
        return handle
    }

    /// A name for a model that is given as a file: the file's name without its ending, as far as names allow.
    static func name(forFile path: String) -> String {
        NameText.allowed(URL(filePath: path).deletingPathExtension().lastPathComponent, otherwise: "model")
    }
}

extension StoredModel {
    /// What is known of the checkpoint.
    func description() throws -> CheckpointDescription {
        try StoredJSON.decode(CheckpointDescription.self, from: architecture, what: "the network of model \(name)")
    }
}

/// Names of models and data sets: letters, digits, dots, underscores and hyphens.
enum NameText {
    /// Whether an argument that may also be a stored name is meant as a path: something is there, or it could be no name.
    static func isPath(_ text: String) -> Bool {
        FileManager.default.fileExists(atPath: text) || !isAllowed(StoredReference(text).name)
    }

    /// Whether a name that stands for nothing is likely a path: it ends as checkpoints do, or has a slash.
    static func looksLikeFile(_ text: String) -> Bool {
        let endings = ["pth", "pt", "ckpt", "bin", "safetensors", "tar", "pkl", "th"]
        return text.contains("/") || endings.contains(URL(filePath: text).pathExtension.lowercased())
    }

    /// - Throws: `name.taken` where the name is that of other contents and of none with this hash.
    static func requireFree(_ name: String, hash: String, among known: [(name: String, hash: String)], what: String) throws {
        let same = known.filter { $0.name == name }
        guard let other = same.first, !same.contains(where: { $0.hash == hash }) else { return }
        throw Failure(
            Failure.Code("name.taken"),
            "there is another \(what) named \(name) already, \(name)@\(other.hash.prefix(8)), and this one is \(hash.prefix(8))",
            remedy: what == "model" ? "give it a name of its own with --name" : "give it a name of its own with --dataset-name")
    }

    static func isAllowed(_ name: String) -> Bool {
        guard let first = name.utf8.first, isAlphanumeric(first), name.utf8.count <= 100 else { return false }
        return name.utf8.allSatisfy { isAlphanumeric($0) || [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: false
        }
    }

    /// `text` with other characters replaced.
    static func allowed(_ text: String, otherwise: String) -> String {
        let name = String(text.map { isAllowed("a\($0)") ? $0 : "-" }.prefix(100))
        return isAllowed(name) ? name : otherwise
    }

    static func require(_ name: String, what: String) throws {
        guard isAllowed(name) else {
            throw Failure(
                Failure.Code("name.invalid"), "\"\(name.prefix(120))\" is no name for a \(what)",
                remedy: "use up to 100 letters, digits, dots, underscores and hyphens, beginning with a letter or digit")
        }
    }
}
