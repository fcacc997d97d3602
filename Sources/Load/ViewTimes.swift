internal import Evaluation
internal import Postgres

/// How long views take to answer for a run.
enum ViewTimes {
    /// The accuracy views first, as reports and people ask them.
    private static let views = [
        "run_accuracy", "class_accuracy", "anytime_accuracy", "confusion", "latency_percentiles", "firing_rates", "progress",
    ]

    /// Asks each view three times and takes the middle time. The server has looked at the tables' statistics before, as autovacuum lets it.
    static func measure(_ run: RunID, on session: PostgresSession) throws -> [PipelineMeasurement.View] {
        try session.withConnection { connection in
            try connection.executeScript("ANALYZE prediction_rows; ANALYZE shard_activity")
            return try views.map { view in
                let times = try (0..<3).map { _ in
                    let start = ContinuousClock.now
                    try connection.forEachRow("SELECT * FROM \(view) WHERE run_id = $1", [.int64(run.rawValue)]) { _ in }
                    return (ContinuousClock.now - start) / .seconds(1)
                }
                return PipelineMeasurement.View(name: view, seconds: times.sorted()[1])
            }
        }
    }
}
