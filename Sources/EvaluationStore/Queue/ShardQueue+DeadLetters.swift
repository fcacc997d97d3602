internal import Diagnostics
package import Evaluation
internal import Postgres

/// A shard that was given up: nearly always one image.
package struct DeadShard: Sendable, Hashable, Codable {
    package var run: RunID
    package var shard: Int
    package var firstOrdinal: Int
    package var images: Int
    /// File of the first image, relative to the data set's root.
    package var path: String
    package var code: String
    package var message: String
    package var attempts: Int
    package var diedAt: String

    enum CodingKeys: String, CodingKey {
        case run, shard, images, path, code, message, attempts
        case firstOrdinal = "first_ordinal"
        case diedAt = "died_at"
    }
}

/// How one attempt of a shard ended.
package struct AttemptRecord: Sendable, Hashable, Codable {
    package var shard: Int
    package var attempt: Int
    package var images: Int
    package var worker: Int64?
    package var host: String?
    /// `expired` or `failed`.
    package var outcome: String
    package var failureClass: String
    package var code: String
    package var message: String
    package var endedAt: String

    enum CodingKeys: String, CodingKey {
        case shard, attempt, images, worker, host, outcome, code, message
        case failureClass = "class"
        case endedAt = "ended_at"
    }
}

extension ShardQueue {
    /// Dead shards, of one run or of all, without those that were dropped.
    /// - Throws: `store.not_found`; `run.state` where the run was pruned.
    package func deadShards(of run: RunID? = nil) throws -> [DeadShard] {
        if let run { _ = try unprunedRun(run) }
        return try rows(
            """
            SELECT run_id, shard, first_ordinal, image_count, path, coalesce(code, '') AS code, coalesce(message, '') AS message, attempts,
                   \(Self.time("died_at")) AS died_at
            FROM dead_letters WHERE dropped_at IS NULL AND ($1::bigint IS NULL OR run_id = $1) ORDER BY run_id, first_ordinal
            """, [.int64(orNull: run?.rawValue)]
        ).map(deadShard)
    }

    func deadShard(_ row: PostgresRow) throws -> DeadShard {
        DeadShard(
            run: RunID(try row.int64("run_id")), shard: try row.int("shard"), firstOrdinal: try row.int("first_ordinal"),
            images: try row.int("image_count"), path: try row.text("path"), code: try row.text("code"),
            message: try row.text("message"), attempts: try row.int("attempts"), diedAt: try row.text("died_at"))
    }

    /// How the attempts of a shard ended, and those of the shards that it was split from, oldest first.
    /// - Throws: `store.not_found` where there is no such shard; `run.state` where the run was pruned.
    package func history(of shard: Int, in run: RunID) throws -> [AttemptRecord] {
        _ = try unprunedRun(run)
        let found = try rows(
            """
            WITH RECURSIVE line AS (
                SELECT run_id, shard, image_count, split_from FROM shards WHERE run_id = $1 AND shard = $2
                UNION ALL
                SELECT s.run_id, s.shard, s.image_count, s.split_from
                FROM shards s JOIN line ON s.run_id = line.run_id AND s.shard = line.split_from
            )
            SELECT line.shard, line.image_count, a.attempt, a.worker_id, w.host, a.outcome, a.class, a.code, a.message,
                   \(Self.time("a.ended_at")) AS ended_at
            FROM line LEFT JOIN shard_attempts a USING (run_id, shard) LEFT JOIN workers w USING (worker_id)
            ORDER BY line.image_count DESC, a.attempt
            """, [.int64(run.rawValue), .int(shard)])
        guard !found.isEmpty else { throw Failure(.notFound, "run \(run) has no shard \(shard)", remedy: Self.listRemedy) }
        return try found.filter { try !$0.isNull("attempt") }.map { row in
            AttemptRecord(
                shard: try row.int("shard"), attempt: try row.int("attempt"), images: try row.int("image_count"),
                worker: try row.intIfPresent("worker_id").map(Int64.init), host: try row.textIfPresent("host"),
                outcome: try row.text("outcome"), failureClass: try row.text("class"), code: try row.text("code"),
                message: try row.text("message"), endedAt: try row.text("ended_at"))
        }
    }

    /// Takes dead shards off the list; their images stay failures.
    /// - Parameter shards: which; all of the run where it is nil.
    /// - Returns: how many there were.
    package func dropDead(_ run: RunID, shards: [Int]?) throws -> Int {
        _ = try unprunedRun(run)
        return try execute(
            """
            UPDATE shards SET dropped_at = clock_timestamp()
            WHERE run_id = $1 AND state = 'dead' AND dropped_at IS NULL AND ($2::integer[] IS NULL OR shard = ANY ($2))
            """, [.int64(run.rawValue), shards.map { .int32Array($0.map { Int32(clamping: $0) }) } ?? .null])
    }

    private static var listRemedy: String { "`evalctl deadletter list` shows what was given up" }
}
