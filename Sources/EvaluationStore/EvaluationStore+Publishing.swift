package import Evaluation
internal import Postgres

/// A job message to be sent.
package struct Publication: Sendable, Hashable {
    package var job: JobMessage
    package var partition: Int

    package init(job: JobMessage, partition: Int) {
        self.job = job
        self.partition = partition
    }
}

extension EvaluationStore {
    /// What is published or running, and which workers reported within `seconds` and take work. Reads as many rows as that is.
    package func fleet(withinSeconds seconds: Double) throws -> FleetSnapshot {
        let shards = try rows(
            """
            SELECT run_id, shard, attempt, image_count, state = 'running' AS is_running, kafka_partition, publications,
                   coalesce(extract(epoch FROM clock_timestamp() - published_at), 0)::double precision AS since_published,
                   coalesce(extract(epoch FROM clock_timestamp() - claimed_at), 0)::double precision AS since_claimed,
                   worker_id, backup_worker_id, speculative, failures + transient_failures > 0 AS has_failed
            FROM shards WHERE state IN ('published', 'running')
            """
        ).map { row in
            let isRunning = try row.bool("is_running")
            return OutstandingShard(
                id: ShardAttempt(run: RunID(try row.int64("run_id")), shard: try row.int("shard"), attempt: try row.int("attempt")),
                images: try row.int("image_count"), isRunning: isRunning, partition: try row.intIfPresent("kafka_partition"),
                publications: try row.int("publications"), secondsSincePublished: try row.double("since_published"),
                secondsRunning: isRunning ? try row.double("since_claimed") : 0,
                worker: try row.intIfPresent("worker_id").map(Int64.init),
                backupWorker: try row.intIfPresent("backup_worker_id").map(Int64.init), isBackupOffered: try row.bool("speculative"),
                hasFailed: try row.bool("has_failed"))
        }
        let workers = try rows(
            """
            SELECT worker_id, threads FROM workers
            WHERE state = 'running' AND NOT drain_requested AND last_heartbeat_at > clock_timestamp() - $1 * interval '1 second'
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

    /// Moves as many due shards of a run as there are `partitions` from pending to published, lowest first, each for its partition.
    ///
    /// They are marked before they are sent: a worker can be faster than the coordinator's next statement.
    /// - Returns: what to send; less where fewer are due, nothing where the run is not running.
    package func publish(run: RunID, to partitions: [Int]) throws -> [Publication] {
        try rows(
            """
            WITH run AS (
                SELECT run_id FROM runs WHERE run_id = $1 AND state = 'running' FOR SHARE
            ), due AS (
                SELECT shards.run_id, shards.shard FROM shards JOIN run USING (run_id)
                WHERE shards.state = 'pending' AND not_before <= clock_timestamp()
                ORDER BY shard LIMIT $2 FOR UPDATE OF shards SKIP LOCKED
            ), numbered AS (
                SELECT run_id, shard, row_number() OVER (ORDER BY shard) AS position FROM due
            )
            UPDATE shards SET state = 'published', published_at = clock_timestamp(), publications = publications + 1,
                   kafka_partition = ($3::integer[])[position]
            FROM numbered WHERE shards.run_id = numbered.run_id AND shards.shard = numbered.shard
            RETURNING shards.shard, shards.attempt, kafka_partition
            """, [.int64(run.rawValue), .int(partitions.count), .int32Array(partitions.map { Int32(clamping: $0) })]
        ).map { row in
            Publication(
                job: JobMessage(ShardAttempt(run: run, shard: try row.int("shard"), attempt: try row.int("attempt"))),
                partition: try row.int("kafka_partition"))
        }.sorted { $0.job.attempt.shard < $1.job.attempt.shard }
    }

    /// Takes back shards whose message could not be sent.
    package func unpublish(_ attempts: [ShardAttempt]) throws {
        try forEach(attempts, "UPDATE shards SET state = 'pending'", "shards.state = 'published'")
    }

    /// Notes that shards are sent once more, to other partitions.
    package func republish(_ publications: [Publication]) throws {
        try forEach(
            publications.map(\.job.attempt), partitions: publications.map(\.partition),
            "UPDATE shards SET published_at = clock_timestamp(), publications = publications + 1, kafka_partition = mine.kafka_partition",
            "(shards.state = 'published' OR (shards.state = 'running' AND speculative AND backup_token IS NULL))")
    }

    /// Invites a second worker to late shards; see ``ShardMachine/offerBackup()``.
    package func offerBackups(_ publications: [Publication]) throws {
        try forEach(
            publications.map(\.job.attempt), partitions: publications.map(\.partition),
            """
            UPDATE shards SET speculative = true, published_at = clock_timestamp(), publications = 1,
                   kafka_partition = mine.kafka_partition
            """, "shards.state = 'running' AND backup_token IS NULL AND NOT speculative AND failures = 0 AND transient_failures = 0")
    }

    /// Runs an update on the rows of `attempts`, all in one statement.
    private func forEach(_ attempts: [ShardAttempt], partitions: [Int]? = nil, _ update: String, _ guardedBy: String) throws {
        guard !attempts.isEmpty else { return }
        try execute(
            """
            \(update)
            FROM unnest($1::bigint[], $2::integer[], $3::integer[], $4::integer[]) AS mine (run_id, shard, attempt, kafka_partition)
            WHERE shards.run_id = mine.run_id AND shards.shard = mine.shard AND shards.attempt = mine.attempt AND \(guardedBy)
            """,
            [
                .int64Array(attempts.map(\.run.rawValue)), .int32Array(attempts.map { Int32(clamping: $0.shard) }),
                .int32Array(attempts.map { Int32(clamping: $0.attempt) }),
                .int32Array((partitions ?? attempts.map { _ in 0 }).map { Int32(clamping: $0) }),
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

    /// Partitions of each run whose worker lacked something within the last `seconds`.
    package func declines(withinSeconds seconds: Double) throws -> [RunID: Set<Int>] {
        try rows(
            """
            SELECT run_id, kafka_partition FROM declines JOIN runs USING (run_id)
            WHERE runs.state = 'running' AND declined_at > clock_timestamp() - $1 * interval '1 second'
            """, [.float64(seconds)]
        ).reduce(into: [:]) { found, row in
            found[RunID(try row.int64("run_id")), default: []].insert(try row.int("kafka_partition"))
        }
    }
}
