-- How long a worker's doubt about an image counts, and is kept: one home for both.

CREATE FUNCTION doubt_lifetime() RETURNS interval
    LANGUAGE sql IMMUTABLE AS $$ SELECT interval '1 day' $$;
COMMENT ON FUNCTION doubt_lifetime IS 'For so long it counts that a worker found an image missing, or declined a job.';

CREATE OR REPLACE FUNCTION remove_old_doubts() RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM image_doubts WHERE seen_at < now() - doubt_lifetime();
    DELETE FROM declines WHERE declined_at < now() - doubt_lifetime();
$$;

REVOKE EXECUTE ON FUNCTION doubt_lifetime() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION doubt_lifetime() TO evalctl_owner, evalctl_worker;
