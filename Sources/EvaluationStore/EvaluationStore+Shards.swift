internal import Diagnostics
package import Evaluation
internal import Postgres

/// How a lease stands when its holder renews it.
package enum LeaseStanding: Sendable, Hashable {
    case held
    /// Cancelled, expired and given to another, or stored.
    case lost
}

extension EvaluationStore {
    /// Claims the attempt that a job message names, for `seconds` from now by the database's clock.
    /// - Returns: the lease, or nil where the message is a duplicate, outdated, or of a run that is not running.
    package func claim(_ attempt: ShardAttempt, worker: Int64, leaseSeconds seconds: Double) throws -> Lease? {
        let claimed = try rows(
            """
            UPDATE shards SET state = 'running', lease_token = gen_random_uuid(), worker_id = $4, claimed_at = clock_timestamp(),
                   lease_expires_at = clock_timestamp() + $5 * interval '1 second'
            WHERE run_id = $1 AND shard = $2 AND attempt = $3 AND state = 'published'
              AND EXISTS (SELECT FROM runs WHERE runs.run_id = $1 AND runs.state = 'running')
            RETURNING first_ordinal, image_count, lease_token::text AS token
            """,
            [.int64(attempt.run.rawValue), .int(attempt.shard), .int(attempt.attempt), .int64(worker), .float64(seconds)])
        guard let row = claimed.first else { return nil }
        try execute(
            "UPDATE runs SET started_at = clock_timestamp() WHERE run_id = $1 AND started_at IS NULL", [.int64(attempt.run.rawValue)])
        return Lease(
            attempt: attempt,
            range: ShardRange(firstOrdinal: try row.int("first_ordinal"), imageCount: try row.int("image_count")),
            token: try row.text("token"))
    }

    /// Renews leases and says which of them still stand.
    package func renew(_ leases: [Lease], seconds: Double) throws -> [LeaseStanding] {
        try leases.map { lease in
            let renewed = try execute(
                """
                UPDATE shards SET lease_expires_at = clock_timestamp() + $4 * interval '1 second'
                WHERE run_id = $1 AND shard = $2 AND lease_token = $3::text::uuid AND state = 'running'
                  AND EXISTS (SELECT FROM runs WHERE runs.run_id = $1 AND runs.state IN ('running', 'paused'))
                """,
                [.int64(lease.attempt.run.rawValue), .int(lease.attempt.shard), .text(lease.token), .float64(seconds)])
            return renewed == 1 ? .held : .lost
        }
    }

    /// Stores a shard's rows and moves it to done, in one transaction guarded by the lease's token.
    ///
    /// Storing again what this lease has stored already (its COMMIT went unanswered) changes nothing and succeeds.
    /// - Throws: `store.lease_lost` where the token is no longer the shard's; nothing was stored then.
    package func store(_ result: ShardResult, lease: Lease, worker: Int64) throws {
        let run = lease.attempt.run.rawValue
        try session.withConnection { connection in
            try connection.transaction { connection in
                let key: [PostgresValue] = [.int64(run), .int(lease.attempt.shard), .text(lease.token)]
                let moved = try connection.execute(
                    """
                    UPDATE shards SET state = 'done', finished_at = clock_timestamp()
                    WHERE run_id = $1 AND shard = $2 AND lease_token = $3::text::uuid AND state = 'running'
                      AND EXISTS (SELECT FROM runs WHERE runs.run_id = $1 AND runs.state IN ('running', 'paused'))
                    """, key
                ).affectedRows
                guard moved == 1 else {
                    let stored = try connection.execute(
                        "SELECT FROM shards WHERE run_id = $1 AND shard = $2 AND lease_token = $3::text::uuid AND state = 'done'",
                        key)
                    if stored.count == 1 { return }
                    throw Failure(
                        .leaseLost, "the lease on shard \(lease.attempt.shard) of run \(run) is lost, its rows were not stored",
                        remedy: "nothing is to be done: another worker has the shard, or the run was cancelled")
                }
                try copy(result.predictions, lease: lease, worker: worker, into: connection)
                try copy(result.activity, lease: lease, into: connection)
                try insert(result.failures, lease: lease, worker: worker, into: connection)
            }
        }
    }

    private func copy(_ predictions: [Prediction], lease: Lease, worker: Int64, into connection: PostgresConnection) throws {
        guard !predictions.isEmpty else { return }
        let columns = [
            "run_id", "ordinal", "label", "shard", "top5", "scores", "timestep_top1", "timestep_label_rank", "timestep_margin",
            "timestep_spikes", "timestep_synops", "decode_us", "preprocess_us", "inference_us", "total_us", "worker_id",
        ]
        try connection.copyIn("predictions", columns) { writer in
            for prediction in predictions {
                try writer.row([
                    .int64(lease.attempt.run.rawValue), .int(prediction.ordinal), .int(prediction.label),
                    .int(lease.attempt.shard), .int32Array(prediction.top5.map(Int32.init)), .float32Array(prediction.scores),
                    .int32Array(prediction.topByTimeStep.map(Int32.init)), .int32Array(prediction.labelRankByTimeStep.map(Int32.init)),
                    .float32Array(prediction.marginByTimeStep), .int64Array(prediction.spikesByTimeStep.map(Int64.init)),
                    .int64Array(prediction.synapticOperationsByTimeStep.map(Int64.init)), .int(prediction.latency.decode),
                    .int(prediction.latency.preprocess), .int(prediction.latency.inference), .int(prediction.latency.total),
                    .int64(worker),
                ])
            }
        }
    }

    private func copy(_ activity: [LayerActivity], lease: Lease, into connection: PostgresConnection) throws {
        guard !activity.isEmpty else { return }
        let columns = ["run_id", "shard", "layer", "timestep", "images", "spikes", "neurons", "synops"]
        try connection.copyIn("layer_activity", columns) { writer in
            for row in activity {
                try writer.row([
                    .int64(lease.attempt.run.rawValue), .int(lease.attempt.shard), .int(row.layer), .int(row.timeStep),
                    .int(row.images), .int((row.spikes)), .int((row.neurons)), .int((row.synapticOperations)),
                ])
            }
        }
    }

    private func insert(_ failures: [ImageFailure], lease: Lease, worker: Int64, into connection: PostgresConnection) throws {
        for failure in failures {
            _ = try connection.execute(
                """
                INSERT INTO image_failures (run_id, ordinal, shard, code, message, worker_id) VALUES ($1, $2, $3, $4, $5, $6)
                """,
                [
                    .int64(lease.attempt.run.rawValue), .int(failure.ordinal), .int(lease.attempt.shard), .text(failure.code),
                    .text(failure.message), .int64(worker),
                ])
        }
    }

    /// Gives back a shard that this lease holds, without using up an attempt.
    package func handBack(_ lease: Lease) throws {
        try execute(
            """
            UPDATE shards SET state = 'pending', lease_token = NULL, lease_expires_at = NULL, worker_id = NULL
            WHERE run_id = $1 AND shard = $2 AND lease_token = $3::text::uuid AND state = 'running'
            """, [.int64(lease.attempt.run.rawValue), .int(lease.attempt.shard), .text(lease.token)])
    }

    /// Ends an attempt that failed as a whole; the coordinator decides whether there is another.
    package func fail(_ lease: Lease, code: String, message: String, worker: Int64, retryAfter delay: Double) throws {
        try session.withConnection { connection in
            try connection.transaction { connection in
                let freed = try connection.execute(
                    """
                    UPDATE shards SET state = 'pending', attempt = attempt + 1, lease_token = NULL, lease_expires_at = NULL,
                           worker_id = NULL, not_before = clock_timestamp() + $4 * interval '1 second'
                    WHERE run_id = $1 AND shard = $2 AND lease_token = $3::text::uuid AND state = 'running'
                    """,
                    [
                        .int64(lease.attempt.run.rawValue), .int(lease.attempt.shard), .text(lease.token), .float64(delay),
                    ]
                ).affectedRows
                guard freed == 1 else { return }
                _ = try connection.execute(
                    """
                    INSERT INTO shard_attempts (run_id, shard, attempt, worker_id, outcome, code, message)
                    VALUES ($1, $2, $3, $4, 'failed', $5, $6) ON CONFLICT DO NOTHING
                    """,
                    [
                        .int64(lease.attempt.run.rawValue), .int(lease.attempt.shard), .int(lease.attempt.attempt), .int64(worker),
                        .text(code), .text(message),
                    ])
            }
        }
    }
}
