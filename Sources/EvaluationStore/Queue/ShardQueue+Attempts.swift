package import Evaluation
internal import Postgres

/// A failure of a worker on a shard as a whole, as it is kept.
package struct AttemptFailure: Sendable, Hashable {
    package var failureClass: FailureClass
    /// Dotted failure code (`dataset.root_missing`).
    package var code: String
    package var message: String

    package init(_ failureClass: FailureClass, code: String, message: String) {
        self.failureClass = failureClass
        self.code = code
        self.message = message
    }
}

extension ShardQueue {
    /// Gives back a shard that this lease holds, without using up an attempt. Where a second worker has it too, that one goes on alone.
    package func handBack(_ lease: Lease) throws {
        try execute(
            """
            UPDATE shards SET
                state = CASE WHEN lease_token = token AND backup_token IS NULL THEN 'pending' ELSE state END,
                lease_token = CASE WHEN lease_token = token THEN backup_token ELSE lease_token END,
                lease_expires_at = CASE WHEN lease_token = token THEN backup_expires_at ELSE lease_expires_at END,
                worker_id = CASE WHEN lease_token = token THEN backup_worker_id ELSE worker_id END,
                backup_token = NULL, backup_worker_id = NULL, backup_expires_at = NULL, speculative = false
            FROM (SELECT $3::text::uuid AS token) AS mine
            WHERE run_id = $1 AND shard = $2 AND state = 'running' AND token IN (lease_token, backup_token)
            """, [.int64(lease.attempt.run.rawValue), .int(lease.attempt.shard), .text(lease.token)])
    }

    /// Says that an attempt failed as a whole: its lease ends at once, and the coordinator decides what follows.
    ///
    /// The failure of a second worker is not kept, for the attempt is the first one's.
    package func fail(_ lease: Lease, _ failure: AttemptFailure, worker: Int64) throws {
        let key: [PostgresValue] = [.int64(lease.attempt.run.rawValue), .int(lease.attempt.shard), .text(lease.token)]
        try session.withConnection { connection in
            try connection.transaction { connection in
                let ended = try connection.execute(
                    """
                    UPDATE shards SET lease_expires_at = '-infinity'
                    WHERE run_id = $1 AND shard = $2 AND lease_token = $3::text::uuid AND state = 'running' RETURNING attempt
                    """, key)
                guard let row = ended.first else {
                    _ = try connection.execute(
                        """
                        UPDATE shards SET backup_expires_at = '-infinity'
                        WHERE run_id = $1 AND shard = $2 AND backup_token = $3::text::uuid AND state = 'running'
                        """, key)
                    return
                }
                _ = try connection.execute(
                    """
                    INSERT INTO shard_attempts (run_id, shard, attempt, worker_id, outcome, class, code, message, claimed_at)
                    SELECT run_id, shard, $3, $4, 'failed', $5, $6, $7, claimed_at FROM shards WHERE run_id = $1 AND shard = $2
                    ON CONFLICT DO NOTHING
                    """,
                    [
                        key[0], key[1], .int(try row.int("attempt")), .int64(worker), .text(failure.failureClass.rawValue),
                        .text(failure.code), .text(failure.message),
                    ])
            }
        }
    }

    /// Says that attempts of this worker were not lost with it: it was only cut off from the database, and lives. What was held against their
    /// shards is taken back.
    package func absolve(_ leases: [Lease], worker: Int64) throws {
        guard !leases.isEmpty else { return }
        try execute(
            "SELECT absolve($1, $2::bigint[], $3::integer[], $4::integer[])::text",
            [
                .int64(worker), .int64Array(leases.map(\.attempt.run.rawValue)),
                .int32Array(leases.map { Int32(clamping: $0.attempt.shard) }),
                .int32Array(leases.map { Int32(clamping: $0.attempt.attempt) }),
            ])
    }
}
