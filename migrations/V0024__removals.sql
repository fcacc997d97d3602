-- What coordinators remove goes by functions, which remove that and nothing else: who may delete rows of a table may delete all of them, and lock it.

CREATE FUNCTION remove_coordinator(id bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE leadership SET coordinator_id = NULL, expires_at = '-infinity' WHERE coordinator_id = $1;
    DELETE FROM coordinators WHERE coordinator_id = $1 OR last_heartbeat_at < clock_timestamp() - interval '1 day';
$$;
COMMENT ON FUNCTION remove_coordinator IS 'Takes a coordinator that ends off the list, and long-gone ones with it; the next one may lead at once.';

CREATE FUNCTION remove_old_workers(days bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH removed AS (
        DELETE FROM workers w
        WHERE state IN ('stopped', 'gone') AND last_heartbeat_at < clock_timestamp() - greatest($1, 1) * interval '1 day'
          AND NOT EXISTS (SELECT FROM shards s WHERE s.worker_id = w.worker_id)
          AND NOT EXISTS (SELECT FROM shards s WHERE s.backup_worker_id = w.worker_id)
          AND NOT EXISTS (SELECT FROM shard_attempts a WHERE a.worker_id = w.worker_id)
          AND NOT EXISTS (SELECT FROM image_failures f WHERE f.worker_id = w.worker_id)
          AND NOT EXISTS (SELECT FROM message_failures f WHERE f.worker_id = w.worker_id)
        RETURNING 1
    )
    SELECT count(*) FROM removed;
$$;
COMMENT ON FUNCTION remove_old_workers IS 'Removes workers that ended or vanished so many days ago, and that nothing names. Gives how many there were.';

CREATE FUNCTION remove_unnamed_checkpoints() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    locked bytea[];
BEGIN
    -- Who adds a model of the same file locks its pieces: the second statement sees that model then.
    SELECT array_agg(DISTINCT sha256) INTO locked
    FROM (SELECT sha256 FROM checkpoint_chunks c WHERE NOT EXISTS (SELECT FROM models m WHERE m.sha256 = c.sha256) FOR UPDATE) l;
    DELETE FROM checkpoint_chunks c WHERE sha256 = ANY (locked) AND NOT EXISTS (SELECT FROM models m WHERE m.sha256 = c.sha256);
END $$;
COMMENT ON FUNCTION remove_unnamed_checkpoints IS 'Removes checkpoints that no model names.';

CREATE FUNCTION remove_old_message_failures() RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM message_failures WHERE seen_at < now() - interval '30 days'
       OR message_failure_id <= (SELECT message_failure_id FROM message_failures ORDER BY message_failure_id DESC OFFSET 1000 LIMIT 1);
$$;
COMMENT ON FUNCTION remove_old_message_failures IS 'Keeps what was noted of unreadable messages for 30 days, and 1000 rows at most.';

REVOKE EXECUTE ON FUNCTION remove_coordinator(bigint), remove_old_workers(bigint), remove_unnamed_checkpoints(), remove_old_message_failures() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION remove_coordinator(bigint), remove_old_workers(bigint), remove_unnamed_checkpoints(), remove_old_message_failures()
    TO evalctl_owner, evalctl_coordinator;
REVOKE DELETE ON coordinators, workers, checkpoint_chunks, message_failures, declines, image_doubts FROM evalctl_coordinator;
