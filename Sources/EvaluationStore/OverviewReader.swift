internal import Diagnostics
package import Evaluation
internal import Postgres

/// Looks at the whole fleet again and again, and remembers what does not change: runs that have ended, and the predictions of shards that
/// are done. A look costs what has happened since the last one, not what the database holds. Belongs to one thread, as its store does.
package final class OverviewReader {
    private let store: EvaluationStore
    private var ended: [RunID: (key: String, overview: RunOverview)] = [:]
    private var tallies: [RunID: AccuracyTally] = [:]

    /// Runs shown at most: unfinished ones, and ended ones.
    private static let limits = (unfinished: 100, ended: 20)

    package init(_ store: EvaluationStore) {
        self.store = store
    }

    package func look() throws -> FleetOverview {
        let heads = try store.rows(
            """
            (SELECT run_id, state || coalesce(finished_at::text, '') AS key FROM runs
             WHERE state IN ('running', 'paused') ORDER BY run_id DESC LIMIT \(Self.limits.unfinished))
            UNION ALL
            (SELECT run_id, state || coalesce(finished_at::text, '') FROM runs
             WHERE state IN ('finished', 'cancelled') ORDER BY run_id DESC LIMIT \(Self.limits.ended))
            """
        ).map { (run: RunID(try $0.int64("run_id")), key: try $0.text("key")) }
        let shown = Set(heads.map(\.run))
        ended = ended.filter { shown.contains($0.key) }
        tallies = tallies.filter { shown.contains($0.key) }
        let runs = try heads.map { try overview(of: $0.run, key: $0.key) }
        let workers = try store.presentWorkers()
        return FleetOverview(
            at: try store.rows("SELECT \(EvaluationStore.time("clock_timestamp()")) AS at").single().text("at"),
            runs: runs.sorted { $0.run > $1.run }, runsByState: try store.runsByState(), workers: workers,
            coordinators: try store.presentCoordinators(), deadLetters: try store.deadLetterOverview(),
            imagesPerSecond: workers.reduce(0) { $0 + $1.imagesPerSecond })
    }

    /// One run, whether or not it is among those that ``look()`` shows.
    /// - Throws: `store.not_found`.
    package func look(at run: RunID) throws -> RunOverview {
        let found = try store.rows(
            "SELECT state || coalesce(finished_at::text, '') AS key FROM runs WHERE run_id = $1", [.int64(run.rawValue)])
        guard let row = found.first else { throw EvaluationStore.noRun(run) }
        // What is remembered of runs that nobody looks at is forgotten with the next look at all.
        return try overview(of: run, key: try row.text("key"))
    }

    private func overview(of run: RunID, key: String) throws -> RunOverview {
        if let known = ended[run], known.key == key { return known.overview }
        var overview = try store.runOverview(run)
        var tally = tallies[run] ?? AccuracyTally()
        let isWhole = try tally.update(run, done: overview.shards.done, store: store)
        tallies[run] = tally
        overview.top1 = AccuracySoFar(correct: tally.correct, evaluated: tally.evaluated)
        if overview.state.isTerminal, isWhole { ended[run] = (key, overview) }
        return overview
    }
}

/// Counts the predictions of shards that are done, each shard once.
struct AccuracyTally {
    private(set) var correct = 0
    private(set) var evaluated = 0
    private var counted: Set<Int> = []

    /// Shards counted at one look at most, so that a large run that is met in the middle holds up nobody.
    private static let shardsPerLook = 400

    /// Counts what is new.
    /// - Parameter done: how many of the run's shards are done.
    /// - Returns: whether nothing is left to count.
    mutating func update(_ run: RunID, done: Int, store: EvaluationStore) throws -> Bool {
        guard done != counted.count else { return true }
        let shards = try store.rows(
            "SELECT shard FROM shards WHERE run_id = $1 AND state = 'done' ORDER BY shard", [.int64(run.rawValue)]
        ).map { try $0.int("shard") }
        // A shard that is done stays so; were it otherwise, the count would begin anew.
        if !counted.isSubset(of: shards) { self = AccuracyTally() }
        let missing = shards.filter { !counted.contains($0) }
        let fresh = Array(missing.prefix(Self.shardsPerLook))
        guard !fresh.isEmpty else { return true }
        // Shards are ranges of ordinals, which the predictions' key finds.
        let row = try store.rows(
            """
            SELECT count(p.ordinal) AS evaluated, count(*) FILTER (WHERE p.top5[1] = p.label) AS correct
            FROM unnest($2::integer[]) AS fresh (shard)
            JOIN shards s ON s.run_id = $1 AND s.shard = fresh.shard
            JOIN predictions p ON p.run_id = $1 AND p.ordinal >= s.first_ordinal AND p.ordinal < s.first_ordinal + s.image_count
                               AND p.shard = s.shard
            """, [.int64(run.rawValue), .int32Array(fresh.map { Int32(clamping: $0) })]
        ).single()
        evaluated += try row.int("evaluated")
        correct += try row.int("correct")
        counted.formUnion(fresh)
        return fresh.count == missing.count
    }
}
