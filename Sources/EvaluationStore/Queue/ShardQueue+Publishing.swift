package import Evaluation
internal import Postgres

/// A worker that was offered a job and lacked something that its run needs.
package struct Decline: Sendable, Hashable {
    package var run: RunID
    package var shard: Int
    /// By the database's clock, seconds since 1970.
    package var time: Double

    package init(run: RunID, shard: Int, time: Double) {
        self.run = run
        self.shard = shard
        self.time = time
    }
}

extension ShardQueue {
    /// What is published or running, and which workers reported within `seconds` and take work. Reads as many rows as that is.
    package func fleet(withinSeconds seconds: Double) throws -> FleetSnapshot {
        let shards = try rows(
            """
            SELECT run_id, shard, attempt, image_count, state = 'running' AS is_running, publications,
                   coalesce(extract(epoch FROM clock_timestamp() - published_at), 0)::double precision AS since_published,
                   coalesce(extract(epoch FROM clock_timestamp() - claimed_at), 0)::double precision AS since_claimed,
                   worker_id, backup_worker_id, speculative, failures + transient_failures > 0 AS has_failed
            FROM shards WHERE state IN ('published', 'running')
            """
        ).map { row in
            let isRunning = try row.bool("is_running")
            return OutstandingShard(
                id: ShardAttempt(run: RunID(try row.int64("run_id")), shard: try row.int("shard"), attempt: try row.int("attempt")),
                images: try row.int("image_count"), isRunning: isRunning,
                publications: try row.int("publications"), secondsSincePublished: try row.double("since_published"),
                secondsRunning: isRunning ? try row.double("since_claimed") : 0,
                worker: try row.intIfPresent("worker_id").map(Int64.init),
                backupWorker: try row.intIfPresent("backup_worker_id").map(Int64.init), isBackupOffered: try row.bool("speculative"),
                hasFailed: try row.bool("has_failed"))
        }
        let workers = try rows(
            """
            SELECT worker_id, threads FROM workers
            WHERE state = 'running' AND NOT drain_requested AND can_work AND last_heartbeat_at > clock_timestamp() - $1 * interval '1 second'
            ORDER BY worker_id
            """, [.float64(seconds)]
        ).map { LiveWorker(id: try $0.int64("worker_id"), slots: try $0.int("threads")) }
        return FleetSnapshot(shards: shards, workers: workers)
    }

    /// Runs that are running, with how many of their shards could be published now, counted up to `limit`. By falling priority.
    /// - Parameter underWay: each run's shards that are out.
    package func demands(limit: Int, underWay: [RunID: Int]) throws -> [(priority: Int, demand: RunDemand)] {
        try rows(
            """
            SELECT r.run_id, r.priority, d.due FROM runs r CROSS JOIN LATERAL (
                SELECT count(*) AS due FROM (
                    SELECT FROM shards WHERE run_id = r.run_id AND state = 'pending' AND not_before <= clock_timestamp() LIMIT $1) s) d
            WHERE r.state = 'running' ORDER BY r.priority DESC, r.run_id
            """, [.int(limit)]
        ).map { row in
            let run = RunID(try row.int64("run_id"))
            return (try row.int("priority"), RunDemand(run: run, due: try row.int("due"), underWay: underWay[run] ?? 0))
        }
    }

    /// Moves at most `count` due shards of a run from pending to published, lowest first.
    ///
    /// They are marked before they are offered: a worker can be faster than the coordinator's next statement.
    /// - Returns: what to offer; less where fewer are due, nothing where the run is not running.
    package func publish(run: RunID, count: Int) throws -> [JobMessage] {
        try rows(
            """
            WITH run AS (
                SELECT run_id FROM runs WHERE run_id = $1 AND state = 'running' FOR SHARE
            ), due AS (
                SELECT shards.run_id, shards.shard FROM shards JOIN run USING (run_id)
                WHERE shards.state = 'pending' AND not_before <= clock_timestamp()
                ORDER BY shard LIMIT $2 FOR UPDATE OF shards SKIP LOCKED
            )
            UPDATE shards SET state = 'published', published_at = clock_timestamp(), publications = publications + 1
            FROM due WHERE shards.run_id = due.run_id AND shards.shard = due.shard
            RETURNING shards.shard, shards.attempt
            """, [.int64(run.rawValue), .int(count)]
        ).map { JobMessage(ShardAttempt(run: run, shard: try $0.int("shard"), attempt: try $0.int("attempt"))) }
            .sorted { $0.attempt.shard < $1.attempt.shard }
    }

    /// Takes back shards whose offer was not delivered.
    package func unpublish(_ attempts: [ShardAttempt]) throws {
        try forEach(attempts, "UPDATE shards SET state = 'pending'", "shards.state = 'published'")
    }

    /// Notes that shards are offered once more.
    package func republish(_ attempts: [ShardAttempt]) throws {
        try forEach(
            attempts, "UPDATE shards SET published_at = clock_timestamp(), publications = publications + 1",
            "(shards.state = 'published' OR (shards.state = 'running' AND speculative AND backup_token IS NULL))")
    }

    /// Invites a second worker to late shards; see ``ShardMachine/offerBackup()``.
    package func offerBackups(_ attempts: [ShardAttempt]) throws {
        try forEach(
            attempts, "UPDATE shards SET speculative = true, published_at = clock_timestamp(), publications = 1",
            "shards.state = 'running' AND backup_token IS NULL AND NOT speculative AND failures = 0 AND transient_failures = 0")
    }

    /// Runs an update on the rows of `attempts`, all in one statement.
    private func forEach(_ attempts: [ShardAttempt], _ update: String, _ guardedBy: String) throws {
        guard !attempts.isEmpty else { return }
        try execute(
            """
            \(update)
            FROM unnest($1::bigint[], $2::integer[], $3::integer[]) AS mine (run_id, shard, attempt)
            WHERE shards.run_id = mine.run_id AND shards.shard = mine.shard AND shards.attempt = mine.attempt AND \(guardedBy)
            """,
            [
                .int64Array(attempts.map(\.run.rawValue)), .int32Array(attempts.map { Int32(clamping: $0.shard) }),
                .int32Array(attempts.map { Int32(clamping: $0.attempt) }),
            ])
    }

    /// Seconds an image that 95 of 100 finished shards of a run kept to; nil where it has pending shards or too few finished ones.
    ///
    /// Reads all shards of the run: to be asked at its end, and not often.
    package func percentile95(of run: RunID) throws -> Double? {
        let row = try rows(
            """
            SELECT percentile_cont(0.95) WITHIN GROUP (
                       ORDER BY extract(epoch FROM finished_at - claimed_at)::double precision / image_count) AS seconds
            FROM shards
            WHERE run_id = $1 AND state = 'done' AND claimed_at IS NOT NULL
              AND NOT EXISTS (SELECT FROM shards WHERE run_id = $1 AND state = 'pending')
            HAVING count(*) >= $2
            """, [.int64(run.rawValue), .int(StragglerRule.minimumSamples)]
        ).first
        return try row?.doubleIfPresent("seconds")
    }

    /// Jobs of running runs that a worker declined within the last `seconds`.
    package func declines(withinSeconds seconds: Double) throws -> [Decline] {
        try rows(
            """
            SELECT run_id, shard, extract(epoch FROM declined_at)::double precision AS time FROM declines JOIN runs USING (run_id)
            WHERE runs.state = 'running' AND declined_at > clock_timestamp() - $1 * interval '1 second'
            """, [.float64(seconds)]
        ).map { Decline(run: RunID(try $0.int64("run_id")), shard: try $0.int("shard"), time: try $0.double("time")) }
    }

    /// Gives back a published job that a worker lacks something of, without using up an attempt; its next offer comes half a second later.
    package func decline(_ attempt: ShardAttempt, worker: Int64, code: String, message: String) throws {
        try execute(
            """
            WITH returned AS (
                UPDATE shards SET state = 'pending', not_before = clock_timestamp() + interval '0.5 second'
                WHERE run_id = $1 AND shard = $2 AND attempt = $3 AND state = 'published' RETURNING run_id, shard
            )
            INSERT INTO declines (run_id, shard, worker_id, code, message, declined_at)
            SELECT run_id, shard, $4, $5, $6, clock_timestamp() FROM returned
            ON CONFLICT (run_id, shard) DO UPDATE SET worker_id = excluded.worker_id, code = excluded.code, message = excluded.message,
                declined_at = excluded.declined_at
            """,
            [
                .int64(attempt.run.rawValue), .int(attempt.shard), .int(attempt.attempt), .int64(worker), .text(code), .text(message),
            ])
    }

    /// The channel on which workers hear of jobs that travel through the database.
    package static let jobChannel = "evalctl_jobs"

    /// Tells workers that listen to ``jobChannel`` that there may be jobs.
    package func wakeWorkers() throws {
        try execute("SELECT pg_notify($1, '')", [.text(Self.jobChannel)])
    }

    /// The channel on which watchers hear of events that travel through the database, as JSON.
    package static let eventChannel = "evalctl_events"

    /// Tells watchers that listen to ``eventChannel``.
    package func announce(_ events: [EvaluationEvent]) throws {
        try execute(
            "SELECT pg_notify($1, event) FROM unnest($2::text[]) AS event",
            [.text(Self.eventChannel), .textArray(events.map { String(decoding: $0.encoded, as: UTF8.self) })])
    }

    /// Published jobs that no worker has claimed.
    package func unclaimedJobs() throws -> Int {
        try rows("SELECT count(*) AS jobs FROM shards WHERE state = 'published'").single().int("jobs")
    }
}
