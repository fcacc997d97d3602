internal import Diagnostics
package import Evaluation
internal import Postgres

extension ShardQueue {
    /// Stores a shard's rows and moves it to done, in one transaction guarded by the lease's token; see ``ShardMachine/store(_:)``.
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
                    UPDATE shards SET state = 'done', finished_at = clock_timestamp(), worker_id = $4, lease_token = $3::text::uuid,
                           backup_token = NULL, backup_worker_id = NULL, backup_expires_at = NULL, speculative = false,
                           images_evaluated = $5, top1_correct = $6, top5_correct = $7
                    FROM runs
                    WHERE shards.run_id = $1 AND shard = $2 AND shards.state = 'running' AND $3::text::uuid IN (lease_token, backup_token)
                      AND runs.run_id = shards.run_id AND runs.state IN ('running', 'paused')
                    """,
                    key + [
                        .int64(worker), .int(result.predictions.count), .int(result.predictions.count { $0.top5.first == $0.label }),
                        .int(result.predictions.count { $0.top5.contains($0.label) }),
                    ]
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
                try copy(result.predictions, lease: lease, into: connection)
                try insert(result.activity, lease: lease, into: connection)
                try insert(result.failures, lease: lease, worker: worker, into: connection)
            }
        }
    }

    private func copy(_ predictions: [Prediction], lease: Lease, into connection: PostgresConnection) throws {
        guard !predictions.isEmpty else { return }
        let columns = [
            "run_id", "ordinal", "label", "shard", "decode_us", "preprocess_us", "inference_us", "total_us", "timesteps", "outcome",
            "logits",
        ]
        try connection.copyIn("prediction_rows", columns) { writer in
            for prediction in predictions {
                let row = PredictionRow(prediction)
                try writer.row([
                    .int64(lease.attempt.run.rawValue), .int(prediction.ordinal), .int(prediction.label), .int(lease.attempt.shard),
                    .int(prediction.latency.decode), .int(prediction.latency.preprocess), .int(prediction.latency.inference),
                    .int(prediction.latency.total), .int(row.timeSteps), .int32Array(row.outcome), .float32Array(row.logits),
                ])
            }
        }
    }

    private func insert(_ activity: ShardActivity?, lease: Lease, into connection: PostgresConnection) throws {
        guard let activity else { return }
        _ = try connection.execute(
            "INSERT INTO shard_activity (run_id, shard, images, counts, effective) VALUES ($1, $2, $3, $4, $5)",
            [
                .int64(lease.attempt.run.rawValue), .int(lease.attempt.shard), .int(activity.images),
                .int64Array(activity.counts.map(Int64.init)), .int64Array(activity.effective.map(Int64.init)),
            ])
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
}
