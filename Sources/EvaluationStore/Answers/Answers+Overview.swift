internal import Evaluation
internal import Postgres

extension Answers {
    /// How far runs are, by number; those that are not there are left out.
    func runOverviews(_ runs: [RunID]) throws -> [RunID: RunOverview] {
        guard !runs.isEmpty else { return [:] }
        let found = try rows(
            """
            SELECT r.run_id, m.name AS model, d.name AS dataset, r.engine, r.timesteps, r.state, r.priority, r.images_expected,
                   \(Self.time("r.submitted_at")) AS submitted_at, \(Self.time("r.started_at")) AS started_at,
                   \(Self.time("r.finished_at")) AS finished_at,
                   extract(epoch FROM coalesce(r.finished_at, clock_timestamp()) - r.started_at)::double precision AS seconds,
                   (SELECT count(*) FROM image_failures f WHERE f.run_id = r.run_id) AS images_failed, s.*
            FROM runs r JOIN models m USING (model_id) JOIN datasets d USING (dataset_id)
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(image_count - images_redone) FILTER (WHERE state IN ('done', 'dead')), 0)::bigint AS images_done,
                       coalesce(sum(image_count) FILTER (
                           WHERE state = 'done' AND finished_at > clock_timestamp() - interval '30 seconds'), 0)::bigint AS images_lately,
                       count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'published') AS published,
                       count(*) FILTER (WHERE state = 'running') AS running, count(*) FILTER (WHERE state = 'done') AS done,
                       count(*) FILTER (WHERE state = 'split') AS split, count(*) FILTER (WHERE state = 'dead') AS dead,
                       count(*) FILTER (WHERE state = 'cancelled') AS cancelled,
                       coalesce(sum(least(images_computed, image_count)) FILTER (WHERE state = 'running'), 0)::bigint AS images_computed,
                       coalesce(sum(images_evaluated), 0)::bigint AS images_evaluated, coalesce(sum(top1_correct), 0)::bigint AS top1_correct
                FROM shards WHERE shards.run_id = r.run_id) s
            WHERE r.run_id = ANY ($1)
            """, [.int64Array(runs.map(\.rawValue))])
        return try Dictionary(
            uniqueKeysWithValues: found.map { row in
                let overview = try runOverview(row)
                return (overview.run, overview)
            })
    }

    private func runOverview(_ row: PostgresRow) throws -> RunOverview {
        let state = try RunState(column: row)
        let (expected, done) = (try row.int("images_expected"), try row.int("images_done"))
        let seconds = try row.doubleIfPresent("seconds") ?? 0
        let lately = try row.int("images_lately")
        var pace = seconds > 0 ? Double(done) / seconds : 0
        if !state.isTerminal, lately > 0, seconds > 0 { pace = Double(lately) / min(seconds, 30) }
        return RunOverview(
            run: RunID(try row.int64("run_id")), model: try row.text("model"), dataset: try row.text("dataset"),
            engine: try row.text("engine"),
            timeSteps: try row.int("timesteps"), state: state, priority: try row.int("priority"), imagesExpected: expected,
            imagesDone: done, imagesComputed: try row.int("images_computed"), imagesFailed: try row.int("images_failed"),
            imagesPerSecond: pace,
            etaSeconds: state == .running && pace > 0 ? Double(max(expected - done, 0)) / pace : nil,
            shards: try shardCounts(row),
            top1: AccuracySoFar(correct: try row.int("top1_correct"), evaluated: try row.int("images_evaluated")),
            submittedAt: try row.text("submitted_at"),
            startedAt: try row.textIfPresent("started_at"), finishedAt: try row.textIfPresent("finished_at"))
    }

    /// What ``FleetOverview`` counts, in one statement: an open page asks it again and again.
    struct FleetFigures {
        var at: String
        var runsByState: [String: Int]
        var totals: FleetTotals
        var imagesPerSecond: Double
        /// Without the newest of them.
        var deadLetters: DeadLetterOverview
    }

    func fleetFigures() throws -> FleetFigures {
        let states = RunState.allCases.map(\.rawValue)
        let row = try rows(
            """
            SELECT \(Self.time("clock_timestamp()")) AS at, n.*, w.*, d.*, s.* FROM (
                SELECT \(states.map { "count(*) FILTER (WHERE state = '\($0)') AS runs_\($0)" }.joined(separator: ", ")),
                       coalesce(sum(images_expected) FILTER (WHERE state IN ('running', 'paused')), 0)::bigint AS images_expected
                FROM runs) n
            CROSS JOIN LATERAL (
                SELECT n.images_expected - coalesce(sum(image_count - images_redone) FILTER (WHERE s.state IN ('done', 'dead')), 0)::bigint AS images_left,
                       count(*) FILTER (WHERE s.state = 'pending') AS pending, count(*) FILTER (WHERE s.state = 'published') AS published,
                       count(*) FILTER (WHERE s.state = 'running') AS running, count(*) FILTER (WHERE s.state = 'done') AS done,
                       count(*) FILTER (WHERE s.state = 'split') AS split, count(*) FILTER (WHERE s.state = 'dead') AS dead,
                       count(*) FILTER (WHERE s.state = 'cancelled') AS cancelled
                FROM shards s JOIN runs u USING (run_id) WHERE u.state IN ('running', 'paused')) s
            CROSS JOIN (
                SELECT count(*) AS workers, coalesce(sum(threads), 0)::bigint AS threads,
                       coalesce(sum(images_per_second), 0)::double precision AS pace
                FROM worker_status WHERE state IN ('running', 'draining')) w
            CROSS JOIN (
                SELECT count(*) AS dead_shards, coalesce(sum(image_count), 0)::bigint AS dead_images
                FROM shards WHERE state = 'dead' AND dropped_at IS NULL) d
            """
        ).single()
        return FleetFigures(
            at: try row.text("at"),
            runsByState: try Dictionary(uniqueKeysWithValues: states.map { ($0, try row.int("runs_\($0)")) }),
            totals: FleetTotals(
                imagesLeft: max(try row.int("images_left"), 0), shards: try shardCounts(row), workers: try row.int("workers"),
                threads: try row.int("threads")),
            imagesPerSecond: try row.double("pace"),
            deadLetters: DeadLetterOverview(shards: try row.int("dead_shards"), images: try row.int("dead_images")))
    }

    private func shardCounts(_ row: PostgresRow) throws -> ShardCounts {
        ShardCounts(
            pending: try row.int("pending"), published: try row.int("published"), running: try row.int("running"),
            done: try row.int("done"), split: try row.int("split"), dead: try row.int("dead"), cancelled: try row.int("cancelled"))
    }

    /// Workers that report, those with shards first, and behind them those that ended or vanished within the last hour; at most a thousand.
    func presentWorkers() throws -> [WorkerStatus] {
        try rows(
            """
            SELECT \(ShardQueue.workerColumns) FROM worker_status
            WHERE state IN ('running', 'draining') OR seconds_since_heartbeat < 3600
            ORDER BY state IN ('running', 'draining') DESC, worker_id DESC LIMIT 1000
            """
        ).map(queue.workerStatus).sorted { ($0.rank, $0.id) < ($1.rank, $1.id) }
    }

    func presentCoordinators() throws -> [CoordinatorStatus] {
        try rows(
            """
            SELECT coordinator_id, host, process_id, version,
                   EXISTS (SELECT FROM leadership l WHERE l.coordinator_id = coordinators.coordinator_id AND expires_at > clock_timestamp()) AS leads,
                   extract(epoch FROM clock_timestamp() - last_heartbeat_at)::double precision AS seconds
            FROM coordinators WHERE \(ShardQueue.presentCoordinator) ORDER BY coordinator_id
            """
        ).map { row in
            CoordinatorStatus(
                id: try row.int64("coordinator_id"), host: try row.text("host"), processID: try row.int("process_id"),
                version: try row.text("version"), leads: try row.bool("leads"), secondsSinceHeartbeat: try row.double("seconds"))
        }
    }

    func newestDeadShards(limit: Int) throws -> [DeadShard] {
        try rows(
            """
            WITH newest AS (
                SELECT run_id, shard, first_ordinal, image_count, finished_at FROM shards
                WHERE state = 'dead' AND dropped_at IS NULL ORDER BY finished_at DESC, run_id, shard LIMIT $1
            )
            SELECT n.run_id, n.shard, n.first_ordinal, n.image_count, i.path, coalesce(f.code, '') AS code,
                   coalesce(f.message, '') AS message,
                   (SELECT count(*) FROM shard_attempts a WHERE a.run_id = n.run_id AND a.shard = n.shard) AS attempts,
                   \(Self.time("n.finished_at")) AS died_at
            FROM newest n JOIN runs r USING (run_id)
            JOIN images i ON i.dataset_id = r.dataset_id AND i.ordinal = n.first_ordinal
            LEFT JOIN image_failures f ON f.run_id = n.run_id AND f.ordinal = n.first_ordinal
            ORDER BY n.finished_at DESC, n.run_id, n.shard
            """, [.int(limit)]
        ).map(queue.deadShard)
    }
}
