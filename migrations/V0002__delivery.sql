-- Retries by class, splitting, second workers on late shards, steering, and who coordinates.

ALTER TABLE shards
    ADD COLUMN failures            integer NOT NULL DEFAULT 0,
    ADD COLUMN transient_failures  integer NOT NULL DEFAULT 0,
    ADD COLUMN publications        integer NOT NULL DEFAULT 0,
    ADD COLUMN kafka_partition     integer,
    ADD COLUMN backup_token        uuid,
    ADD COLUMN backup_worker_id    bigint REFERENCES workers,
    ADD COLUMN backup_expires_at   timestamptz,
    ADD COLUMN images_redone       integer NOT NULL DEFAULT 0,
    ADD COLUMN dead_letter_sent_at timestamptz,
    ADD COLUMN dropped_at          timestamptz,
    DROP CONSTRAINT shards_state_check,
    ADD CONSTRAINT shards_state_check
        CHECK (state IN ('pending', 'published', 'running', 'done', 'split', 'dead', 'cancelled'));
COMMENT ON COLUMN shards.failures IS 'Attempts that crashed, hung, or failed for the shard''s own sake; these are limited by runs.max_attempts.';
COMMENT ON COLUMN shards.transient_failures IS 'Attempts that failed because something around the shard was missing.';
COMMENT ON COLUMN shards.publications IS 'How often a message for the present attempt was sent.';
COMMENT ON COLUMN shards.kafka_partition IS 'Where the newest message was sent.';
COMMENT ON COLUMN shards.speculative IS 'A second worker is invited to the shard, which is late.';
COMMENT ON COLUMN shards.backup_token IS 'The second worker''s lease; the first of the two to store counts.';
COMMENT ON COLUMN shards.images_redone IS 'Images of this shard that failed and were given to later shards.';
COMMENT ON COLUMN shards.dropped_at IS 'When somebody took a dead shard off the list of dead letters; its images stay failures.';
-- Renewing a lease changes no indexed column; with room in the page it makes no new index entry.
ALTER TABLE shards SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 500);

CREATE INDEX shards_dead ON shards (run_id, shard) WHERE state = 'dead';
CREATE INDEX shards_dead_letters ON shards (run_id, shard) WHERE state = 'dead' AND dead_letter_sent_at IS NULL;
CREATE INDEX shards_parts ON shards (run_id, split_from) WHERE split_from IS NOT NULL;

ALTER TABLE shard_attempts ADD COLUMN class text NOT NULL DEFAULT 'unknown' CHECK (class IN ('transient', 'permanent', 'unknown'));

CREATE TABLE declines (
    run_id          bigint NOT NULL REFERENCES runs ON DELETE CASCADE,
    kafka_partition integer NOT NULL,
    worker_id       bigint NOT NULL REFERENCES workers,
    code            text NOT NULL,
    message         text NOT NULL,
    declined_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run_id, kafka_partition)
);
COMMENT ON TABLE declines IS 'Partitions whose worker lately lacked something that a run needs, such as its images: others are preferred for a while.';

ALTER TABLE workers
    ADD COLUMN kernels         text,
    ADD COLUMN drain_requested boolean NOT NULL DEFAULT false,
    DROP CONSTRAINT workers_state_check,
    ADD CONSTRAINT workers_state_check CHECK (state IN ('running', 'draining', 'stopped', 'gone'));
COMMENT ON COLUMN workers.kernels IS 'The kernels the worker''s engine runs on, by name.';
COMMENT ON COLUMN workers.drain_requested IS 'Somebody asked the worker to end; it hears of it with its next heartbeat.';
CREATE INDEX workers_live ON workers (worker_id) WHERE state IN ('running', 'draining');

CREATE TABLE coordinators (
    coordinator_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    host              text NOT NULL,
    process_id        integer NOT NULL,
    version           text NOT NULL,
    leads             boolean NOT NULL DEFAULT false,
    backend_pid       integer,
    started_at        timestamptz NOT NULL DEFAULT now(),
    last_heartbeat_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN coordinators.backend_pid IS 'The server process that holds the leader''s lock.';

CREATE OR REPLACE VIEW progress AS
SELECT r.run_id, m.name AS model, d.name AS dataset, r.state, r.priority, r.images_expected, s.images_done,
       r.images_expected - s.images_done AS images_left,
       s.images_done::double precision / r.images_expected AS fraction,
       s.shards, s.shards_pending, s.shards_published, s.shards_running, s.shards_done, s.shards_dead,
       r.submitted_at, r.started_at, r.finished_at,
       s.images_done / nullif(extract(epoch FROM coalesce(r.finished_at, now()) - r.started_at), 0)::double precision AS images_per_second,
       s.shards_split, s.shards_cancelled
FROM runs r
JOIN models m USING (model_id)
JOIN datasets d USING (dataset_id)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(image_count - images_redone) FILTER (WHERE shards.state IN ('done', 'dead')), 0)::integer AS images_done,
           count(*) FILTER (WHERE shards.state <> 'split') AS shards,
           count(*) FILTER (WHERE shards.state = 'pending') AS shards_pending,
           count(*) FILTER (WHERE shards.state = 'published') AS shards_published,
           count(*) FILTER (WHERE shards.state = 'running') AS shards_running,
           count(*) FILTER (WHERE shards.state = 'done') AS shards_done,
           count(*) FILTER (WHERE shards.state = 'dead') AS shards_dead,
           count(*) FILTER (WHERE shards.state = 'split') AS shards_split,
           count(*) FILTER (WHERE shards.state = 'cancelled') AS shards_cancelled
    FROM shards WHERE shards.run_id = r.run_id) s;

CREATE VIEW worker_status AS
SELECT w.worker_id, w.host, w.process_id, w.version, w.instruction_set, w.kernels, w.threads,
       CASE WHEN w.state IN ('running', 'draining') AND w.last_heartbeat_at < now() - interval '10 seconds' THEN 'gone'
            ELSE w.state END AS state,
       s.shards, w.images_per_second, w.started_at, w.last_heartbeat_at,
       extract(epoch FROM now() - w.last_heartbeat_at)::double precision AS seconds_since_heartbeat
FROM workers w
CROSS JOIN LATERAL (
    SELECT coalesce(string_agg(run_id || '/' || shard, ' ' ORDER BY run_id, shard), '') AS shards
    FROM shards WHERE shards.state = 'running' AND w.worker_id IN (shards.worker_id, shards.backup_worker_id)) s;
COMMENT ON VIEW worker_status IS 'One row a worker: what it is, what it does, and whether it still reports.';

CREATE VIEW dead_letters AS
SELECT s.run_id, s.shard, s.first_ordinal, s.image_count, i.path, i.label, f.code, f.message,
       (SELECT count(*) FROM shard_attempts a WHERE a.run_id = s.run_id AND a.shard = s.shard) AS attempts,
       s.finished_at AS died_at, s.dropped_at
FROM shards s
JOIN runs r USING (run_id)
JOIN images i ON i.dataset_id = r.dataset_id AND i.ordinal = s.first_ordinal
LEFT JOIN image_failures f ON f.run_id = s.run_id AND f.ordinal = s.first_ordinal
WHERE s.state = 'dead';
COMMENT ON VIEW dead_letters IS 'Shards that were given up, nearly always one image: its file, and why.';

GRANT SELECT ON declines, coordinators, worker_status, dead_letters TO evalctl_owner, evalctl_coordinator, evalctl_reader;
GRANT SELECT ON worker_status TO evalctl_worker;
GRANT INSERT, UPDATE, DELETE ON declines, coordinators TO evalctl_owner;
GRANT SELECT, INSERT, UPDATE ON declines TO evalctl_worker;
GRANT UPDATE (failures, transient_failures, backup_token, backup_worker_id, backup_expires_at, speculative) ON shards TO evalctl_worker;
GRANT DELETE ON declines, reports, image_failures TO evalctl_coordinator;
GRANT INSERT, UPDATE, DELETE ON coordinators TO evalctl_coordinator;
GRANT UPDATE ON workers TO evalctl_coordinator;
