package import Evaluation
internal import Postgres

/// An attempt that ended without a store, and what followed.
package struct EndedAttempt: Sendable, Hashable {
    package var attempt: ShardAttempt
    package var range: ShardRange
    package var consequence: AttemptConsequence
    /// Why the attempt ended.
    package var failure: AttemptFailure
    /// The shards that took over its images.
    package var parts: [Int] = []
}

extension ShardQueue {
    /// Seconds after a start of the database during which no lease counts as expired: workers that waited for it come back first.
    package static let graceAfterStart = 10.0

    /// True where the database runs for so long that workers have come back.
    /// - Parameter grace: the statement's parameter of that time, in seconds.
    static func isPast(grace: String) -> String { "clock_timestamp() > pg_postmaster_start_time() + \(grace) * interval '1 second'" }

    /// Reclaims shards whose leases expired or whose workers reported a failure, and decides by `policy` what follows.
    ///
    /// A shard whose row is locked, because its store is under way at this moment, is left for the next time; so is a run that is being steered.
    /// Where a worker was lost with several shards, of which one was lost with a worker before, only that one is blamed.
    /// - Parameters:
    ///   - policy: all but `maxAttempts`, which is each run's own.
    ///   - endsExpired: false while workers may only have been cut off: then only reported failures are handled.
    ///   - graceAfterStart: seconds, see ``graceAfterStart``.
    package func rescue(
        policy: AttemptPolicy, endsExpired: Bool = true, limit: Int = 200, graceAfterStart: Double = ShardQueue.graceAfterStart
    ) throws -> [EndedAttempt] {
        try session.withConnection { connection in
            try connection.transaction { connection in
                let ended = try connection.execute(
                    """
                    SELECT run_id, shard, attempt, first_ordinal, image_count, split_from IS NOT NULL AS is_part, failures,
                           transient_failures, backup_token IS NOT NULL AS has_backup, max_attempts, a.class, a.code, a.message,
                           coalesce(lease_expires_at < clock_timestamp(), false) AS is_primary,
                           failures = 0 AND EXISTS (
                               SELECT FROM shards other
                               WHERE other.state = 'running' AND other.worker_id = s.worker_id AND other.failures > 0) AS is_spared
                    FROM shards s JOIN runs r USING (run_id) LEFT JOIN shard_attempts a USING (run_id, shard, attempt)
                    WHERE s.state = 'running'
                      AND (lease_expires_at = '-infinity' OR backup_expires_at = '-infinity'
                           OR ($2 AND least(lease_expires_at, backup_expires_at) < clock_timestamp() AND \(Self.isPast(grace: "$3"))))
                    ORDER BY run_id, shard LIMIT $1 FOR NO KEY UPDATE OF r SKIP LOCKED FOR UPDATE OF s SKIP LOCKED
                    """, [.int(limit), .bool(endsExpired), .float64(graceAfterStart)])
                return try ended.map { try end($0, policy: policy, connection) }
            }
        }
    }

    private func end(_ row: PostgresRow, policy: AttemptPolicy, _ connection: PostgresConnection) throws -> EndedAttempt {
        let lost = ShardAttempt(run: RunID(try row.int64("run_id")), shard: try row.int("shard"), attempt: try row.int("attempt"))
        let range = ShardRange(firstOrdinal: try row.int("first_ordinal"), imageCount: try row.int("image_count"))
        let isPrimary = try row.bool("is_primary")
        let failure = try isPrimary ? self.failure(row) : Self.expiry
        let consequence = try isPrimary ? consequence(row, lost, failure.failureClass, policy) : .backupEnded
        if isPrimary, failure.code == Self.expiry.code { try recordExpiry(of: lost, failure, connection) }
        try write(consequence, of: lost, failure.failureClass, connection)
        var result = EndedAttempt(attempt: lost, range: range, consequence: consequence, failure: failure)
        if consequence == .split { result.parts = try split(lost, range, connection) }
        if consequence == .died { try bury(lost, range, failure, connection) }
        return result
    }

    private static let expiry = AttemptFailure(
        .unknown, code: "worker.lost", message: "the worker did not renew its lease: it crashed, hung or lost the database")

    /// Why the attempt of a shard's first worker ended.
    private func failure(_ row: PostgresRow) throws -> AttemptFailure {
        if let name = try row.textIfPresent("class"), let kind = FailureClass(rawValue: name) {
            return AttemptFailure(kind, code: try row.text("code"), message: try row.text("message"))
        }
        guard try row.bool("is_spared") else { return Self.expiry }
        return AttemptFailure(
            .transient, code: Self.expiry.code, message: "the worker was lost, with another shard that was lost with a worker before")
    }

    /// What follows from a failure of a shard's first worker.
    private func consequence(
        _ row: PostgresRow, _ lost: ShardAttempt, _ failure: FailureClass, _ policy: AttemptPolicy
    ) throws -> AttemptConsequence {
        if try row.bool("has_backup") { return .promoted }
        var policy = policy
        policy.maxAttempts = try row.int("max_attempts")
        let failures = try row.int("failures") + (failure == .transient ? 0 : 1)
        let verdict = policy.verdict(
            failure, failures: failures, imageCount: try row.int("image_count"), isPart: try row.bool("is_part"))
        switch verdict {
        case .tryAgain:
            let count = failure == .transient ? try row.int("transient_failures") + 1 : failures
            return .retried(delay: policy.backoff.delay(afterFailures: count, of: lost))
        case .split: return .split
        case .giveUp: return .died
        }
    }

    /// Takes the lease from the worker that lost it: from the second, or from the first, whose place the second takes where there is one.
    private func write(
        _ consequence: AttemptConsequence, of lost: ShardAttempt, _ failure: FailureClass, _ connection: PostgresConnection
    ) throws {
        let state: ShardState
        var delay = 0.0
        switch consequence {
        case .backupEnded, .promoted: state = .running
        case .retried(let seconds): (state, delay) = (.pending, seconds)
        case .split: state = .split
        case .died: state = .dead
        }
        let isPrimary = consequence != .backupEnded
        _ = try connection.execute(
            """
            UPDATE shards SET state = $3, attempt = attempt + $4, failures = failures + $5, transient_failures = transient_failures + $6,
                   lease_token = CASE WHEN $7 THEN backup_token ELSE lease_token END,
                   worker_id = CASE WHEN $7 THEN backup_worker_id ELSE worker_id END,
                   lease_expires_at = CASE WHEN $7 THEN backup_expires_at ELSE lease_expires_at END,
                   backup_token = NULL, backup_worker_id = NULL, backup_expires_at = NULL, speculative = false,
                   publications = CASE WHEN $3 = 'pending' THEN 0 ELSE publications END,
                   not_before = clock_timestamp() + $8 * interval '1 second',
                   finished_at = CASE WHEN $3 IN ('split', 'dead') THEN clock_timestamp() END
            WHERE run_id = $1 AND shard = $2
            """,
            [
                .int64(lost.run.rawValue), .int(lost.shard), .text(state.rawValue), .int(isPrimary ? 1 : 0),
                .int(isPrimary && failure != .transient ? 1 : 0), .int(isPrimary && failure == .transient ? 1 : 0), .bool(isPrimary),
                .float64(delay),
            ])
    }

    private func recordExpiry(of lost: ShardAttempt, _ failure: AttemptFailure, _ connection: PostgresConnection) throws {
        _ = try connection.execute(
            """
            INSERT INTO shard_attempts (run_id, shard, attempt, worker_id, outcome, class, code, message, claimed_at)
            SELECT run_id, shard, attempt, worker_id, 'expired', $5, $3, $4, claimed_at
            FROM shards WHERE run_id = $1 AND shard = $2 ON CONFLICT DO NOTHING
            """,
            [
                .int64(lost.run.rawValue), .int(lost.shard), .text(failure.code), .text(failure.message),
                .text(failure.failureClass.rawValue),
            ])
    }

    /// Makes two shards of the images of one.
    /// - Returns: their numbers.
    private func split(_ lost: ShardAttempt, _ range: ShardRange, _ connection: PostgresConnection) throws -> [Int] {
        let (first, second) = range.halves
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
