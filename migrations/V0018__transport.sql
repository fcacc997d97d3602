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

ALTER TABLE workers
    ADD COLUMN can_work boolean NOT NULL DEFAULT true,
    ADD COLUMN unfit_datasets bigint[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN workers.unfit_datasets IS 'Data sets that are not whole on the worker''s machine.';
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

ALTER TABLE message_failures ADD COLUMN source text, ADD COLUMN messages bigint NOT NULL DEFAULT 1 CHECK (messages > 0);
UPDATE message_failures SET source = topic || ' partition ' || kafka_partition || ' offset ' || kafka_offset;
ALTER TABLE message_failures
    ALTER COLUMN source SET NOT NULL, ALTER COLUMN messages DROP DEFAULT,
    DROP COLUMN topic, DROP COLUMN kafka_partition, DROP COLUMN kafka_offset;
COMMENT ON TABLE message_failures IS 'Job messages that could not be read, and were skipped: one row a worker and minute at most, with the newest as an example.';

-- Whoever waits for runs hears of them, and need not ask: on the channel evalctl_runs, when a run is made or changes its state.
CREATE FUNCTION announce_runs() RETURNS trigger
    LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('evalctl_runs', ''); RETURN NULL; END $$;
CREATE TRIGGER announce AFTER INSERT OR UPDATE OF state ON runs FOR EACH STATEMENT EXECUTE FUNCTION announce_runs();
REVOKE EXECUTE ON FUNCTION announce_runs() FROM PUBLIC;

-- A worker that was cut off from the database past its leases takes back what was held against their shards, and can do nothing else to them.
CREATE FUNCTION absolve(worker bigint, run_ids bigint[], shard_numbers integer[], attempt_numbers integer[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
    WITH absolved AS (
        UPDATE shard_attempts a
        SET class = 'transient', code = 'worker.cut_off', message = 'the worker could not reach the database for as long as its lease'
        FROM unnest(run_ids, shard_numbers, attempt_numbers) AS mine (run_id, shard, attempt)
        WHERE a.run_id = mine.run_id AND a.shard = mine.shard AND a.attempt = mine.attempt
          AND a.worker_id = worker AND a.outcome = 'expired' AND a.class = 'unknown'
        RETURNING a.run_id, a.shard
    )
    UPDATE shards SET failures = failures - 1, transient_failures = transient_failures + 1
    FROM absolved
    WHERE shards.run_id = absolved.run_id AND shards.shard = absolved.shard AND failures > 0
      AND state IN ('pending', 'published', 'running')
$$;
COMMENT ON FUNCTION absolve IS 'Attempts that ran out because their worker was cut off say nothing of their shards.';
REVOKE EXECUTE ON FUNCTION absolve(bigint, bigint[], integer[], integer[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION absolve(bigint, bigint[], integer[], integer[]) TO evalctl_owner, evalctl_worker;

-- Columns instead of tables: who may change a whole table may lock it as well.
GRANT SELECT ON declines, image_doubts TO evalctl_owner, evalctl_coordinator, evalctl_worker, evalctl_reader;
GRANT INSERT, UPDATE, DELETE ON declines, image_doubts TO evalctl_owner;
GRANT INSERT ON declines, image_doubts TO evalctl_worker;
GRANT UPDATE (worker_id, code, message, declined_at) ON declines TO evalctl_worker;
GRANT UPDATE (code, message, seen_at) ON image_doubts TO evalctl_worker;
GRANT UPDATE (problem, can_work, unfit_datasets) ON workers TO evalctl_worker;
GRANT INSERT (problem, can_work, unfit_datasets) ON workers TO evalctl_worker;
GRANT SELECT, DELETE ON message_failures TO evalctl_coordinator;
GRANT DELETE ON declines, image_doubts TO evalctl_coordinator;
