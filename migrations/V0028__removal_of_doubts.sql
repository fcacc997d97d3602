-- Doubts about images, and declined jobs, go by a function too: V0024 took the grant that coordinators had.

CREATE FUNCTION remove_old_doubts() RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM image_doubts WHERE seen_at < now() - interval '1 day';
    DELETE FROM declines WHERE declined_at < now() - interval '1 day';
$$;
COMMENT ON FUNCTION remove_old_doubts IS 'Removes what workers found missing a day ago or longer, and jobs that they declined then.';

REVOKE EXECUTE ON FUNCTION remove_old_doubts() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION remove_old_doubts() TO evalctl_owner, evalctl_coordinator;
