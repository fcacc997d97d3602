-- What `evalctl audit` proved of stored models.

CREATE TABLE certificates (
    model_sha256    bytea NOT NULL CHECK (octet_length(model_sha256) = 32),
    engine          text NOT NULL CHECK (engine <> ''),
    timesteps       integer NOT NULL CHECK (timesteps > 0),
    version         text NOT NULL CHECK (version <> ''),
    grade           text NOT NULL CHECK (grade IN ('strict', 'multiplying', 'unproven')),
    equal_to_engine boolean,
    certificate     jsonb NOT NULL,
    made_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (model_sha256, engine, timesteps, version)
);
COMMENT ON TABLE certificates IS 'What was multiplied in a model''s inference, counted by evalctl audit; the newest of each engine, time steps and version.';
COMMENT ON COLUMN certificates.grade IS 'strict: nothing after the first convolution; multiplying: something; unproven: the engine gave something else than what was counted.';
COMMENT ON COLUMN certificates.equal_to_engine IS 'Whether the counted run gave the engine''s spikes and logits; null where counts are derived.';
COMMENT ON COLUMN certificates.certificate IS 'The whole certificate, as evalctl audit --format json prints it.';

GRANT SELECT ON certificates TO evalctl_owner, evalctl_coordinator, evalctl_reader;
GRANT INSERT, UPDATE, DELETE ON certificates TO evalctl_owner;
