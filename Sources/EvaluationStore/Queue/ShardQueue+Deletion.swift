internal import Diagnostics
package import Evaluation
internal import Postgres

/// What is freed where something is deleted.
package struct FreedRows: Sendable, Hashable {
    package var runs = 0
    package var predictions = 0
    /// On disk, about; the database uses the room for other rows.
    package var bytes = 0

    package init(runs: Int = 0, predictions: Int = 0, bytes: Int = 0) {
        self.runs = runs
        self.predictions = predictions
        self.bytes = bytes
    }

    package static func + (a: FreedRows, b: FreedRows) -> FreedRows {
        FreedRows(runs: a.runs + b.runs, predictions: a.predictions + b.predictions, bytes: a.bytes + b.bytes)
    }
}

extension ShardQueue {
    /// What deleting a run would free.
    /// - Throws: `store.not_found`; `run.state` where the run has not ended.
    package func deletionOfRun(_ run: RunID) throws -> FreedRows {
        try refuse(run, try self.run(run).state)
        return try session.withConnection { try size(of: run, $0) }
    }

    /// Deletes a run that has ended with all its rows and its report, in one transaction.
    /// - Throws: `store.not_found`; `run.state` where the run has not ended.
    package func deleteRun(_ run: RunID) throws -> FreedRows {
        try session.withConnection { connection in
            try connection.transaction { connection in
                try refuse(run, lockToDelete(run, connection))
                let freed = try size(of: run, connection)
                try removeRows(of: run, connection)
                try connection.execute("UPDATE runs SET is_newest = false WHERE run_id = $1", [.int64(run.rawValue)])
                // The next submission takes up the newest of the others with the same rows.
                try connection.execute(
                    """
                    UPDATE runs SET is_newest = true WHERE run_id = (
                        SELECT max(o.run_id) FROM runs r
                        JOIN runs o USING (model_id, dataset_id, timesteps, engine, preprocessing, pixel_limit, only_listed_classes)
                        WHERE r.run_id = $1 AND o.run_id <> $1 AND o.pruned_at IS NULL)
                    """, [.int64(run.rawValue)])
                try connection.execute("DELETE FROM runs WHERE run_id = $1", [.int64(run.rawValue)])
                return freed
            }
        }
    }

    /// Runs that ended more than so many seconds ago, oldest first.
    /// - Parameter keepingReports: without those that have no report yet, and those that were pruned before.
    package func runsEnded(secondsAgo seconds: Double, keepingReports: Bool) throws -> [RunID] {
        try rows(
            """
            SELECT run_id FROM runs
            WHERE state IN ('finished', 'cancelled') AND finished_at < clock_timestamp() - $1 * interval '1 second'
              AND (NOT $2 OR (pruned_at IS NULL
                   AND (state = 'cancelled' OR EXISTS (SELECT FROM reports WHERE reports.run_id = runs.run_id))))
            ORDER BY finished_at, run_id
            """, [.float64(seconds), .bool(keepingReports)]
        ).map { RunID(try $0.int64("run_id")) }
    }

    /// Removes a run's rows and shards, and keeps the run, its figures and its report.
    /// - Throws: `store.not_found`; `run.state` where the run has not ended.
    package func pruneRun(_ run: RunID) throws -> FreedRows {
        try session.withConnection { connection in
            try connection.transaction { connection in
                try refuse(run, lockToDelete(run, connection))
                let freed = try size(of: run, connection)
                try keepFigures(of: [run.rawValue], connection)
                try removeRows(of: run, connection)
                for table in ["image_failures", "shards"] {
                    try connection.execute("DELETE FROM \(table) WHERE run_id = $1", [.int64(run.rawValue)])
                }
                try connection.execute(
                    "UPDATE runs SET pruned_at = clock_timestamp(), is_newest = false WHERE run_id = $1", [.int64(run.rawValue)])
                return freed
            }
        }
    }

    /// A run's state, locked against everybody who refers to the run.
    private func lockToDelete(_ run: RunID, _ connection: PostgresConnection) throws -> RunState {
        let found = try connection.execute("SELECT state FROM runs WHERE run_id = $1 FOR UPDATE", [.int64(run.rawValue)])
        guard let row = found.first else { throw Self.noRun(run) }
        return try RunState(column: row)
    }

    private func refuse(_ run: RunID, _ state: RunState) throws {
        guard state.isTerminal else {
            throw Failure(.runState, "run \(run) is \(state.rawValue), it cannot be deleted", remedy: "`evalctl cancel \(run)` ends it")
        }
    }

    /// Images whose rows go in one statement: each has a time limit.
    private static let piece = 100_000

    private func removeRows(of run: RunID, _ connection: PostgresConnection) throws {
        var removed = Self.piece
        while removed == Self.piece {
            removed = try connection.execute(
                """
                DELETE FROM prediction_rows WHERE run_id = $1 AND ordinal <= (
                    SELECT max(ordinal) FROM (SELECT ordinal FROM prediction_rows WHERE run_id = $1 ORDER BY ordinal LIMIT $2) first)
                """, [.int64(run.rawValue), .int(Self.piece)]
            ).affectedRows
        }
        try connection.execute("DELETE FROM shard_activity WHERE run_id = $1", [.int64(run.rawValue)])
    }

    private func size(of run: RunID, _ connection: PostgresConnection) throws -> FreedRows {
        // 66 bytes of a row are numbers and its header, and 22 its place in the index.
        let row = try connection.execute(
            """
            SELECT (SELECT count(*) FROM prediction_rows WHERE run_id = $1) AS predictions,
                   (SELECT coalesce(sum(88 + pg_column_size(outcome) + pg_column_size(logits)), 0)::bigint FROM prediction_rows WHERE run_id = $1)
                   + (SELECT coalesce(sum(60 + pg_column_size(counts)), 0)::bigint FROM shard_activity WHERE run_id = $1)
                   + (SELECT count(*) FROM shards WHERE run_id = $1) * 250 AS bytes
            """, [.int64(run.rawValue)]
        ).single()
        return FreedRows(runs: 1, predictions: try row.int("predictions"), bytes: try row.int("bytes"))
    }
}
