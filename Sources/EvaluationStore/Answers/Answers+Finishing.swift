package import Evaluation
internal import Postgres

extension Answers {
    /// Runs that ended and have no report yet, oldest first.
    package func runsWithoutReport() throws -> [RunID] {
        try rows(
            """
            SELECT run_id FROM runs WHERE state = 'finished' AND pruned_at IS NULL
              AND NOT EXISTS (SELECT FROM reports WHERE reports.run_id = runs.run_id)
            ORDER BY run_id
            """
        ).map { RunID(try $0.int64("run_id")) }
    }

    /// Keeps what a run came to, as JSON; nothing where the run has been opened again or pruned meanwhile.
    package func keepReport(_ run: RunID, json: String) throws {
        try execute(
            """
            INSERT INTO reports (run_id, report) SELECT run_id, $2::text::jsonb FROM runs
            WHERE run_id = $1 AND state = 'finished' AND pruned_at IS NULL FOR SHARE
            ON CONFLICT (run_id) DO UPDATE SET report = excluded.report, created_at = now()
            """, [.int64(run.rawValue), .text(json)])
    }
}
