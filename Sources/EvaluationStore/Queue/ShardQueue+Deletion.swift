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

    /// What deleting runs would free; of those that are gone nothing.
    package func room(of runs: [RunID]) throws -> FreedRows {
        try session.withConnection { connection in try runs.reduce(FreedRows()) { $0 + (try size(of: $1, connection)) } }
    }

    /// Deletes a run that has ended with all its rows and its report, in one transaction.
    /// - Parameter choice: what the run must still be of, if anything.
    /// - Throws: `store.not_found`; `run.state` where the run has not ended, or is not of the choice.
    package func deleteRun(_ run: RunID, if choice: PruningChoice? = nil) throws -> FreedRows {
        try freeing(run, if: choice) { connection in
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
        }
    }

    /// Removes something of a run that has ended, in one transaction that holds the run.
    func freeing(_ run: RunID, if choice: PruningChoice?, _ remove: (PostgresConnection) throws -> Void) throws -> FreedRows {
        try session.withConnection { connection in
            try connection.transaction { connection in
                try refuse(run, lockToDelete(run, connection))
                try choice?.require(run, connection)
                let freed = try size(of: run, connection)
                try remove(connection)
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

    func removeRows(of run: RunID, _ connection: PostgresConnection) throws {
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
                   + (SELECT coalesce(sum(60 + pg_column_size(counts) + coalesce(pg_column_size(effective), 0)), 0)::bigint FROM shard_activity WHERE run_id = $1)
                   + (SELECT count(*) FROM shards WHERE run_id = $1) * 250 AS bytes
            """, [.int64(run.rawValue)]
        ).single()
        return FreedRows(runs: 1, predictions: try row.int("predictions"), bytes: try row.int("bytes"))
    }
}
