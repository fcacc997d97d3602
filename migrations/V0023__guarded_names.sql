-- The guards look at the schema's own tables and functions, whatever names a session has put before them.

ALTER FUNCTION may_steer() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION guard_shard() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION guard_start() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION guard_rows() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION guard_sums() SET search_path = pg_catalog, public, pg_temp;

-- No program here makes temporary tables, which a table of the schema would be taken for. Who does not own the database leaves it as it is.
DO $$
BEGIN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;

-- Columns instead of the table: who may change a whole table may lock it as well.
REVOKE UPDATE ON declines FROM evalctl_worker;
DO $$
DECLARE
    columns text;
BEGIN
    SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
    WHERE attrelid = 'declines'::regclass AND attnum > 0 AND NOT attisdropped
      AND attnum <> ALL (SELECT unnest(indkey) FROM pg_index WHERE indrelid = 'declines'::regclass AND indisprimary);
    EXECUTE format('GRANT UPDATE (%s) ON declines TO evalctl_worker', columns);
END $$;
