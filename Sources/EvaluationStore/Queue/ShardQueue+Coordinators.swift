internal import Postgres

extension ShardQueue {
    /// Seconds that leadership lasts without being renewed, by the database's clock.
    package static let leadershipSeconds = 3.5
    /// True for the rows of coordinators that report.
    static let presentCoordinator = "last_heartbeat_at > clock_timestamp() - interval '10 seconds'"

    /// Enters a coordinator and returns its number.
    package func registerCoordinator(host: String, processID: Int, version: String) throws -> Int64 {
        try rows(
            "INSERT INTO coordinators (host, process_id, version) VALUES ($1, $2, $3) RETURNING coordinator_id",
            [.text(host), .int(processID), .text(version)]
        ).single().int64("coordinator_id")
    }

    /// Reports a coordinator, and takes or renews the leadership where nobody else has it.
    /// - Returns: the term in which it leads; nil where another one does.
    package func lead(coordinator: Int64) throws -> Int64? {
        try rows(
            """
            WITH reported AS (
                UPDATE coordinators SET last_heartbeat_at = clock_timestamp() WHERE coordinator_id = $1
                RETURNING set_config('synchronous_commit', 'off', true)
            ), led AS (
                UPDATE leadership SET coordinator_id = $1, term = term + (coordinator_id IS DISTINCT FROM $1)::integer,
                       expires_at = clock_timestamp() + $2 * interval '1 second'
                WHERE coordinator_id IS NOT DISTINCT FROM $1 OR expires_at < clock_timestamp()
                RETURNING term
            )
            SELECT (SELECT term FROM led) AS term, (SELECT count(*) FROM reported) AS reported
            """, [.int64(coordinator), .float64(Self.leadershipSeconds)]
        ).single().intIfPresent("term").map(Int64.init)
    }

    /// Takes a coordinator that ends off the list, and long-gone ones with it; the next one may lead at once.
    package func removeCoordinator(_ coordinator: Int64) throws {
        try execute("SELECT remove_coordinator($1)", [.int64(coordinator)])
    }
}
