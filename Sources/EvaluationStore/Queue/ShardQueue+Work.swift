internal import Postgres

extension ShardQueue {
    /// Subscribes to runs that are made or change their state. Does nothing behind a connection pool, which passes no notifications on.
    /// - Returns: whether ``waitForRuns(atMost:)`` returns when there are some.
    package func listenForRuns() throws -> Bool {
        try session.withConnection { connection in
            if !connection.isPooled { try connection.listen(to: "evalctl_runs") }
            return !connection.isPooled
        }
    }

    /// Waits until a run is made or changes its state, at most `timeout`; after ``listenForRuns()``, on the same session.
    /// - Returns: whether one did, or may have: where the connection was made anew, nobody listened.
    package func waitForRuns(atMost timeout: Duration) throws -> Bool {
        let known = session.connectionCount
        return try session.withConnection { connection in
            try session.connectionCount != known || connection.waitForNotification(atMost: timeout)
        }
    }

    /// Does nothing but ask what the roles of all programs may read.
    /// - Throws: what keeps the database from answering; `database.insufficient_privilege` where this program's role may not read it.
    package func requireAccess() throws {
        try session.retrying { _ = try $0.execute("SELECT run_id FROM runs LIMIT 1") }
    }

    /// Whether any run is running, or any shard is out.
    package func hasWork() throws -> Bool {
        try rows(
            """
            SELECT EXISTS (SELECT FROM runs WHERE state = 'running')
                OR EXISTS (SELECT FROM shards WHERE state IN ('published', 'running')) AS has_work
            """
        ).single().bool("has_work")
    }
}
