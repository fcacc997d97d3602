internal import Diagnostics
package import Postgres

extension EvaluationStore {
    /// Whoever holds it leads. It belongs to a database session and goes with it.
    package static let leaderLock = AdvisoryLock("evalctl coordinator")

    /// Seconds after which a leader that does not report is put out.
    package static let leaderTimeout = 2.5

    /// Enters a coordinator and returns its number.
    package func registerCoordinator(host: String, processID: Int, version: String) throws -> Int64 {
        try rows(
            "INSERT INTO coordinators (host, process_id, version) VALUES ($1, $2, $3) RETURNING coordinator_id",
            [.text(host), .int(processID), .text(version)]
        ).single().int64("coordinator_id")
    }

    /// Takes or keeps the leader's lock, and reports.
    /// - Returns: whether this coordinator leads.
    package func lead(coordinator: Int64, already: Bool) throws -> Bool {
        try session.withConnection { connection in
            let leads = try already || connection.tryLock(Self.leaderLock)
            _ = try connection.execute(
                """
                UPDATE coordinators SET leads = $2, backend_pid = CASE WHEN $2 THEN pg_backend_pid() END,
                       last_heartbeat_at = clock_timestamp()
                WHERE coordinator_id = $1
                RETURNING set_config('synchronous_commit', 'off', true) AS commit
                """, [.int64(coordinator), .bool(leads)])
            return leads
        }
    }

    /// Ends the database session of a leader that holds the lock and reports no more: it is stopped, or cut off from the database.
    /// - Returns: whether there was one.
    /// - Throws: `database.insufficient_privilege` where the leader logs in as another role than this coordinator.
    package func putOutSilentLeader() throws -> Bool {
        try !rows(
            """
            SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN coordinators c ON c.backend_pid = l.pid AND c.leads
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
              AND l.classid::bigint = ($1::bigint >> 32) & 4294967295 AND l.objid::bigint = $1::bigint & 4294967295
              AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND c.last_heartbeat_at < clock_timestamp() - $2 * interval '1 second'
            """, [.int64(Self.leaderLock.key), .float64(Self.leaderTimeout)]
        ).isEmpty
    }

    /// Takes a coordinator that ends off the list, and long-gone ones with it.
    package func removeCoordinator(_ coordinator: Int64) throws {
        try execute(
            "DELETE FROM coordinators WHERE coordinator_id = $1 OR last_heartbeat_at < clock_timestamp() - interval '1 day'",
            [.int64(coordinator)])
    }
}
