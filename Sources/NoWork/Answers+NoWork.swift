package import Evaluation
package import EvaluationStore
internal import Postgres

extension Answers {
    /// From a run's first claim to its end, by the database's clock; 0 before its end.
    package func secondsTaken(by run: RunID) throws -> Double {
        try session.withConnection { connection in
            try connection.execute(
                "SELECT coalesce(extract(epoch FROM finished_at - started_at), 0)::double precision AS seconds FROM runs WHERE run_id = $1",
                [.int64(run.rawValue)]
            ).first?.double("seconds") ?? 0
        }
    }
}
