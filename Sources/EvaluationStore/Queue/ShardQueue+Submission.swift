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

extension ShardQueue {
    /// Makes a run, unless there is one that gives the same rows: that one is taken then, and completed where it ended incomplete.
    ///
    /// The newest such run counts. Of two who submit the same at the same time one makes the run, the other gets it.
    /// - Throws: `store.not_found` where the model or the data set is deleted at the same time.
    package func submitOnce(_ specification: RunSpecification, plan: RunPlan, images: Int) throws -> Submission {
        let key = parameters(of: specification)
        while true {
            guard let row = try rows("SELECT run_id, state FROM runs WHERE \(Self.sameRows) AND is_newest", key).first else {
                let made = try session.withConnection { connection in
                    try connection.transaction { try insert(specification, plan: plan, images: images, $0) }
                }
                // Nil where another made it meanwhile.
                if let made { return .new(made) }
                continue
            }
            let run = RunID(try row.int64("run_id"))
            let state = try RunState(column: row)
            let redone = state.isTerminal ? try reopen(run) : 0
            return redone > 0 ? .reopened(run, images: redone) : .existing(run, state)
        }
    }

    /// Makes a run and its shards, in one transaction, whether or not there is one that gives the same rows.
    /// - Throws: `store.not_found` where the model or the data set is deleted at the same time.
    package func submit(_ specification: RunSpecification, plan: RunPlan, images: Int) throws -> RunID {
        try session.withConnection { connection in
            try connection.transaction { connection in
                while true {
                    _ = try connection.execute(
                        "UPDATE runs SET is_newest = false WHERE \(Self.sameRows) AND is_newest", parameters(of: specification))
                    if let run = try insert(specification, plan: plan, images: images, connection) { return run }
                }
            }
        }
    }

    /// True for runs whose rows ``parameters(of:)`` decide.
    private static let sameRows = """
        model_id = $1 AND dataset_id = $2 AND timesteps = $3 AND engine = $4 AND preprocessing = $5 AND pixel_limit = $6
        AND only_listed_classes = $7
        """

    /// What decides a run's rows, but for the program's version.
    private func parameters(of specification: RunSpecification) -> [PostgresValue] {
        [
            .int64(specification.modelID), .int64(specification.datasetID), .int(specification.timeSteps),
            .text(specification.engine), .text(specification.preprocessing), .int(specification.pixelLimit),
            .bool(specification.onlyListedClasses),
        ]
    }

    /// - Returns: nil where a newest run with the same rows is there.
    private func insert(
        _ specification: RunSpecification, plan: RunPlan, images: Int, _ connection: PostgresConnection
    ) throws -> RunID? {
        let ranges = ShardRange.cut(images: images, size: plan.shardSize)
        let inserted = try referring(to: "the model or the data set of the run") {
            try connection.execute(
                """
                INSERT INTO runs (model_id, dataset_id, timesteps, engine, preprocessing, pixel_limit, only_listed_classes, version, shard_size,
                                  images_expected, max_attempts, priority, next_shard)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                ON CONFLICT (model_id, dataset_id, timesteps, engine, preprocessing, pixel_limit, only_listed_classes)
                WHERE is_newest DO NOTHING RETURNING run_id
                """,
                parameters(of: specification) + [
                    .text(specification.version), .int(plan.shardSize), .int(images), .int(plan.maxAttempts), .int(plan.priority),
                    .int(ranges.count),
                ])
        }
        guard let run = try inserted.first?.int64("run_id") else { return nil }
        try connection.copyIn("shards", ["run_id", "shard", "first_ordinal", "image_count"]) { writer in
            for (shard, range) in ranges.enumerated() {
                try writer.row([.int64(run), .int(shard), .int(range.firstOrdinal), .int(range.imageCount)])
            }
        }
        return RunID(run)
    }
}
