package import Evaluation
internal import Postgres

/// How a lease stands when its holder renews it.
package enum LeaseStanding: Sendable, Hashable {
    case held
    /// Cancelled, expired and given to another, or stored.
    case lost
}

/// A claim may be forgotten in a crash of the database: the shard is published again then. So it need not wait for the disk.
private let withoutWaitingForDisk = "set_config('synchronous_commit', 'off', true) AS commit"

extension ShardQueue {
    /// Claims what is offered, for the request's seconds from now by the database's clock.
    /// - Returns: the lease, or nil where there is nothing to claim: the job is taken or outdated, its run is not running, or the worker
    ///   lacks something of it.
    package func claim(_ offer: JobOffer, _ request: ClaimRequest) throws -> Lease? {
        let parameters: [PostgresValue] = [
            .text(request.token), .int64(request.worker), .float64(request.leaseSeconds), .int64Array(request.unfitDataSets),
            .int64Array(request.unfitModels), .bool(request.takesSuspects),
            .int64Array(request.unfitRuns.map(\.rawValue)),
        ]
        let claimed: PostgresResult
        switch offer {
        case .named(let job):
            claimed = try rows(
                Self.claim(
                    of: "SELECT $8::bigint AS of_run, $9::integer AS of_shard, $10::integer AS of_attempt, $11::boolean AS is_backup"),
                parameters + [
                    .int64(job.attempt.run.rawValue), .int(job.attempt.shard), .int(job.attempt.attempt), .bool(job.isBackup),
                ])
        case .next: claimed = try rows(Self.claim(of: Self.nextJob), parameters)
        }
        guard let row = claimed.first else { return nil }
        let lease = try lease(row, request)
        if try row.bool("is_first") {
            try execute(
                "UPDATE runs SET started_at = clock_timestamp() WHERE run_id = $1 AND started_at IS NULL",
                [.int64(lease.attempt.run.rawValue)])
        }
        return lease
    }

    /// The lease that an unanswered claim left behind, nil where it came to nothing.
    package func lease(of request: ClaimRequest) throws -> Lease? {
        try rows(
            """
            SELECT run_id, shard, attempt, first_ordinal, image_count, failures > 0 AS is_suspect,
                   backup_token IS NOT DISTINCT FROM $1::text::uuid AS is_backup
            FROM shards WHERE state = 'running' AND $1::text::uuid IN (lease_token, backup_token)
            """, [.text(request.token)]
        ).first.map { try lease($0, request) }
    }

    private func lease(_ row: PostgresRow, _ request: ClaimRequest) throws -> Lease {
        Lease(
            attempt: ShardAttempt(run: RunID(try row.int64("run_id")), shard: try row.int("shard"), attempt: try row.int("attempt")),
            range: ShardRange(firstOrdinal: try row.int("first_ordinal"), imageCount: try row.int("image_count")),
            token: request.token, isSuspect: try row.bool("is_suspect"), isBackup: try row.bool("is_backup"))
    }

    /// The guarded claim of what `job` selects, at most one row: a published shard becomes the worker's, a late one gets it as its second.
    private static func claim(of job: String) -> String {
        """
        WITH job AS (\(job))
        UPDATE shards SET
            state = 'running',
            lease_token = CASE WHEN is_backup THEN lease_token ELSE $1::text::uuid END,
            worker_id = CASE WHEN is_backup THEN worker_id ELSE $2 END,
            claimed_at = CASE WHEN is_backup THEN claimed_at ELSE clock_timestamp() END,
            lease_expires_at = CASE WHEN is_backup THEN lease_expires_at ELSE clock_timestamp() + $3 * interval '1 second' END,
            backup_token = CASE WHEN is_backup THEN $1::text::uuid ELSE backup_token END,
            backup_worker_id = CASE WHEN is_backup THEN $2 ELSE backup_worker_id END,
            backup_expires_at = CASE WHEN is_backup THEN clock_timestamp() + $3 * interval '1 second' ELSE backup_expires_at END
        FROM job JOIN runs ON runs.run_id = of_run
        WHERE shards.run_id = of_run AND shard = of_shard AND attempt = of_attempt
          AND CASE WHEN is_backup THEN shards.state = 'running' AND speculative AND backup_token IS NULL AND worker_id <> $2
                   ELSE shards.state = 'published' END
          AND runs.state = 'running' AND dataset_id <> ALL ($4::bigint[]) AND model_id <> ALL ($5::bigint[])
          AND runs.run_id <> ALL ($7::bigint[]) AND ($6 OR failures = 0)
        RETURNING shards.run_id, shard, attempt, first_ordinal, image_count, failures > 0 AS is_suspect, is_backup,
                  started_at IS NULL AS is_first, \(withoutWaitingForDisk)
        """
    }

    /// What the database gives out next: published shards before invitations to late ones, by priority and then as they were published.
    private static let nextJob = """
        SELECT s.run_id AS of_run, s.shard AS of_shard, s.attempt AS of_attempt, s.state = 'running' AS is_backup
        FROM shards s JOIN runs r USING (run_id)
        WHERE s.state IN ('published', 'running')
          AND (s.state = 'published' OR (s.speculative AND s.backup_token IS NULL AND s.worker_id <> $2))
          AND r.state = 'running' AND r.dataset_id <> ALL ($4::bigint[]) AND r.model_id <> ALL ($5::bigint[])
          AND r.run_id <> ALL ($7::bigint[]) AND ($6 OR s.failures = 0)
        ORDER BY s.state = 'running', r.priority DESC, s.published_at, s.run_id, s.shard LIMIT 1 FOR UPDATE OF s SKIP LOCKED
        """

    /// True for the lease of a row `mine` whose end was not reported; see ``fail(_:_:worker:)``.
    private static let stands = """
        state = 'running' AND ((token = lease_token AND lease_expires_at > '-infinity')
                               OR (token = backup_token AND backup_expires_at > '-infinity'))
        """

    /// Renews leases and says which of them still stand.
    ///
    /// A shard whose row is locked, because its own store is under way, is passed over and counts as held: no other worker can take it meanwhile.
    ///
    /// - Parameter computed: images of each that are computed and not stored yet, for who watches the run.
    package func renew(_ leases: [Lease], seconds: Double, computed: [Int] = []) throws -> [LeaseStanding] {
        guard !leases.isEmpty else { return [] }
        let standing = try rows(
            """
            WITH mine AS (
                SELECT run_id, shard, token::uuid AS token, coalesce(computed, 0) AS computed
                FROM unnest($1::bigint[], $2::integer[], $3::text[], $5::integer[]) AS mine (run_id, shard, token, computed)
                WHERE token IS NOT NULL
            ), free AS (
                SELECT shards.run_id, shards.shard FROM shards JOIN mine USING (run_id, shard)
                WHERE \(Self.stands) FOR UPDATE OF shards SKIP LOCKED
            ), renewed AS (
                UPDATE shards SET
                    images_computed = CASE WHEN lease_token = mine.token THEN mine.computed ELSE images_computed END,
                    lease_expires_at = CASE WHEN lease_token = mine.token
                        THEN clock_timestamp() + $4 * interval '1 second' ELSE lease_expires_at END,
                    backup_expires_at = CASE WHEN backup_token = mine.token
                        THEN clock_timestamp() + $4 * interval '1 second' ELSE backup_expires_at END
                FROM free JOIN mine USING (run_id, shard)
                WHERE shards.run_id = free.run_id AND shards.shard = free.shard
                RETURNING \(withoutWaitingForDisk)
            )
            SELECT mine.token::text AS token FROM shards JOIN mine USING (run_id, shard)
            WHERE \(Self.stands)
            """,
            [
                .int64Array(leases.map(\.attempt.run.rawValue)), .int32Array(leases.map { Int32(clamping: $0.attempt.shard) }),
                .textArray(leases.map(\.token)), .float64(seconds), .int32Array(computed.map { Int32(clamping: $0) }),
            ])
        let held = Set(try standing.map { try $0.text("token") })
        return leases.map { held.contains($0.token) ? .held : .lost }
    }
}
