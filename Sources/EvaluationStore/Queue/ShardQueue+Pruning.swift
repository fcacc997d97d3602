package import Diagnostics
package import Evaluation
internal import Postgres

/// Which runs are pruned: those that ended before a moment. It stays the same from when they are listed until the last one is removed.
package struct PruningChoice: Sendable, Hashable {
    /// By the database's clock.
    let endedBefore: String
    /// Whether runs stay with their reports. Those that have none, and those that were pruned before, are left alone then.
    package let keepsReports: Bool

    /// True for a run of `runs` that is chosen; takes ``parameters``.
    static let condition = """
        state IN ('finished', 'cancelled') AND finished_at < $1::text::timestamptz
        AND (NOT $2 OR (pruned_at IS NULL AND EXISTS (SELECT FROM reports WHERE reports.run_id = runs.run_id)))
        """

    var parameters: [PostgresValue] { [.text(endedBefore), .bool(keepsReports)] }

    /// - Throws: `run.state` where a run that was chosen, and is locked now, no longer is.
    func require(_ run: RunID, _ connection: PostgresConnection) throws {
        let found = try connection.execute(
            "SELECT FROM runs WHERE run_id = $3 AND \(Self.condition)", parameters + [.int64(run.rawValue)])
        guard !found.isEmpty else {
            throw Failure(.runState, "run \(run) was resumed or pruned since the runs were listed", remedy: "prune again")
        }
    }
}

extension ShardQueue {
    /// The choice of runs that ended more than so many seconds before now.
    package func pruningChoice(secondsAgo seconds: Double, keepsReports: Bool) throws -> PruningChoice {
        let row = try rows("SELECT (clock_timestamp() - $1 * interval '1 second')::text AS moment", [.float64(seconds)]).single()
        return PruningChoice(endedBefore: try row.text("moment"), keepsReports: keepsReports)
    }

    /// The chosen runs, those that ended first before the others.
    package func runs(of choice: PruningChoice) throws -> [RunID] {
        try rows("SELECT run_id FROM runs WHERE \(PruningChoice.condition) ORDER BY finished_at, run_id", choice.parameters)
            .map { RunID(try $0.int64("run_id")) }
    }

    /// Deletes these runs one after the other, or their rows where reports are kept.
    /// - Returns: what was freed, and why runs were left alone that are gone, go on, or are not of the choice any more.
    package func prune(_ runs: [RunID], _ choice: PruningChoice) throws -> (freed: FreedRows, skipped: [Failure]) {
        var freed = FreedRows()
        var skipped: [Failure] = []
        for run in runs {
            do {
                freed = freed + (try choice.keepsReports ? pruneRun(run, if: choice) : deleteRun(run, if: choice))
            } catch let failure as Failure where [.notFound, .runState].contains(failure.code) {
                skipped.append(failure)
            }
        }
        return (freed, skipped)
    }

    /// Removes a run's rows and shards, and keeps the run, its figures and its report as it is now, in one transaction.
    /// - Parameter choice: what the run must still be of, if anything.
    /// - Throws: `store.not_found`; `run.state` where the run has not ended, or is not of the choice.
    package func pruneRun(_ run: RunID, if choice: PruningChoice? = nil) throws -> FreedRows {
        try freeing(run, if: choice) { connection in
            try keepFigures(of: [run.rawValue], connection)
            // On this connection: the report has what was added since the run's end, such as accuracies by further labels.
            let report = try StoredJSON.text(Answers(session: session).report(run))
            try connection.execute(
                """
                INSERT INTO reports (run_id, report) VALUES ($1, $2::text::jsonb)
                ON CONFLICT (run_id) DO UPDATE SET report = excluded.report, created_at = now()
                """, [.int64(run.rawValue), .text(report)])
            try removeRows(of: run, connection)
            for table in ["image_failures", "shards"] {
                try connection.execute("DELETE FROM \(table) WHERE run_id = $1", [.int64(run.rawValue)])
            }
            try connection.execute(
                "UPDATE runs SET pruned_at = clock_timestamp(), is_newest = false WHERE run_id = $1", [.int64(run.rawValue)])
        }
    }
}
