-- Who coordinates is a row with a term and an expiry instead of a lock of a session: it holds behind a connection pool, and whoever may only
-- read cannot take it.

CREATE TABLE leadership (
    singleton      boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    coordinator_id bigint,
    term           bigint NOT NULL DEFAULT 0,
    expires_at     timestamptz NOT NULL DEFAULT '-infinity'
);
COMMENT ON TABLE leadership IS 'The coordinator that leads until expires_at, by the database''s clock, unless it renews before. One row.';
COMMENT ON COLUMN leadership.term IS 'Grows whenever another coordinator takes over.';
INSERT INTO leadership DEFAULT VALUES;

ALTER TABLE coordinators DROP COLUMN leads, DROP COLUMN backend_pid;

GRANT SELECT ON leadership TO evalctl_owner, evalctl_coordinator, evalctl_reader;
GRANT UPDATE (coordinator_id, term, expires_at) ON leadership TO evalctl_coordinator;
