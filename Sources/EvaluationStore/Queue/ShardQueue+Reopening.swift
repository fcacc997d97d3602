package import Evaluation
internal import Postgres

extension ShardQueue {
    /// Sets a run to do again what has no prediction: failed images, dead shards, and the shards that a cancellation left.
    ///
    /// What is stored stays. A failed image of a finished shard gets a shard of its own, with the failed ones beside it. A cancelled run goes
    /// on in any case: one whose last shard was stored before the cancellation has nothing to do but to end.
    /// - Returns: how many images are to be done; 0 where every image has a prediction or is still to come.
    /// - Throws: `store.not_found`.
    package func reopen(_ run: RunID) throws -> Int {
        try session.withConnection { connection in
            try connection.transaction { connection in
                let before = try lock(run, connection)
                _ = try unprunedRun(run)
                let revived = try revive(run, shards: nil, states: ["dead", "cancelled"], connection)
                let redone = try redoFailures(run, connection)
                if revived + redone > 0 || before == .cancelled { try open(run, before, connection) }
                return revived + redone
            }
        }
    }

    /// Tries dead shards of a run again.
    /// - Parameter shards: which; all that were not dropped where it is nil.
    /// - Returns: how many images are to be done.
    /// - Throws: `store.not_found`.
    package func retryDead(_ run: RunID, shards: [Int]?) throws -> Int {
        try session.withConnection { connection in
            try connection.transaction { connection in
                let before = try lock(run, connection)
                _ = try unprunedRun(run)
                let revived = try revive(run, shards: shards, states: ["dead"], connection)
                if revived > 0 { try open(run, before, connection) }
                return revived
            }
        }
    }

    /// Lets a run go on that may have ended.
    private func open(_ run: RunID, _ before: RunState, _ connection: PostgresConnection) throws {
        let after = before.after(.reopen) ?? before
        _ = try connection.execute(
            "UPDATE runs SET state = $2, finished_at = NULL WHERE run_id = $1", [.int64(run.rawValue), .text(after.rawValue)])
        for table in ["reports", "run_figures"] {
            _ = try connection.execute("DELETE FROM \(table) WHERE run_id = $1", [.int64(run.rawValue)])
        }
    }

    /// Makes shards pending again from their first attempt on, and takes back the failures of their images.
    private func revive(_ run: RunID, shards: [Int]?, states: [String], _ connection: PostgresConnection) throws -> Int {
        let revived = try connection.execute(
            """
            WITH revived AS (
                UPDATE shards SET state = 'pending', attempt = attempt + 1, failures = 0, transient_failures = 0, publications = 0,
                       not_before = clock_timestamp(), finished_at = NULL, dead_letter_sent_at = NULL, dropped_at = NULL,
                       lease_token = NULL, lease_expires_at = NULL, worker_id = NULL
                WHERE run_id = $1 AND state = ANY ($2::text[])
                  AND CASE WHEN $3::integer[] IS NULL THEN dropped_at IS NULL OR cardinality($2::text[]) > 1 ELSE shard = ANY ($3) END
                RETURNING first_ordinal, image_count
            ), forgotten AS (
                DELETE FROM image_failures USING revived
                WHERE run_id = $1 AND ordinal >= first_ordinal AND ordinal < first_ordinal + image_count
            )
            SELECT coalesce(sum(image_count), 0)::bigint AS images FROM revived
            """,
            [
                .int64(run.rawValue), .textArray(states),
                shards.map { .int32Array($0.map { Int32(clamping: $0) }) } ?? .null,
            ])
        return try revived.single().int("images")
    }

    /// Makes shards of the images that failed in finished shards, one for each row of neighbours.
    private func redoFailures(_ run: RunID, _ connection: PostgresConnection) throws -> Int {
        let redone = try connection.execute(
            """
            WITH failed AS (
                DELETE FROM image_failures USING shards
                WHERE image_failures.run_id = $1 AND shards.run_id = $1 AND shards.shard = image_failures.shard AND shards.state = 'done'
                RETURNING image_failures.ordinal, image_failures.shard
            ), ranges AS (
                SELECT shard, min(ordinal) AS first_ordinal, count(*) AS image_count
                FROM (SELECT shard, ordinal, ordinal - row_number() OVER (PARTITION BY shard ORDER BY ordinal) AS island FROM failed) i
                GROUP BY shard, island
            ), counted AS (
                UPDATE shards SET images_redone = images_redone + f.images
                FROM (SELECT shard, count(*) AS images FROM failed GROUP BY shard) f
                WHERE shards.run_id = $1 AND shards.shard = f.shard
            ), numbers AS (
                UPDATE runs SET next_shard = next_shard + added.shards FROM (SELECT count(*)::integer AS shards FROM ranges) added
                WHERE run_id = $1 RETURNING next_shard - added.shards AS first
            ), added AS (
                INSERT INTO shards (run_id, shard, first_ordinal, image_count, split_from)
                SELECT $1, numbers.first - 1 + row_number() OVER (ORDER BY first_ordinal), first_ordinal, image_count, shard
                FROM ranges, numbers
            )
            SELECT count(*) AS images FROM failed
            """, [.int64(run.rawValue)])
        return try redone.single().int("images")
    }
}
