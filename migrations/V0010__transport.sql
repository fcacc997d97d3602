-- Jobs travel through Kafka or through this database: what is Kafka's own leaves the tables. What workers lack, and messages that none could read.

ALTER TABLE shards DROP COLUMN kafka_partition;

DROP TABLE declines;
CREATE TABLE declines (
    run_id      bigint NOT NULL REFERENCES runs ON DELETE CASCADE,
    shard       integer NOT NULL,
    worker_id   bigint NOT NULL REFERENCES workers ON DELETE CASCADE,
    code        text NOT NULL,
    message     text NOT NULL,
    declined_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run_id, shard)
);
COMMENT ON TABLE declines IS 'Jobs that were offered to a worker that lately lacked something that their run needs, such as its images.';
CREATE INDEX declines_recent ON declines (declined_at);

ALTER TABLE workers ADD COLUMN problem text;
COMMENT ON COLUMN workers.problem IS 'What keeps the worker from all or some work, in its own words; null where nothing does.';

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
       extract(epoch FROM now() - w.last_heartbeat_at)::double precision AS seconds_since_heartbeat, w.problem
FROM workers w LEFT JOIN work ON work.holder = w.worker_id;

ALTER TABLE workers ADD COLUMN can_work boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN workers.can_work IS 'False while a problem keeps the worker from all work: it claims nothing, and nothing is published for it.';

CREATE TABLE image_doubts (
    dataset_id bigint NOT NULL REFERENCES datasets ON DELETE CASCADE,
    ordinal    integer NOT NULL,
    worker_id  bigint NOT NULL REFERENCES workers ON DELETE CASCADE,
    code       text NOT NULL,
    message    text NOT NULL,
    seen_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (dataset_id, ordinal, worker_id)
);
COMMENT ON TABLE image_doubts IS 'Images that a worker found missing or changed: its own fault, until a second worker finds the same.';

DELETE FROM message_failures;
ALTER TABLE message_failures
    DROP COLUMN topic, DROP COLUMN kafka_partition, DROP COLUMN kafka_offset,
    ADD COLUMN source text NOT NULL,
    ADD COLUMN messages bigint NOT NULL CHECK (messages > 0);
COMMENT ON TABLE message_failures IS 'Job messages that could not be read, and were skipped: one row a worker and minute at most, with the newest as an example.';

GRANT SELECT ON declines, image_doubts TO evalctl_owner, evalctl_coordinator, evalctl_reader;
GRANT INSERT, UPDATE, DELETE ON declines, image_doubts TO evalctl_owner;
GRANT SELECT, INSERT, UPDATE ON declines TO evalctl_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON image_doubts TO evalctl_worker;
GRANT SELECT ON shard_attempts TO evalctl_worker;
GRANT UPDATE (class, code, message) ON shard_attempts TO evalctl_worker;
GRANT SELECT, DELETE ON message_failures TO evalctl_coordinator;
GRANT DELETE ON declines, image_doubts TO evalctl_coordinator;
