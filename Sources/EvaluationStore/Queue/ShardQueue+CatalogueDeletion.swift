package import Diagnostics
internal import Postgres

extension ShardQueue {
    /// Removes workers that ended or vanished more than so many days ago, and that no run's shards, attempts or failures name.
    /// - Returns: how many there were.
    package func removeOldWorkers(days: Int = 30) throws -> Int {
        try execute(
            """
            DELETE FROM workers w
            WHERE state IN ('stopped', 'gone') AND last_heartbeat_at < clock_timestamp() - $1 * interval '1 day'
              AND NOT EXISTS (SELECT FROM shards s WHERE s.worker_id = w.worker_id)
              AND NOT EXISTS (SELECT FROM shards s WHERE s.backup_worker_id = w.worker_id)
              AND NOT EXISTS (SELECT FROM shard_attempts a WHERE a.worker_id = w.worker_id)
              AND NOT EXISTS (SELECT FROM image_failures f WHERE f.worker_id = w.worker_id)
              AND NOT EXISTS (SELECT FROM message_failures f WHERE f.worker_id = w.worker_id)
            """, [.int(days)])
    }
}
