package import Diagnostics
internal import Postgres

extension Failure.Code {
    /// Something cannot be deleted, because runs were made of it.
    package static let inUse = Failure.Code("store.in_use")
}

extension Catalogue {
    /// Bytes of the checkpoints that deleting a model, in all its versions, would free.
    /// - Throws: `store.not_found`; `store.in_use` where a run was made of it.
    package func deletionOfModel(named name: String) throws -> Int {
        let model = try model(named: name)
        try refuseInUse("model", name)
        return try rows(
            """
            SELECT coalesce(sum(octet_length(data)), 0)::bigint AS bytes FROM checkpoint_chunks
            WHERE sha256 IN (SELECT sha256 FROM models WHERE name = $1) AND sha256 NOT IN (SELECT sha256 FROM models WHERE name <> $1)
            """, [.text(model.name)]
        ).single().int("bytes")
    }

    /// Deletes a model in all its versions, and the checkpoints that no other model names.
    /// - Throws: `store.not_found`; `store.in_use` where a run was made of it.
    package func deleteModel(named name: String) throws {
        _ = try model(named: name)
        try refuseInUse("model", name)
        try deleting("model", name, "DELETE FROM models WHERE name = $1")
        try removeUnnamedCheckpoints()
    }

    /// Images in the manifests that deleting a data set, in all its versions, would free.
    /// - Throws: `store.not_found`; `store.in_use` where a run was made of it.
    package func deletionOfDataSet(named name: String) throws -> Int {
        _ = try dataSet(named: name)
        try refuseInUse("dataset", name)
        return try rows("SELECT sum(images)::bigint AS images FROM datasets WHERE name = $1", [.text(name)]).single().int("images")
    }

    /// Deletes a data set in all its versions, with its manifest, classes and further labels. Image files are not touched.
    /// - Throws: `store.not_found`; `store.in_use` where a run was made of it.
    package func deleteDataSet(named name: String) throws {
        _ = try dataSet(named: name)
        try refuseInUse("dataset", name)
        try deleting("dataset", name, "DELETE FROM datasets WHERE name = $1")
    }

    /// Removes checkpoints that no model names.
    package func removeUnnamedCheckpoints() throws {
        let unnamed = "NOT EXISTS (SELECT FROM models WHERE models.sha256 = checkpoint_chunks.sha256)"
        guard try !rows("SELECT FROM checkpoint_chunks WHERE \(unnamed) LIMIT 1").isEmpty else { return }
        try execute("SELECT remove_unnamed_checkpoints()")
    }

    private func refuseInUse(_ kind: String, _ name: String) throws {
        let runs = try rows(
            "SELECT run_id FROM runs JOIN \(kind)s USING (\(kind)_id) WHERE name = $1 ORDER BY run_id", [.text(name)]
        ).map { String(try $0.int("run_id")) }
        guard !runs.isEmpty else { return }
        let some = runs.prefix(10).joined(separator: ", ") + (runs.count > 10 ? " and \(runs.count - 10) more" : "")
        throw Failure(
            .inUse, "\(kind) \(name) is what run \(some) was made of", remedy: "delete these runs before, with `evalctl run delete`")
    }

    /// Runs a deletion that a run may be submitted beside.
    private func deleting(_ kind: String, _ name: String, _ sql: String) throws {
        do {
            try execute(sql, [.text(name)])
        } catch let failure as Failure where failure.code == .databaseForeignKeyViolation {
            try refuseInUse(kind, name)
            throw failure
        }
    }
}
