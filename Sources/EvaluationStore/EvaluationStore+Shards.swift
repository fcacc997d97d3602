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

extension EvaluationStore {
    /// Claims what a job message names, for `seconds` from now by the database's clock.
    /// - Returns: the lease, or nil where the message is a duplicate, outdated, or of a run that is not running.
    package func claim(_ job: JobMessage, worker: Int64, leaseSeconds seconds: Double) throws -> Lease? {
        job.isBackup
            ? try claimBackup(job.attempt, worker: worker, leaseSeconds: seconds)
            : try claim(job.attempt, worker: worker, leaseSeconds: seconds)
    }

    /// Claims a published attempt; see ``ShardMachine/claim(attempt:_:)``.
    package func claim(_ attempt: ShardAttempt, worker: Int64, leaseSeconds seconds: Double) throws -> Lease? {
        let claimed = try rows(
            """
            UPDATE shards SET state = 'running', lease_token = gen_random_uuid(), worker_id = $4, claimed_at = clock_timestamp(),
                   lease_expires_at = clock_timestamp() + $5 * interval '1 second'
            FROM runs
            WHERE shards.run_id = $1 AND shard = $2 AND attempt = $3 AND shards.state = 'published'
              AND runs.run_id = shards.run_id AND runs.state = 'running'
            RETURNING first_ordinal, image_count, lease_token::text AS token, failures > 0 AS is_suspect,
                      runs.started_at IS NULL AS is_first, \(withoutWaitingForDisk)
            """,
            [.int64(attempt.run.rawValue), .int(attempt.shard), .int(attempt.attempt), .int64(worker), .float64(seconds)])
        guard let row = claimed.first else { return nil }
        if try row.bool("is_first") {
            try execute(
                "UPDATE runs SET started_at = clock_timestamp() WHERE run_id = $1 AND started_at IS NULL", [.int64(attempt.run.rawValue)])
        }
        return Lease(
            attempt: attempt,
            range: ShardRange(firstOrdinal: try row.int("first_ordinal"), imageCount: try row.int("image_count")),
            token: try row.text("token"), isSuspect: try row.bool("is_suspect"))
    }

    /// Takes up an invitation to a late shard; see ``ShardMachine/claimBackup(attempt:_:)``.
    private func claimBackup(_ attempt: ShardAttempt, worker: Int64, leaseSeconds seconds: Double) throws -> Lease? {
        let claimed = try rows(
            """
            UPDATE shards SET backup_token = gen_random_uuid(), backup_worker_id = $4,
                   backup_expires_at = clock_timestamp() + $5 * interval '1 second'
            FROM runs
            WHERE shards.run_id = $1 AND shard = $2 AND attempt = $3 AND shards.state = 'running' AND speculative
              AND backup_token IS NULL AND worker_id <> $4 AND runs.run_id = shards.run_id AND runs.state = 'running'
            RETURNING first_ordinal, image_count, backup_token::text AS token, failures > 0 AS is_suspect, \(withoutWaitingForDisk)
            """,
            [.int64(attempt.run.rawValue), .int(attempt.shard), .int(attempt.attempt), .int64(worker), .float64(seconds)])
        return try claimed.first.map { row in
            Lease(
                attempt: attempt,
                range: ShardRange(firstOrdinal: try row.int("first_ordinal"), imageCount: try row.int("image_count")),
                token: try row.text("token"), isSuspect: try row.bool("is_suspect"), isBackup: true)
        }
    }

    /// True for the lease of a row `mine` whose end was not reported; see ``fail(_:_:worker:partition:)``.
    private static let stands = """
        state = 'running' AND ((token = lease_token AND lease_expires_at > '-infinity')
                               OR (token = backup_token AND backup_expires_at > '-infinity'))
        """

    /// Renews leases and says which of them still stand.
    ///
    /// A shard whose row is locked, because its own store is under way, is passed over and counts as held: nobody can take it meanwhile.
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
