package import Diagnostics
package import Evaluation
internal import Postgres

extension Failure.Code {
    /// A run's state does not allow what was asked.
    package static let runState = Failure.Code("run.state")
}

extension ShardQueue {
    /// Pauses, resumes or cancels a run, at once in the database; workers notice with their next renewal.
    ///
    /// A paused run's published shards go back to pending. A cancelled run's unfinished shards are cancelled, so that no store of them is
    /// taken any more; what is stored stays.
    /// - Returns: the state before.
    /// - Throws: `store.not_found`; `run.state` where the run has ended.
    @discardableResult
    package func steer(_ run: RunID, _ command: RunState.Command) throws -> RunState {
        try session.withConnection { connection in
            try connection.transaction { connection in
                let before = try lock(run, connection)
                guard let after = before.after(command) else {
                    throw Failure(
                        .runState, "run \(run) is \(before.rawValue), it cannot be \(Self.participle(command))",
                        remedy: before == .cancelled ? "`evalctl submit --resume \(run)` goes on with it" : nil)
                }
                guard after != before else { return before }
                _ = try connection.execute(
                    "UPDATE runs SET state = $2, finished_at = CASE WHEN $2 = 'cancelled' THEN clock_timestamp() END WHERE run_id = $1",
                    [.int64(run.rawValue), .text(after.rawValue)])
                switch command {
                case .pause:
                    _ = try connection.execute(
                        "UPDATE shards SET state = 'pending' WHERE run_id = $1 AND state = 'published'", [.int64(run.rawValue)])
                case .cancel:
                    _ = try connection.execute(
                        """
                        UPDATE shards SET state = 'cancelled', lease_token = NULL, lease_expires_at = NULL, backup_token = NULL,
                               backup_worker_id = NULL, backup_expires_at = NULL, speculative = false, finished_at = clock_timestamp()
                        WHERE run_id = $1 AND state IN ('pending', 'published', 'running')
                        """, [.int64(run.rawValue)])
                    try keepFigures(of: [run.rawValue], connection)
                case .resume, .finish, .reopen: break
                }
                return before
            }
        }
    }

    /// Changes what a run's shards are published before and after.
    package func setPriority(of run: RunID, to priority: Int) throws {
        try execute("UPDATE runs SET priority = $2 WHERE run_id = $1", [.int64(run.rawValue), .int(priority)])
    }

    /// A run's state, locked until the transaction ends.
    ///
    /// Whoever locks a run and shards of it locks the run first. The lock lets others refer to the run by a foreign key, as those do who
    /// hold one of its shards: they would wait for this transaction, and it for them.
    func lock(_ run: RunID, _ connection: PostgresConnection) throws -> RunState {
        let found = try connection.execute("SELECT state FROM runs WHERE run_id = $1 FOR NO KEY UPDATE", [.int64(run.rawValue)])
        guard let row = found.first else { throw Self.noRun(run) }
        return try RunState(column: row)
    }

    static func noRun(_ run: RunID) -> Failure {
        Failure(.notFound, "there is no run \(run)", remedy: "`evalctl run list` shows the runs of this database")
    }

    private static func participle(_ command: RunState.Command) -> String {
        switch command {
        case .pause: "paused"
        case .resume: "resumed"
        case .cancel: "cancelled"
        case .finish: "finished"
        case .reopen: "opened again"
        }
    }
}
