package import Evaluation
internal import Postgres

/// A run that is not over, as the coordinator plans with it.
package struct ActiveRun: Sendable, Hashable {
    package var run: RunID
    package var state: RunState
    package var priority: Int
    package var pending: Int
    package var unclaimed: Int
    package var running: Int
}

extension EvaluationStore {
    /// Runs that are running or paused, by falling priority, older ones first.
    package func activeRuns() throws -> [ActiveRun] {
        try rows(
            """
            SELECT run_id, state, priority, shards_pending, shards_published, shards_running FROM progress
            WHERE state IN ('running', 'paused') ORDER BY priority DESC, run_id
            """
        ).map { row in
            ActiveRun(
                run: RunID(try row.int64("run_id")), state: RunState(rawValue: try row.text("state")) ?? .running,
                priority: try row.int("priority"), pending: try row.int("shards_pending"),
                unclaimed: try row.int("shards_published"), running: try row.int("shards_running"))
        }
    }

    /// Worker threads whose workers reported within `seconds`.
    package func liveSlots(withinSeconds seconds: Double) throws -> Int {
        try rows(
            """
            SELECT coalesce(sum(threads), 0)::bigint AS slots FROM workers
            WHERE state = 'running' AND last_heartbeat_at > clock_timestamp() - $1 * interval '1 second'
            """, [.float64(seconds)]
        ).first?.int("slots") ?? 0
    }

    /// Moves up to `limit` due shards of a run from pending to published, lowest first, and returns what to send.
    ///
    /// They are marked before they are sent: a worker can be faster than the coordinator's next statement. What is marked and then
    /// not sent is found by ``republishUnclaimed(olderThanSeconds:)``.
    package func markPublished(run: RunID, limit: Int) throws -> [ShardAttempt] {
        try rows(
            """
            UPDATE shards SET state = 'published', published_at = clock_timestamp()
            FROM (SELECT run_id, shard FROM shards JOIN runs USING (run_id)
                  WHERE run_id = $1 AND shards.state = 'pending' AND not_before <= clock_timestamp() AND runs.state = 'running'
                  ORDER BY shard LIMIT $2 FOR UPDATE OF shards SKIP LOCKED) AS due
            WHERE shards.run_id = due.run_id AND shards.shard = due.shard
            RETURNING shards.shard, shards.attempt
            """, [.int64(run.rawValue), .int(limit)]
        ).map { ShardAttempt(run: run, shard: try $0.int("shard"), attempt: try $0.int("attempt")) }
            .sorted { $0.shard < $1.shard }
    }

    /// Takes back shards whose message could not be sent.
    package func unmarkPublished(_ attempts: [ShardAttempt]) throws {
        for attempt in attempts {
            try execute(
                "UPDATE shards SET state = 'pending' WHERE run_id = $1 AND shard = $2 AND attempt = $3 AND state = 'published'",
                [.int64(attempt.run.rawValue), .int(attempt.shard), .int(attempt.attempt)])
        }
    }

    /// Shards that were published and not claimed for so long that their message may be lost: they are to be sent again.
    package func republishUnclaimed(olderThanSeconds seconds: Double) throws -> [ShardAttempt] {
        try rows(
            """
            UPDATE shards SET published_at = clock_timestamp()
            FROM runs
            WHERE runs.run_id = shards.run_id AND runs.state = 'running' AND shards.state = 'published'
              AND published_at < clock_timestamp() - $1 * interval '1 second'
            RETURNING shards.run_id, shard, attempt
            """, [.float64(seconds)]
        ).map { ShardAttempt(run: RunID(try $0.int64("run_id")), shard: try $0.int("shard"), attempt: try $0.int("attempt")) }
            .sorted { ($0.run, $0.shard) < ($1.run, $1.shard) }
    }

    /// Ends leases that ran out and puts their shards back with the next attempt.
    /// - Returns: the attempts that were lost.
    package func rescueExpired(backoff: AttemptBackoff) throws -> [ShardAttempt] {
        try session.withConnection { connection in
            try connection.transaction { connection in
                let expired = try connection.execute(
                    """
                    SELECT run_id, shard, attempt FROM shards
                    WHERE state = 'running' AND lease_expires_at < clock_timestamp()
                    ORDER BY run_id, shard FOR UPDATE SKIP LOCKED
                    """)

                return try expired.map { row in
                    let lost = ShardAttempt(
                        run: RunID(try row.int64("run_id")), shard: try row.int("shard"), attempt: try row.int("attempt"))
                    let key: [PostgresValue] = [.int64(lost.run.rawValue), .int(lost.shard)]
                    _ = try connection.execute(
                        """
                        INSERT INTO shard_attempts (run_id, shard, attempt, worker_id, outcome, code, message, claimed_at)
                        SELECT run_id, shard, attempt, worker_id, 'expired', 'worker.lost',
                               'the worker did not renew its lease; it crashed, hung or lost the database', claimed_at
                        FROM shards WHERE run_id = $1 AND shard = $2 ON CONFLICT DO NOTHING
                        """, key)
                    _ = try connection.execute(
                        """
                        UPDATE shards SET state = 'pending', attempt = attempt + 1, lease_token = NULL, lease_expires_at = NULL,
                               worker_id = NULL, not_before = clock_timestamp() + $3 * interval '1 second'
                        WHERE run_id = $1 AND shard = $2
                        """, key + [.float64(backoff.delay(after: lost.attempt))])
                    return lost
                }
            }
        }
    }

    /// Gives up shards whose attempts are used up: each of their images becomes a failure with the last attempt's cause.
    /// - Returns: the shards that are dead now, with their last attempt.
    package func buryExhausted() throws -> [ShardAttempt] {
        try session.withConnection { connection in
            try connection.transaction { connection in
                let exhausted = try connection.execute(
                    """
                    SELECT run_id, shard, attempt FROM shards JOIN runs USING (run_id)
                    WHERE shards.state = 'pending' AND attempt > max_attempts ORDER BY run_id, shard FOR UPDATE OF shards SKIP LOCKED
                    """)

                return try exhausted.map { row in
                    let dead = ShardAttempt(
                        run: RunID(try row.int64("run_id")), shard: try row.int("shard"), attempt: try row.int("attempt") - 1)
                    let key: [PostgresValue] = [.int64(dead.run.rawValue), .int(dead.shard)]
                    _ = try connection.execute(
                        """
                        INSERT INTO image_failures (run_id, ordinal, shard, code, message, worker_id)
                        SELECT s.run_id, o, s.shard, a.code, 'the shard used up its attempts: ' || a.message, a.worker_id
                        FROM shards s
                        CROSS JOIN generate_series(s.first_ordinal, s.first_ordinal + s.image_count - 1) AS o
                        JOIN shard_attempts a ON a.run_id = s.run_id AND a.shard = s.shard AND a.attempt = s.attempt - 1
                        WHERE s.run_id = $1 AND s.shard = $2
                        """, key)
                    _ = try connection.execute(
                        "UPDATE shards SET state = 'dead', finished_at = clock_timestamp() WHERE run_id = $1 AND shard = $2",
                        key)
                    return dead
                }
            }
        }
    }

    /// Ends runs all of whose shards are accounted for.
    /// - Returns: the runs that ended just now.
    package func finishRuns() throws -> [RunID] {
        try rows(
            """
            UPDATE runs SET state = 'finished', finished_at = clock_timestamp()
            WHERE state IN ('running', 'paused')
              AND NOT EXISTS (SELECT FROM shards WHERE shards.run_id = runs.run_id AND shards.state NOT IN ('done', 'dead', 'split'))
            RETURNING run_id
            """
        ).map { RunID(try $0.int64("run_id")) }.sorted()
    }

    /// Keeps what a run came to, as JSON.
    package func keepReport(_ run: RunID, json: String) throws {
        try execute(
            """
            INSERT INTO reports (run_id, report) VALUES ($1, $2::text::jsonb)
            ON CONFLICT (run_id) DO UPDATE SET report = excluded.report, created_at = now()
            """, [.int64(run.rawValue), .text(json)])
    }
}
