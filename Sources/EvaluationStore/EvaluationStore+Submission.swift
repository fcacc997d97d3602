internal import Diagnostics
package import Evaluation
internal import Postgres

/// What became of a submission.
package enum Submission: Sendable, Hashable {
    case new(RunID)
    /// A run of the same specification is there, in this state.
    case existing(RunID, RunState)
    /// Such a run had ended without a prediction for every image: so many of its images are done again.
    case reopened(RunID, images: Int)

    package var run: RunID {
        switch self {
        case .new(let run), .existing(let run, _), .reopened(let run, _): run
        }
    }
}

extension EvaluationStore {
    /// Makes a run, unless there is one that gives the same rows: that one is taken then, and completed where it ended incomplete.
    ///
    /// The newest such run counts. Two who submit the same at the same time get the same run.
    package func submitOnce(_ specification: RunSpecification, plan: RunPlan, images: Int) throws -> Submission {
        let found = try session.withConnection { connection -> (run: RunID, state: RunState?) in
            try connection.transaction { connection in
                let key = parameters(of: specification)
                _ = try connection.execute(
                    "SELECT pg_advisory_xact_lock(hashtextextended('evalctl submit ' || $1, 0))", [.text("\(key)")])
                let known = try connection.execute(
                    """
                    SELECT run_id, state FROM runs
                    WHERE model_id = $1 AND dataset_id = $2 AND timesteps = $3 AND engine = $4 AND preprocessing = $5 AND pixel_limit = $6
                    ORDER BY run_id DESC LIMIT 1
                    """, key)
                if let row = known.first {
                    return (RunID(try row.int64("run_id")), RunState(rawValue: try row.text("state")) ?? .running)
                }
                return (try insert(specification, plan: plan, images: images, connection), nil)
            }
        }
        guard let state = found.state else { return .new(found.run) }
        let redone = state.isTerminal ? try reopen(found.run) : 0
        return redone > 0 ? .reopened(found.run, images: redone) : .existing(found.run, state)
    }

    /// Makes a run and its shards, in one transaction.
    package func submit(_ specification: RunSpecification, plan: RunPlan, images: Int) throws -> RunID {
        try session.withConnection { connection in
            try connection.transaction { try insert(specification, plan: plan, images: images, $0) }
        }
    }

    /// What decides a run's rows, but for the program's version.
    private func parameters(of specification: RunSpecification) -> [PostgresValue] {
        [
            .int64(specification.modelID), .int64(specification.datasetID), .int(specification.timeSteps),
            .text(specification.engine), .text(specification.preprocessing), .int(specification.pixelLimit),
        ]
    }

    private func insert(
        _ specification: RunSpecification, plan: RunPlan, images: Int, _ connection: PostgresConnection
    ) throws -> RunID {
        let inserted = try connection.execute(
            """
            INSERT INTO runs (model_id, dataset_id, timesteps, engine, preprocessing, pixel_limit, version, shard_size,
                              images_expected, max_attempts, priority)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING run_id
            """,
            parameters(of: specification) + [
                .text(specification.version), .int(plan.shardSize), .int(images), .int(plan.maxAttempts), .int(plan.priority),
            ])
        let run = try inserted.single().int64("run_id")
        _ = try connection.execute("SELECT create_run_partitions($1)", [.int64(run)])
        let columns = ["run_id", "shard", "first_ordinal", "image_count"]
        try connection.copyIn("shards", columns) { writer in
            for (shard, range) in ShardRange.cut(images: images, size: plan.shardSize).enumerated() {
                try writer.row([.int64(run), .int(shard), .int(range.firstOrdinal), .int(range.imageCount)])
            }
        }
        return RunID(run)
    }
}
