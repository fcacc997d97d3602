-- Whoever waits for runs hears of them, and need not ask: on the channel evalctl_runs, when a run is made or changes its state.

CREATE FUNCTION announce_runs() RETURNS trigger
    LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('evalctl_runs', ''); RETURN NULL; END $$;
CREATE TRIGGER announce AFTER INSERT OR UPDATE OF state ON runs FOR EACH STATEMENT EXECUTE FUNCTION announce_runs();
