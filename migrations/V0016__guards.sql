-- States of runs and shards are tied to what belongs to them, and each role may change what its work needs and no more.

-- What older versions left behind.
UPDATE runs SET finished_at = coalesce(finished_at, started_at, submitted_at) WHERE state IN ('finished', 'cancelled') AND finished_at IS NULL;
UPDATE runs SET finished_at = NULL WHERE state IN ('running', 'paused') AND finished_at IS NOT NULL;
UPDATE shards SET finished_at = coalesce(claimed_at, now()) WHERE state IN ('done', 'split', 'dead', 'cancelled') AND finished_at IS NULL;
UPDATE shards SET finished_at = NULL WHERE state IN ('pending', 'published', 'running') AND finished_at IS NOT NULL;
UPDATE shards SET lease_token = NULL, lease_expires_at = NULL
WHERE state NOT IN ('running', 'done') AND (lease_token IS NOT NULL OR lease_expires_at IS NOT NULL);
UPDATE shards SET state = 'pending', lease_token = NULL, lease_expires_at = NULL, worker_id = NULL, backup_token = NULL, backup_worker_id = NULL,
       backup_expires_at = NULL, speculative = false
WHERE state = 'running' AND (lease_token IS NULL OR lease_expires_at IS NULL OR worker_id IS NULL);
UPDATE shards SET backup_token = NULL, backup_worker_id = NULL, backup_expires_at = NULL
WHERE num_nonnulls(backup_token, backup_worker_id, backup_expires_at) NOT IN (0, 3) OR (backup_token IS NOT NULL AND state <> 'running');

ALTER TABLE runs ADD CONSTRAINT runs_end_check CHECK ((finished_at IS NOT NULL) = (state IN ('finished', 'cancelled')));
ALTER TABLE shards
    ADD CONSTRAINT shards_end_check CHECK ((finished_at IS NOT NULL) = (state IN ('done', 'split', 'dead', 'cancelled'))),
    ADD CONSTRAINT shards_lease_check CHECK (
        CASE state WHEN 'running' THEN num_nulls(lease_token, lease_expires_at, worker_id) = 0
                   WHEN 'done' THEN true
                   ELSE num_nonnulls(lease_token, lease_expires_at) = 0 END),
    ADD CONSTRAINT shards_backup_check CHECK (
        num_nonnulls(backup_token, backup_worker_id, backup_expires_at) IN (0, 3) AND (backup_token IS NULL OR state = 'running'));

-- An image lies in its data set's root. Rows that are there already are held to it by the workers.
ALTER TABLE images ADD CONSTRAINT images_path_check CHECK (path <> '' AND path !~ '^/' AND path !~ '(^|/)\.\.(/|$)') NOT VALID;

-- Steering is a right of those who may change a run's state: coordinators and owners.
CREATE FUNCTION may_steer() RETURNS boolean
    LANGUAGE sql STABLE AS $$ SELECT has_column_privilege('public.runs', 'state', 'UPDATE') $$;
COMMENT ON FUNCTION may_steer IS 'Whether who asks may change the states of runs.';

CREATE FUNCTION guard_shard() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('done', 'split') AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'shard % of run % is %, and stays so', OLD.shard, OLD.run_id, OLD.state USING ERRCODE = 'check_violation';
    END IF;
    IF NOT may_steer() THEN
        RAISE EXCEPTION 'shard % of run % is % and no work of a worker''s', OLD.shard, OLD.run_id, OLD.state
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON shards FOR EACH ROW
    WHEN (OLD.state NOT IN ('published', 'running')) EXECUTE FUNCTION guard_shard();

CREATE FUNCTION guard_start() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF NOT may_steer() THEN
        RAISE EXCEPTION 'run % has its start already', OLD.run_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OF started_at ON runs FOR EACH ROW
    WHEN (OLD.started_at IS NOT NULL AND NEW.started_at IS DISTINCT FROM OLD.started_at) EXECUTE FUNCTION guard_start();

-- A worker adds rows of a shard in the transaction that moves the shard to done, and of no other images.
CREATE FUNCTION guard_rows() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    stray record;
BEGIN
    IF may_steer() THEN RETURN NULL; END IF;
    SELECT a.run_id, a.shard INTO stray
    FROM (SELECT run_id, shard, min(ordinal) AS first, max(ordinal) AS last FROM added GROUP BY run_id, shard) a
    LEFT JOIN shards s ON s.run_id = a.run_id AND s.shard = a.shard AND s.state = 'done'
        AND s.xmin::text::bigint = pg_current_xact_id()::text::bigint % 4294967296
    WHERE s.run_id IS NULL OR a.first < s.first_ordinal OR a.last >= s.first_ordinal + s.image_count LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'shard % of run % is not being stored', stray.shard, stray.run_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER guard AFTER INSERT ON prediction_rows REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION guard_rows();
CREATE TRIGGER guard AFTER INSERT ON image_failures REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION guard_rows();

CREATE FUNCTION guard_sums() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    stray record;
BEGIN
    IF may_steer() THEN RETURN NULL; END IF;
    SELECT a.run_id, a.shard INTO stray FROM added a
    LEFT JOIN shards s ON s.run_id = a.run_id AND s.shard = a.shard AND s.state = 'done'
        AND s.xmin::text::bigint = pg_current_xact_id()::text::bigint % 4294967296
    WHERE s.run_id IS NULL OR a.images > s.image_count LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'shard % of run % is not being stored', stray.shard, stray.run_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER guard AFTER INSERT ON shard_activity REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION guard_sums();

-- Columns instead of tables: who may change a whole table may lock it as well.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE INSERT, UPDATE ON workers FROM evalctl_worker;
REVOKE UPDATE ON workers FROM evalctl_coordinator;
GRANT UPDATE (state) ON workers TO evalctl_coordinator;
REVOKE INSERT, UPDATE ON runs, shards, shard_attempts, image_failures, reports FROM evalctl_coordinator;
REVOKE DELETE ON reports, image_failures FROM evalctl_coordinator;
GRANT UPDATE (state, finished_at, next_shard) ON runs TO evalctl_coordinator;
GRANT INSERT (run_id, shard, first_ordinal, image_count, split_from) ON shards TO evalctl_coordinator;
GRANT INSERT ON shard_attempts, image_failures, reports TO evalctl_coordinator;
GRANT UPDATE (report, created_at) ON reports TO evalctl_coordinator;
REVOKE UPDATE, DELETE ON run_figures FROM evalctl_coordinator;
REVOKE UPDATE ON coordinators FROM evalctl_coordinator;
GRANT UPDATE (last_heartbeat_at) ON coordinators TO evalctl_coordinator;

-- All columns but those that say what a shard is and what it came to, or who a worker is and whether it is to drain.
DO $$
DECLARE
    columns text;
BEGIN
    SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
    WHERE attrelid = 'shards'::regclass AND attnum > 0 AND NOT attisdropped
      AND attname <> ALL (ARRAY['run_id', 'shard', 'first_ordinal', 'image_count', 'split_from', 'images_redone', 'images_evaluated',
                                'top1_correct', 'top5_correct', 'dropped_at']);
    EXECUTE format('GRANT UPDATE (%s) ON shards TO evalctl_coordinator', columns);
    SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
    WHERE attrelid = 'workers'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> ALL (ARRAY['worker_id', 'drain_requested']);
    EXECUTE format('GRANT INSERT (%s) ON workers TO evalctl_worker', columns);
    SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
    WHERE attrelid = 'workers'::regclass AND attnum > 0 AND NOT attisdropped
      AND attname <> ALL (ARRAY['worker_id', 'drain_requested', 'host', 'process_id', 'version', 'instruction_set', 'threads', 'started_at']);
    EXECUTE format('GRANT UPDATE (%s) ON workers TO evalctl_worker', columns);
END $$;
