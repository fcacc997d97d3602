internal import Diagnostics
package import Evaluation
internal import Postgres

/// A run as it was submitted.
package struct StoredRun: Sendable, Hashable {
    package var id: RunID
    package var specification: RunSpecification
    package var state: RunState
    package var imagesExpected: Int
    package var maxAttempts: Int
    /// Whether its rows were removed and only its report was kept.
    package var isPruned: Bool
}

/// How far a run is.
package struct RunProgress: Sendable, Hashable, Codable {
    package var run: RunID
    package var model: String
    package var dataset: String
    package var state: RunState
    package var imagesExpected: Int
    /// Stored or given up.
    package var imagesDone: Int
    /// Of shards under way: computed, and not stored yet.
    package var imagesComputed: Int
    /// With a prediction.
    package var imagesEvaluated: Int
    /// Given up, each with its cause.
    package var imagesFailed: Int
    package var shards: Int
    package var shardsPending: Int
    package var shardsPublished: Int
    package var shardsRunning: Int
    package var shardsDone: Int
    package var shardsDead: Int
    package var shardsCancelled: Int
    /// Since the first claim; 0 before it.
    package var imagesPerSecond: Double
    package var submittedAt: String
    /// Missing before the first claim.
    package var startedAt: String?
    /// Whether it was begun, has not ended, and no coordinator is there to go on with it.
    package var isInterrupted: Bool
    /// When its rows were removed and only its report was kept; missing where they are there.
    package var prunedAt: String?

    enum CodingKeys: String, CodingKey {
        case run, model, dataset, state
        case imagesExpected = "images_expected"
        case imagesDone = "images_done"
        case imagesComputed = "images_computed"
        case imagesEvaluated = "images_evaluated"
        case imagesFailed = "images_failed"
        case shards
        case shardsPending = "shards_pending"
        case shardsPublished = "shards_published"
        case shardsRunning = "shards_running"
        case shardsDone = "shards_done"
        case shardsDead = "shards_dead"
        case shardsCancelled = "shards_cancelled"
        case imagesPerSecond = "images_per_second"
        case submittedAt = "submitted_at"
        case startedAt = "started_at"
        case isInterrupted = "interrupted"
        case prunedAt = "pruned_at"
    }

    /// The state in words that tell whether every image counts: `running`, `interrupted, 120 of 500`, `incomplete, 50 of 53`,
    /// `finished, pruned`.
    package var stateWords: String {
        if isInterrupted { return "interrupted, \(imagesDone) of \(imagesExpected)" }
        return state.words(evaluated: imagesEvaluated, of: imagesExpected) + (prunedAt == nil ? "" : ", pruned")
    }

    /// Whether it is one to look after: interrupted, or ended without every image, which may still be done.
    package var isTroubled: Bool { isInterrupted || (state.isTerminal && imagesEvaluated < imagesExpected && prunedAt == nil) }
}

extension ShardQueue {
    /// A run as it was submitted.
    /// - Throws: `store.not_found`.
    package func run(_ id: RunID) throws -> StoredRun {
        let found = try rows(
            """
            SELECT model_id, dataset_id, timesteps, engine, preprocessing, pixel_limit, only_listed_classes, version, state, images_expected, max_attempts,
                   pruned_at IS NOT NULL AS is_pruned
            FROM runs WHERE run_id = $1
            """, [.int64(id.rawValue)])
        guard let row = found.first else {
            throw Self.noRun(id)
        }
        return StoredRun(
            id: id,
            specification: RunSpecification(
                modelID: try row.int64("model_id"), datasetID: try row.int64("dataset_id"), timeSteps: try row.int("timesteps"),
                engine: try row.text("engine"), preprocessing: try row.text("preprocessing"),
                pixelLimit: try row.int("pixel_limit"), onlyListedClasses: try row.bool("only_listed_classes"),
                version: try row.text("version")),
            state: try RunState(column: row), imagesExpected: try row.int("images_expected"),
            maxAttempts: try row.int("max_attempts"), isPruned: try row.bool("is_pruned"))
    }

    /// A run whose rows are there: what asks for rows or shards begins with it.
    /// - Throws: `store.not_found`; `run.state` where it was pruned.
    package func unprunedRun(_ id: RunID) throws -> StoredRun {
        let run = try run(id)
        if run.isPruned { throw Self.pruned(id) }
        return run
    }

    static func pruned(_ run: RunID) -> Failure {
        Failure(
            .runState, "run \(run) was pruned: its rows are gone, only its report was kept",
            remedy: "`evalctl report \(run)` shows the report; submit the run anew for its rows")
    }

    /// Progress of one run, or of all runs, newest first.
    /// - Throws: `store.not_found` for a run that is not there.
    package func progress(_ run: RunID? = nil) throws -> [RunProgress] {
        let sql = """
            SELECT p.run_id, p.model, p.dataset, p.state, p.images_expected, p.images_done, p.images_computed, a.images_evaluated, a.images_failed, shards,
                   shards_pending, shards_published, shards_running, shards_done, shards_dead, shards_cancelled,
                   coalesce(images_per_second, 0) AS images_per_second, \(Self.time("submitted_at")) AS submitted_at,
                   \(Self.time("started_at")) AS started_at,
                   p.state = 'running' AND started_at IS NOT NULL AND NOT EXISTS (
                       SELECT FROM coordinators WHERE \(Self.presentCoordinator)) AS is_interrupted,
                   (SELECT \(Self.time("pruned_at")) FROM runs WHERE runs.run_id = p.run_id) AS pruned_at
            FROM progress p JOIN run_accuracy a USING (run_id)
            """
        let found =
            try run.map { try rows(sql + " WHERE run_id = $1", [.int64($0.rawValue)]) } ?? rows(sql + " ORDER BY run_id DESC")
        if let run, found.isEmpty {
            throw Self.noRun(run)
        }
        return try found.map { row in
            RunProgress(
                run: RunID(try row.int64("run_id")), model: try row.text("model"), dataset: try row.text("dataset"),
                state: try RunState(column: row), imagesExpected: try row.int("images_expected"),
                imagesDone: try row.int("images_done"), imagesComputed: try row.int("images_computed"),
                imagesEvaluated: try row.int("images_evaluated"),
                imagesFailed: try row.int("images_failed"), shards: try row.int("shards"), shardsPending: try row.int("shards_pending"),
                shardsPublished: try row.int("shards_published"), shardsRunning: try row.int("shards_running"),
                shardsDone: try row.int("shards_done"), shardsDead: try row.int("shards_dead"),
                shardsCancelled: try row.int("shards_cancelled"),
                imagesPerSecond: try row.double("images_per_second"), submittedAt: try row.text("submitted_at"),
                startedAt: try row.textIfPresent("started_at"),
                isInterrupted: try row.bool("is_interrupted"), prunedAt: try row.textIfPresent("pruned_at"))
        }
    }
}
