package import Evaluation
internal import Postgres

/// A shard whose rows were stored.
package struct StoredShard: Sendable, Hashable {
    package var run: RunID
    package var shard: Int
    package var images: Int
    package var worker: Int64
}

/// A dead shard that was not yet sent to `eval.dead-letter`.
package struct DeadLetter: Sendable, Hashable {
    package var run: RunID
    package var shard: Int
    package var range: ShardRange
    /// JSON: the first dead images and how the last attempts ended; see `docs/operations.md`.
    package var json: String

    /// Images and attempts listed at most, so that a letter fits a message of a megabyte, whatever the shard's size.
    static let (imageLimit, attemptLimit) = (100, 30)
}

extension ShardQueue {
    /// Ends runs all of whose shards are accounted for, and keeps their figures. Looks at no shard that is.
    /// - Returns: the runs that ended just now.
    package func finishRuns() throws -> [RunID] {
        let candidates = try rows("SELECT run_id FROM runs WHERE \(Self.isAccountedFor) ORDER BY run_id").map { try $0.int64("run_id") }
        guard !candidates.isEmpty else { return [] }
        return try session.withConnection { connection in
            try connection.transaction { connection in
                // Locked first: who opens a run again holds it too, and the statement after this one sees the shards that he revived.
                let locked = try connection.execute(
                    "SELECT run_id FROM runs WHERE run_id = ANY ($1) ORDER BY run_id FOR NO KEY UPDATE SKIP LOCKED",
                    [.int64Array(candidates)]
                ).map { try $0.int64("run_id") }
                let finished = try connection.execute(
                    """
                    UPDATE runs SET state = 'finished', finished_at = clock_timestamp()
                    WHERE run_id = ANY ($1) AND \(Self.isAccountedFor) RETURNING run_id
                    """, [.int64Array(locked)]
                ).map { try $0.int64("run_id") }
                try keepFigures(of: finished, connection)
                return finished.map { RunID($0) }.sorted()
            }
        }
    }

    /// True for a run of `runs` that goes on and has no shard to wait for.
    private static let isAccountedFor = """
        state IN ('running', 'paused')
        AND NOT EXISTS (SELECT FROM shards WHERE shards.run_id = runs.run_id AND shards.state = 'pending')
        AND NOT EXISTS (SELECT FROM shards WHERE shards.run_id = runs.run_id AND shards.state IN ('published', 'running'))
        """

    /// Counts runs that have just ended, once and for all.
    func keepFigures(of runs: [Int64], _ connection: PostgresConnection) throws {
        guard !runs.isEmpty else { return }
        _ = try connection.execute(
            "INSERT INTO run_figures SELECT * FROM figures_of_runs WHERE run_id = ANY ($1) ON CONFLICT DO NOTHING", [.int64Array(runs)])
    }

    /// States of the runs that are not over, and of those in `watched`.
    package func runStates(watched: [RunID]) throws -> [RunID: RunState] {
        try rows(
            "SELECT run_id, state FROM runs WHERE state IN ('running', 'paused') OR run_id = ANY ($1)",
            [.int64Array(watched.map(\.rawValue))]
        ).reduce(into: [:]) { $0[RunID(try $1.int64("run_id"))] = try RunState(column: $1) }
    }

    /// Which of these shards are done by now.
    package func doneShards(among shards: [ShardAttempt]) throws -> [StoredShard] {
        guard !shards.isEmpty else { return [] }
        return try rows(
            """
            SELECT run_id, shard, image_count, worker_id
            FROM shards JOIN unnest($1::bigint[], $2::integer[]) AS mine (run_id, shard) USING (run_id, shard)
            WHERE state = 'done' ORDER BY run_id, shard
            """, [.int64Array(shards.map(\.run.rawValue)), .int32Array(shards.map { Int32(clamping: $0.shard) })]
        ).map { row in
            StoredShard(
                run: RunID(try row.int64("run_id")), shard: try row.int("shard"), images: try row.int("image_count"),
                worker: try row.int64("worker_id"))
        }
    }

    /// Dead shards that were not yet sent to `eval.dead-letter`, at most `limit`.
    package func unsentDeadLetters(limit: Int = 100) throws -> [DeadLetter] {
        try rows(
            """
            SELECT s.run_id, s.shard, s.first_ordinal, s.image_count, json_build_object(
                'version', 1, 'run', s.run_id, 'shard', s.shard, 'first_ordinal', s.first_ordinal, 'image_count', s.image_count,
                'images', (SELECT json_agg(json_build_object('ordinal', i.ordinal, 'path', left(i.path, 1000)) ORDER BY i.ordinal)
                           FROM images i WHERE i.dataset_id = r.dataset_id AND i.ordinal >= s.first_ordinal
                             AND i.ordinal < s.first_ordinal + least(s.image_count, \(DeadLetter.imageLimit))),
                'attempts', (SELECT json_agg(json_build_object('attempt', a.attempt, 'worker', a.worker_id, 'outcome', a.outcome,
                                 'class', a.class, 'code', a.code, 'message', left(a.message, 1000)) ORDER BY a.attempt)
                             FROM (SELECT * FROM shard_attempts a WHERE a.run_id = s.run_id AND a.shard = s.shard
                                   ORDER BY a.attempt DESC LIMIT \(DeadLetter.attemptLimit)) a))::text AS letter
            FROM shards s JOIN runs r USING (run_id)
            WHERE s.state = 'dead' AND s.dead_letter_sent_at IS NULL ORDER BY s.run_id, s.shard LIMIT $1
            """, [.int(limit)]
        ).map { row in
            DeadLetter(
                run: RunID(try row.int64("run_id")), shard: try row.int("shard"),
                range: ShardRange(firstOrdinal: try row.int("first_ordinal"), imageCount: try row.int("image_count")),
                json: try row.text("letter"))
        }
    }

    /// Notes that `eval.dead-letter` has these.
    package func noteSent(_ letters: [DeadLetter]) throws {
        guard !letters.isEmpty else { return }
        try execute(
            """
            UPDATE shards SET dead_letter_sent_at = clock_timestamp()
            FROM unnest($1::bigint[], $2::integer[]) AS mine (run_id, shard)
            WHERE shards.run_id = mine.run_id AND shards.shard = mine.shard AND state = 'dead'
            """, [.int64Array(letters.map(\.run.rawValue)), .int32Array(letters.map { Int32(clamping: $0.shard) })])
    }
}
