-- The same rows in one pass over the running shards, instead of one for each worker.

CREATE OR REPLACE VIEW worker_status AS
WITH held AS (
    SELECT worker_id AS holder, run_id, shard FROM shards WHERE state = 'running'
    UNION
    SELECT backup_worker_id, run_id, shard FROM shards WHERE state = 'running' AND backup_worker_id IS NOT NULL
), work AS (
    SELECT holder, string_agg(run_id || '/' || shard, ' ' ORDER BY run_id, shard) AS shards FROM held GROUP BY holder
)
SELECT w.worker_id, w.host, w.process_id, w.version, w.instruction_set, w.kernels, w.threads,
       CASE WHEN w.state IN ('running', 'draining') AND w.last_heartbeat_at < now() - interval '10 seconds' THEN 'gone'
            ELSE w.state END AS state,
       coalesce(work.shards, '') AS shards, w.images_per_second, w.started_at, w.last_heartbeat_at,
       extract(epoch FROM now() - w.last_heartbeat_at)::double precision AS seconds_since_heartbeat
FROM workers w LEFT JOIN work ON work.holder = w.worker_id;
