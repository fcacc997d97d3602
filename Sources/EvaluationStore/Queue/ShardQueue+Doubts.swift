package import Evaluation
internal import Postgres

extension ShardQueue {
    /// Keeps that a worker found images missing or changed.
    package func doubt(_ dataSet: Int64, _ images: [ImageFailure], worker: Int64) throws {
        try execute(
            """
            INSERT INTO image_doubts (dataset_id, ordinal, worker_id, code, message)
            SELECT $1, ordinal, $2, code, message FROM unnest($3::integer[], $4::text[], $5::text[]) AS mine (ordinal, code, message)
            ON CONFLICT (dataset_id, ordinal, worker_id) DO UPDATE SET code = excluded.code, message = excluded.message, seen_at = now()
            """,
            [
                .int64(dataSet), .int64(worker), .int32Array(images.map { Int32(clamping: $0.ordinal) }), .textArray(images.map(\.code)),
                .textArray(images.map(\.message)),
            ])
    }

    /// Whether another worker that could have the image found it missing or changed too, or there is none that could say.
    ///
    /// A worker that ended says nothing any more: one that is started again beside the same broken mount would confirm itself.
    package func isDoubtShared(_ dataSet: Int64, ordinal: Int, worker: Int64) throws -> Bool {
        try rows(
            """
            WITH others AS (
                SELECT worker_id FROM workers WHERE worker_id <> $3 AND state = 'running' AND NOT drain_requested AND can_work
                  AND $1 <> ALL (unfit_datasets) AND last_heartbeat_at > clock_timestamp() - $4 * interval '1 second')
            SELECT NOT EXISTS (SELECT FROM others) OR EXISTS (
                SELECT FROM others JOIN image_doubts USING (worker_id)
                WHERE dataset_id = $1 AND ordinal = $2 AND seen_at > now() - doubt_lifetime()) AS is_shared
            """,
            [.int64(dataSet), .int(ordinal), .int64(worker), .float64(Self.workerTimeout)]
        ).single().bool("is_shared")
    }

    /// Takes back the doubts of a worker that has the images again.
    package func dropDoubts(of worker: Int64, on dataSet: Int64) throws {
        try execute(
            "UPDATE image_doubts SET seen_at = '-infinity' WHERE dataset_id = $1 AND worker_id = $2 AND seen_at > '-infinity'",
            [.int64(dataSet), .int64(worker)])
    }

    /// Forgets doubts that count no more, and declines that no coordinator looks at.
    package func pruneDoubts() throws {
        try execute("SELECT remove_old_doubts()")
    }
}
