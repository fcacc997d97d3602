package import Evaluation
internal import Postgres

extension ShardQueue {
    /// Causes of missing predictions, the most frequent first.
    package func failureCounts(of run: RunID) throws -> [FailureCount] {
        try rows(
            """
            SELECT code, count(*) AS images, min(path) AS example FROM failures WHERE run_id = $1 GROUP BY code ORDER BY images DESC, code
            """, [.int64(run.rawValue)]
        ).map { FailureCount(code: try $0.text("code"), images: try $0.int("images"), example: try $0.text("example")) }
    }

    /// Images of a run that were given up, in the manifest's order.
    /// - Throws: `store.not_found`; `run.state` where the run was pruned.
    package func imageFailures(of run: RunID) throws -> [FailedImage] {
        _ = try unprunedRun(run)
        return try rows(
            """
            SELECT path, label, code, message, host, \(Self.time("failed_at")) AS failed_at FROM failures
            WHERE run_id = $1 ORDER BY ordinal
            """, [.int64(run.rawValue)]
        ).map { row in
            FailedImage(
                path: try row.text("path"), label: try row.int("label"), code: try row.text("code"), message: try row.text("message"),
                host: try row.textIfPresent("host"), failedAt: try row.text("failed_at"))
        }
    }
}
