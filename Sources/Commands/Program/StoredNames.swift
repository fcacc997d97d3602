internal import Diagnostics
internal import EvaluationStore
internal import Foundation

/// Stored models and data sets by the names that the command line gives them.
extension EvaluationStore {
    /// The model that `name` stands for; where several have it, standard error says which is taken and what the others are called.
    /// - Parameter orFile: whether a file could have been meant as well.
    /// - Throws: `store.not_found`.
    func model(named name: String, orFile: Bool = false) throws -> StoredModel {
        let found = try catalogue.models(named: name)
        guard let chosen = found.first else {
            throw try Self.missing(
                name, what: "model", list: "evalctl model list", add: "evalctl model add NAME \(name)", orFile: orFile,
                known: catalogue.models(named: StoredReference(name).name).map(\.reference))
        }
        Self.tell(name, found.map { $0.reference(among: found) }, what: "model")
        return chosen
    }

    /// The data set that `name` stands for; where several have it, standard error says which is taken and what the others are called.
    /// - Parameter orFile: whether a folder could have been meant as well.
    /// - Throws: `store.not_found`.
    func dataSet(named name: String, orFile: Bool = false) throws -> StoredDataSet {
        let found = try catalogue.dataSets(named: name)
        guard let chosen = found.first else {
            throw try Self.missing(
                name, what: "data set", list: "evalctl dataset list", add: "evalctl dataset add NAME --root \(name)", orFile: orFile,
                known: catalogue.dataSets(named: StoredReference(name).name).map(\.reference))
        }
        Self.tell(name, found.map(\.reference), what: "data set")
        return chosen
    }

    private static func tell(_ name: String, _ references: [String], what: String) {
        guard let chosen = references.first, references.count > 1 else { return }
        let others = references.dropFirst()
        note(
            "\(name) stands for \(chosen), the newest of \(references.count.counted(what)) of that name; name \(others.count == 1 ? "the other" : "another") as "
                + others.prefix(5).joined(separator: ", ")
                + (others.count > 5 ? " and so on (`evalctl \(what == "model" ? what : "dataset") list`)" : ""))
    }

    private static func missing(
        _ name: String, what: String, list: String, add: String, orFile: Bool, known: [String]
    ) throws -> Failure {
        if !known.isEmpty {
            return Failure(
                .notFound, "there is no \(what) \(name.printable)",
                remedy: "stored under that name: \(known.prefix(5).joined(separator: ", "))\(known.count > 5 ? " and others" : "")")
        }
        let isThere = FileManager.default.fileExists(atPath: name)
        if isThere, !orFile {
            return Failure(
                .notFound, "\(name.printable) is a file or folder, and no stored \(what) has that name", remedy: "store it with `\(add)`")
        }
        return Failure(
            .notFound,
            "there is no stored \(what) named \(name.printable)\(orFile || NameText.looksLikeFile(name) ? ", and no such file or folder" : "")",
            remedy: "`\(list)` shows what is stored\(orFile ? "; for a file, check its path" : "")")
    }
}

extension StoredModel {
    /// The name with the hash's first eight digits.
    var reference: String { "\(name)@\(sha256.prefix(8))" }

    /// What names this one of `models`, which may have one file in several readings.
    func reference(among models: [StoredModel]) -> String {
        models.count { $0.sha256 == sha256 } > 1 ? "\(name)#\(id)" : reference
    }
}

extension StoredDataSet {
    /// The name with the manifest's hash's first eight digits.
    var reference: String { "\(name)@\(manifestSHA256.prefix(8))" }
}
