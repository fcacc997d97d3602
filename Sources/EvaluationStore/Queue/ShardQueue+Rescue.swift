package import Evaluation
internal import Postgres

/// An attempt that ended without a store, and what followed.
package struct EndedAttempt: Sendable, Hashable {
    package var attempt: ShardAttempt
    package var range: ShardRange
    package var consequence: ShardMachine.Consequence
    /// Why the attempt ended.
    package var failure: AttemptFailure
    /// The shards that took over its images.
    package var parts: [Int] = []
}

extension ShardQueue {
    /// Seconds after a start of the database during which no lease counts as expired: workers that waited for it come back first.
    package static let graceAfterStart = 10.0

    /// True where the database runs long enough for workers to have come back.
    static let isPastGrace = "clock_timestamp() > pg_postmaster_start_time() + \(graceAfterStart) * interval '1 second'"

    /// Ends leases that ran out or whose workers reported a failure, and decides with ``ShardMachine/end(_:_:policy:)`` what follows.
    ///
    /// A shard whose row is locked, because its store is under way at this moment, is left for the next time; so is a run that is being steered.
    /// - Parameter maxAttempts: is each run's own; the rest of the policy is the same for all.
    package func rescue(policy: AttemptPolicy, limit: Int = 200) throws -> [EndedAttempt] {
        try session.withConnection { connection in
            try connection.transaction { connection in
                let ended = try connection.execute(
                    """
                    SELECT \(Self.machineColumns), max_attempts, a.class, a.code, a.message,
                           coalesce(lease_expires_at < clock_timestamp(), false) AS is_primary
                    FROM shards s JOIN runs r USING (run_id) LEFT JOIN shard_attempts a USING (run_id, shard, attempt)
                    WHERE s.state = 'running'
                      AND (lease_expires_at = '-infinity' OR backup_expires_at = '-infinity'
                           OR (least(lease_expires_at, backup_expires_at) < clock_timestamp() AND \(Self.isPastGrace)))
                    ORDER BY run_id, shard LIMIT $1 FOR NO KEY UPDATE OF r SKIP LOCKED FOR UPDATE OF s SKIP LOCKED
                    """, [.int(limit)])
                return try ended.map { row in try end(row, policy: policy, connection) }
            }
        }
    }

    private func end(_ row: PostgresRow, policy: AttemptPolicy, _ connection: PostgresConnection) throws -> EndedAttempt {
        var policy = policy
        policy.maxAttempts = try row.int("max_attempts")
        var machine = try machine(row)
        let range = ShardRange(firstOrdinal: try row.int("first_ordinal"), imageCount: machine.imageCount)
        let lost = machine.id
        let isPrimary = try row.bool("is_primary")
        var failure = AttemptFailure(
            .unknown, code: "worker.lost", message: "the worker did not renew its lease: it crashed, hung or lost the database")
        var ending = ShardMachine.Ending.expired
        if isPrimary, let name = try row.textIfPresent("class"), let kind = FailureClass(rawValue: name) {
            failure = AttemptFailure(kind, code: try row.text("code"), message: try row.text("message"))
            ending = .failed(kind)
        }
        let token = isPrimary ? machine.primary?.token : machine.backup?.token
        let consequence = machine.end(token ?? "", ending, policy: policy)
        var result = EndedAttempt(attempt: lost, range: range, consequence: consequence, failure: failure)
        if case .expired = ending, isPrimary { try recordExpiry(of: lost, failure, connection) }
        var delay = 0.0
        if case .retried(let seconds) = consequence { delay = seconds }
        try write(machine, delay: delay, connection)
        if consequence == .split { result.parts = try split(lost, range, connection) }
        if consequence == .died { try bury(lost, range, failure, connection) }
        return result
    }

    private func recordExpiry(of lost: ShardAttempt, _ failure: AttemptFailure, _ connection: PostgresConnection) throws {
        _ = try connection.execute(
            """
            INSERT INTO shard_attempts (run_id, shard, attempt, worker_id, outcome, class, code, message, claimed_at)
            SELECT run_id, shard, attempt, worker_id, 'expired', 'unknown', $3, $4, claimed_at
            FROM shards WHERE run_id = $1 AND shard = $2 ON CONFLICT DO NOTHING
            """, [.int64(lost.run.rawValue), .int(lost.shard), .text(failure.code), .text(failure.message)])
    }

    /// Makes two shards of the images of one.
    /// - Returns: their numbers.
    private func split(_ lost: ShardAttempt, _ range: ShardRange, _ connection: PostgresConnection) throws -> [Int] {
        let (first, second) = ShardMachine.halves(of: range)
        return try connection.execute(
            """
            WITH numbers AS (
                UPDATE runs SET next_shard = next_shard + 2 WHERE run_id = $1 RETURNING next_shard - 3 AS last
            )
            INSERT INTO shards (run_id, shard, first_ordinal, image_count, split_from)
            SELECT $1, last + part, first_ordinal, image_count, $2
            FROM numbers, unnest($3::integer[], $4::integer[]) WITH ORDINALITY AS halves (first_ordinal, image_count, part)
            RETURNING shard
            """,
            [
                .int64(lost.run.rawValue), .int(lost.shard),
                .int32Array([first, second].map { Int32(clamping: $0.firstOrdinal) }),
                .int32Array([first, second].map { Int32(clamping: $0.imageCount) }),
            ]
        ).map { try $0.int("shard") }.sorted()
    }

    /// Makes failures of a dead shard's images.
    private func bury(
        _ lost: ShardAttempt, _ range: ShardRange, _ failure: AttemptFailure, _ connection: PostgresConnection
    ) throws {
        _ = try connection.execute(
            """
            INSERT INTO image_failures (run_id, ordinal, shard, code, message, worker_id)
            SELECT $1, ordinal, $2, $3, 'given up after ' || $4 || ' attempts, the last: ' || left($5, 300),
                   (SELECT worker_id FROM shard_attempts WHERE run_id = $1 AND shard = $2 ORDER BY attempt DESC LIMIT 1)
            FROM generate_series($6::integer, $7::integer) AS ordinal
            ON CONFLICT DO NOTHING
            """,
            [
                .int64(lost.run.rawValue), .int(lost.shard), .text(failure.code), .text("\(lost.attempt)"), .text(failure.message),
                .int(range.ordinals.lowerBound), .int(range.ordinals.upperBound - 1),
            ])
    }
}

extension ShardQueue {
    /// What ``machine(_:)`` reads, of a row of `shards` named `s`.
    static let machineColumns = """
        run_id, shard, attempt, first_ordinal, image_count, split_from IS NOT NULL AS is_part, s.state, failures, transient_failures,
        lease_token::text AS lease_token, s.worker_id, backup_token::text AS backup_token, backup_worker_id, speculative
        """

    /// A row of `shards` as the value that says what may happen to it.
    func machine(_ row: PostgresRow) throws -> ShardMachine {
        func holder(_ token: String, _ worker: String) throws -> ShardMachine.Holder? {
            guard let token = try row.textIfPresent(token), let worker = try row.intIfPresent(worker) else { return nil }
            return ShardMachine.Holder(token: token, worker: Int64(worker))
        }
        return ShardMachine(
            id: ShardAttempt(run: RunID(try row.int64("run_id")), shard: try row.int("shard"), attempt: try row.int("attempt")),
            imageCount: try row.int("image_count"), isPart: try row.bool("is_part"),
            state: ShardState(rawValue: try row.text("state")) ?? .pending, failures: try row.int("failures"),
            transientFailures: try row.int("transient_failures"), primary: try holder("lease_token", "worker_id"),
            backup: try holder("backup_token", "backup_worker_id"), isBackupOffered: try row.bool("speculative"))
    }

    /// Writes back what ``ShardMachine/end(_:_:policy:)`` made of a locked row.
    private func write(_ machine: ShardMachine, delay: Double, _ connection: PostgresConnection) throws {
        _ = try connection.execute(
            """
            UPDATE shards SET state = $3, attempt = $4, failures = $5, transient_failures = $6,
                   lease_expires_at = CASE WHEN $7::text IS NULL THEN NULL WHEN backup_token = $7::text::uuid THEN backup_expires_at
                       ELSE lease_expires_at END,
                   lease_token = $7::text::uuid, worker_id = $8, backup_token = $9::text::uuid, backup_worker_id = $10,
                   backup_expires_at = CASE WHEN $9::text IS NULL THEN NULL ELSE backup_expires_at END, speculative = $11,
                   publications = CASE WHEN $3 = 'pending' THEN 0 ELSE publications END,
                   not_before = clock_timestamp() + $12 * interval '1 second',
                   finished_at = CASE WHEN $3 IN ('split', 'dead') THEN clock_timestamp() END
            WHERE run_id = $1 AND shard = $2
            """,
            [
                .int64(machine.id.run.rawValue), .int(machine.id.shard), .text(machine.state.rawValue), .int(machine.id.attempt),
                .int(machine.failures), .int(machine.transientFailures), .text(orNull: machine.primary?.token),
                .int64(orNull: machine.primary?.worker), .text(orNull: machine.backup?.token), .int64(orNull: machine.backup?.worker),
                .bool(machine.isBackupOffered), .float64(delay),
            ])
    }
}
