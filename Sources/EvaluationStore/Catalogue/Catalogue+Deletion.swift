package import Diagnostics
internal import Postgres

extension Failure.Code {
    /// Something cannot be deleted, because runs were made of it.
    package static let inUse = Failure.Code("store.in_use")
}

extension Catalogue {
    /// Bytes of the checkpoints that deleting a model, in all its versions or the one that its hash names, would free.
    /// - Throws: `store.not_found`; `store.in_use` where a run was made of it.
    package func deletionOfModel(named name: String) throws -> Int {
        let models = try versionsOfModel(name)
        try refuseInUse("model", name, models)
        return try rows(
            """
            SELECT coalesce(sum(octet_length(data)), 0)::bigint AS bytes FROM checkpoint_chunks
            WHERE sha256 IN (SELECT sha256 FROM models WHERE model_id = ANY ($1))
              AND sha256 NOT IN (SELECT sha256 FROM models WHERE model_id <> ALL ($1))
            """, [.int64Array(models)]
        ).single().int("bytes")
    }

    /// Deletes a model in all its versions, or the one that its hash names, and the checkpoints that no other model names.
    /// - Throws: `store.not_found`; `store.in_use` where a run was made of it.
    package func deleteModel(named name: String) throws {
        let models = try versionsOfModel(name)
        try refuseInUse("model", name, models)
        try deleting("model", name, models)
        try removeUnnamedCheckpoints()
    }

    /// Images in the manifests that deleting a data set, in all its versions or the one that its hash names, would free.
    /// - Throws: `store.not_found`; `store.in_use` where a run was made of it.
    package func deletionOfDataSet(named name: String) throws -> Int {
        let datasets = try versionsOfDataSet(name)
        try refuseInUse("dataset", name, datasets)
        return try rows("SELECT sum(images)::bigint AS images FROM datasets WHERE dataset_id = ANY ($1)", [.int64Array(datasets)]).single()
            .int("images")
    }

    /// Deletes a data set in all its versions, or the one that its hash names, with its manifest, classes and further labels. Image files are not touched.
    /// - Throws: `store.not_found`; `store.in_use` where a run was made of it.
    package func deleteDataSet(named name: String) throws {
        let datasets = try versionsOfDataSet(name)
        try refuseInUse("dataset", name, datasets)
        try deleting("dataset", name, datasets)
    }

    /// Removes checkpoints that no model names.
    package func removeUnnamedCheckpoints() throws {
        let unnamed = "NOT EXISTS (SELECT FROM models WHERE models.sha256 = checkpoint_chunks.sha256)"
        guard try !rows("SELECT FROM checkpoint_chunks WHERE \(unnamed) LIMIT 1").isEmpty else { return }
        try execute("SELECT remove_unnamed_checkpoints()")
    }

    private func versionsOfModel(_ name: String) throws -> [Int64] {
        let found = try models(named: name)
        guard !found.isEmpty else {
            throw Failure(.notFound, "there is no model named \(name)", remedy: "`evalctl model list` shows what is there")
        }
        return found.map(\.id)
    }

    private func versionsOfDataSet(_ name: String) throws -> [Int64] {
        let found = try dataSets(named: name)
        guard !found.isEmpty else {
            throw Failure(.notFound, "there is no data set named \(name)", remedy: "`evalctl dataset list` shows what is there")
        }
        return found.map(\.id)
    }

    private func refuseInUse(_ kind: String, _ name: String, _ versions: [Int64]) throws {
        let runs = try rows(
            "SELECT run_id FROM runs WHERE \(kind)_id = ANY ($1) ORDER BY run_id", [.int64Array(versions)]
        ).map { String(try $0.int("run_id")) }
        guard !runs.isEmpty else { return }
        let some = runs.prefix(10).joined(separator: ", ") + (runs.count > 10 ? " and \(runs.count - 10) more" : "")
        throw Failure(
            .inUse, "\(kind) \(name) is what run \(some) was made of", remedy: "delete these runs before, with `evalctl run delete`")
    }

    /// Runs a deletion that a run may be submitted beside.
    private func deleting(_ kind: String, _ name: String, _ versions: [Int64]) throws {
        do {
            try execute("DELETE FROM \(kind)s WHERE \(kind)_id = ANY ($1)", [.int64Array(versions)])
        } catch let failure as Failure where failure.code == .databaseForeignKeyViolation {
            try refuseInUse(kind, name, versions)
            throw failure
        }
    }
}
