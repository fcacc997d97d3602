-- Tables, views and roles of the evaluation pipeline. Times are the database's clock, latencies are microseconds.

CREATE TABLE models (
    model_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text NOT NULL CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
    sha256       bytea NOT NULL CHECK (length(sha256) = 32),
    format       text NOT NULL CHECK (format IN ('torch', 'safetensors')),
    bytes        bigint NOT NULL CHECK (bytes > 0),
    architecture jsonb NOT NULL,
    parameters   bigint NOT NULL,
    paper_name   text,
    added_at     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (name, sha256)
);
COMMENT ON TABLE models IS 'Checkpoints by name; the newest row of a name is the one a new run takes.';

CREATE TABLE checkpoint_chunks (
    sha256  bytea NOT NULL,
    ordinal integer NOT NULL,
    data    bytea NOT NULL,
    PRIMARY KEY (sha256, ordinal)
);
ALTER TABLE checkpoint_chunks ALTER COLUMN data SET STORAGE EXTERNAL;
COMMENT ON TABLE checkpoint_chunks IS 'The checkpoint files themselves, cut into pieces, by the hash of the whole file.';

CREATE TABLE model_layers (
    model_id bigint NOT NULL REFERENCES models ON DELETE CASCADE,
    layer    integer NOT NULL,
    name     text NOT NULL,
    kind     text NOT NULL CHECK (kind IN ('lif', 'synapse')),
    neurons  bigint NOT NULL,
    PRIMARY KEY (model_id, layer)
);
COMMENT ON TABLE model_layers IS 'LIF groups and synaptic layers of a model, in the order of the data; neurons per image (a synaptic layer''s inputs).';

CREATE TABLE datasets (
    dataset_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name            text NOT NULL CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
    root            text NOT NULL,
    labels          text NOT NULL,
    images          integer NOT NULL CHECK (images > 0),
    classes         integer NOT NULL CHECK (classes > 0),
    manifest_sha256 bytea NOT NULL CHECK (length(manifest_sha256) = 32),
    added_at        timestamptz NOT NULL DEFAULT now(),
    UNIQUE (name, manifest_sha256)
);
COMMENT ON TABLE datasets IS 'Image data sets by name and manifest; the newest row of a name is the one a new run takes.';

CREATE TABLE dataset_classes (
    dataset_id bigint NOT NULL REFERENCES datasets ON DELETE CASCADE,
    class      integer NOT NULL,
    name       text NOT NULL,
    PRIMARY KEY (dataset_id, class)
);

CREATE TABLE images (
    dataset_id bigint NOT NULL REFERENCES datasets ON DELETE CASCADE,
    ordinal    integer NOT NULL,
    path       text NOT NULL,
    label      integer NOT NULL,
    bytes      bigint NOT NULL,
    sha256     bytea NOT NULL CHECK (length(sha256) = 32),
    PRIMARY KEY (dataset_id, ordinal)
);
COMMENT ON TABLE images IS 'The manifest: one row an image, in the order every report and export keeps.';

CREATE TABLE workers (
    worker_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    host              text NOT NULL,
    process_id        integer NOT NULL,
    version           text NOT NULL,
    instruction_set   text NOT NULL,
    threads           integer NOT NULL,
    state             text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'draining', 'stopped')),
    images_per_second double precision NOT NULL DEFAULT 0,
    started_at        timestamptz NOT NULL DEFAULT now(),
    last_heartbeat_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE runs (
    run_id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model_id        bigint NOT NULL REFERENCES models,
    dataset_id      bigint NOT NULL REFERENCES datasets,
    timesteps       integer NOT NULL CHECK (timesteps BETWEEN 1 AND 1024),
    engine          text NOT NULL,
    preprocessing   text NOT NULL,
    pixel_limit     bigint NOT NULL,
    version         text NOT NULL,
    shard_size      integer NOT NULL CHECK (shard_size > 0),
    images_expected integer NOT NULL CHECK (images_expected > 0),
    max_attempts    integer NOT NULL CHECK (max_attempts > 0),
    priority        integer NOT NULL DEFAULT 0,
    state           text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'paused', 'finished', 'cancelled')),
    submitted_at    timestamptz NOT NULL DEFAULT now(),
    started_at      timestamptz,
    finished_at     timestamptz
);
CREATE INDEX runs_unfinished ON runs (priority DESC, run_id) WHERE state IN ('running', 'paused');

CREATE TABLE shards (
    run_id           bigint NOT NULL REFERENCES runs ON DELETE CASCADE,
    shard            integer NOT NULL,
    first_ordinal    integer NOT NULL,
    image_count      integer NOT NULL CHECK (image_count > 0),
    state            text NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'published', 'running', 'done', 'split', 'dead')),
    attempt          integer NOT NULL DEFAULT 1,
    not_before       timestamptz NOT NULL DEFAULT now(),
    published_at     timestamptz,
    claimed_at       timestamptz,
    lease_token      uuid,
    lease_expires_at timestamptz,
    worker_id        bigint REFERENCES workers,
    speculative      boolean NOT NULL DEFAULT false,
    split_from       integer,
    finished_at      timestamptz,
    PRIMARY KEY (run_id, shard)
);
CREATE INDEX shards_waiting ON shards (run_id, shard) WHERE state = 'pending';
CREATE INDEX shards_out ON shards (state, run_id, shard) WHERE state IN ('published', 'running');
COMMENT ON COLUMN shards.lease_token IS 'Proof of the claim. It stays after the store, so that a worker whose COMMIT went unanswered can tell.';

CREATE TABLE shard_attempts (
    run_id     bigint NOT NULL,
    shard      integer NOT NULL,
    attempt    integer NOT NULL,
    worker_id  bigint REFERENCES workers,
    outcome    text NOT NULL CHECK (outcome IN ('expired', 'failed')),
    code       text NOT NULL,
    message    text NOT NULL,
    claimed_at timestamptz,
    ended_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run_id, shard, attempt),
    FOREIGN KEY (run_id, shard) REFERENCES shards ON DELETE CASCADE
);
COMMENT ON TABLE shard_attempts IS 'Attempts that did not end in a store, and why.';

CREATE TABLE predictions (
    run_id              bigint NOT NULL,
    ordinal             integer NOT NULL,
    label               integer NOT NULL,
    shard               integer NOT NULL,
    top5                integer[] NOT NULL,
    scores              real[] NOT NULL,
    timestep_top1       integer[] NOT NULL,
    timestep_label_rank integer[] NOT NULL,
    timestep_margin     real[] NOT NULL,
    timestep_spikes     bigint[] NOT NULL,
    timestep_synops     bigint[] NOT NULL,
    decode_us           integer NOT NULL,
    preprocess_us       integer NOT NULL,
    inference_us        integer NOT NULL,
    total_us            integer NOT NULL,
    worker_id           bigint NOT NULL,
    PRIMARY KEY (run_id, ordinal)
) PARTITION BY LIST (run_id);
COMMENT ON COLUMN predictions.top5 IS 'Classes by falling score (at most five), of the mean of logits over all time steps; ties go to the lower class.';
COMMENT ON COLUMN predictions.timestep_top1 IS 'Element t: the prediction of a run with t time steps.';
COMMENT ON COLUMN predictions.timestep_label_rank IS 'Element t: how many classes rank before the label after t time steps; 0 is a top-1 hit, below 5 a top-5 hit.';
COMMENT ON COLUMN predictions.timestep_margin IS 'Element t: best less second-best mean logit after t time steps.';
COMMENT ON COLUMN predictions.timestep_spikes IS 'Element t: spikes of all LIF groups in time step t alone.';
COMMENT ON COLUMN predictions.timestep_synops IS 'Element t: synaptic operations of all layers in time step t alone.';

CREATE TABLE layer_activity (
    run_id   bigint NOT NULL,
    shard    integer NOT NULL,
    layer    integer NOT NULL,
    timestep integer NOT NULL,
    images   integer NOT NULL,
    spikes   bigint NOT NULL,
    neurons  bigint NOT NULL,
    synops   bigint NOT NULL,
    PRIMARY KEY (run_id, shard, layer, timestep)
) PARTITION BY LIST (run_id);
COMMENT ON TABLE layer_activity IS 'Sums over a shard''s images: spikes and neurons of a LIF group, synaptic operations of a synaptic layer.';

CREATE TABLE image_failures (
    run_id    bigint NOT NULL REFERENCES runs ON DELETE CASCADE,
    ordinal   integer NOT NULL,
    shard     integer NOT NULL,
    code      text NOT NULL,
    message   text NOT NULL,
    worker_id bigint REFERENCES workers,
    failed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run_id, ordinal)
);

CREATE TABLE message_failures (
    message_failure_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic              text NOT NULL,
    kafka_partition    integer NOT NULL,
    kafka_offset       bigint NOT NULL,
    message            text NOT NULL,
    worker_id          bigint REFERENCES workers,
    seen_at            timestamptz NOT NULL DEFAULT now(),
    UNIQUE (topic, kafka_partition, kafka_offset)
);
COMMENT ON TABLE message_failures IS 'Job messages that could not be read, and were skipped.';

CREATE TABLE reports (
    run_id     bigint PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
    report     jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE reports IS 'What a run came to, as the coordinator saw it when the run ended.';

-- Whoever may submit need not own the tables: partitions are made with the owner's rights.
CREATE FUNCTION create_run_partitions(run bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE TABLE predictions_%s PARTITION OF predictions FOR VALUES IN (%s)', run, run);
    EXECUTE format('CREATE TABLE layer_activity_%s PARTITION OF layer_activity FOR VALUES IN (%s)', run, run);
END $$;
REVOKE ALL ON FUNCTION create_run_partitions(bigint) FROM PUBLIC;

CREATE VIEW run_accuracy AS
SELECT r.run_id, m.name AS model, d.name AS dataset, r.engine, r.timesteps, r.state,
       r.images_expected, p.evaluated AS images_evaluated, f.failed AS images_failed,
       r.state = 'finished' AND p.evaluated = r.images_expected AS complete,
       p.top1_correct, p.top1_correct::double precision / nullif(p.evaluated, 0) AS top1_accuracy,
       p.top5_correct, p.top5_correct::double precision / nullif(p.evaluated, 0) AS top5_accuracy
FROM runs r
JOIN models m USING (model_id)
JOIN datasets d USING (dataset_id)
CROSS JOIN LATERAL (
    SELECT count(*) AS evaluated,
           count(*) FILTER (WHERE top5[1] = label) AS top1_correct,
           count(*) FILTER (WHERE label = ANY (top5)) AS top5_correct
    FROM predictions WHERE predictions.run_id = r.run_id) p
CROSS JOIN LATERAL (
    SELECT count(*) AS failed FROM image_failures WHERE image_failures.run_id = r.run_id) f;
COMMENT ON VIEW run_accuracy IS 'One row a run: images counted, top-1 and top-5. Accuracies are over the evaluated images.';

CREATE VIEW class_accuracy AS
SELECT r.run_id, p.label AS class, c.name AS class_name, p.images,
       p.top1_correct, p.top1_correct::double precision / p.images AS top1_accuracy,
       p.top5_correct, p.top5_correct::double precision / p.images AS top5_accuracy
FROM runs r
CROSS JOIN LATERAL (
    SELECT label, count(*) AS images,
           count(*) FILTER (WHERE top5[1] = label) AS top1_correct,
           count(*) FILTER (WHERE label = ANY (top5)) AS top5_correct
    FROM predictions WHERE predictions.run_id = r.run_id GROUP BY label) p
LEFT JOIN dataset_classes c ON c.dataset_id = r.dataset_id AND c.class = p.label;

CREATE VIEW confusion AS
SELECT r.run_id, p.label, l.name AS label_name, p.predicted, g.name AS predicted_name, p.images
FROM runs r
CROSS JOIN LATERAL (
    SELECT label, top5[1] AS predicted, count(*) AS images
    FROM predictions WHERE predictions.run_id = r.run_id GROUP BY label, top5[1]) p
LEFT JOIN dataset_classes l ON l.dataset_id = r.dataset_id AND l.class = p.label
LEFT JOIN dataset_classes g ON g.dataset_id = r.dataset_id AND g.class = p.predicted;

CREATE VIEW latency_percentiles AS
SELECT r.run_id, q.phase, q.percentiles[1] AS p50_us, q.percentiles[2] AS p90_us, q.percentiles[3] AS p99_us, q.percentiles[4] AS max_us
FROM runs r
CROSS JOIN LATERAL (
    SELECT percentile_disc(ARRAY[0.5, 0.9, 0.99, 1.0]) WITHIN GROUP (ORDER BY decode_us) AS decode,
           percentile_disc(ARRAY[0.5, 0.9, 0.99, 1.0]) WITHIN GROUP (ORDER BY preprocess_us) AS preprocess,
           percentile_disc(ARRAY[0.5, 0.9, 0.99, 1.0]) WITHIN GROUP (ORDER BY inference_us) AS inference,
           percentile_disc(ARRAY[0.5, 0.9, 0.99, 1.0]) WITHIN GROUP (ORDER BY total_us) AS total
    FROM predictions WHERE predictions.run_id = r.run_id) p
CROSS JOIN LATERAL (
    VALUES (1, 'decode', p.decode), (2, 'preprocess', p.preprocess), (3, 'inference', p.inference), (4, 'total', p.total)
) AS q (position, phase, percentiles)
WHERE q.percentiles IS NOT NULL;
COMMENT ON VIEW latency_percentiles IS 'Microseconds per image and phase, one worker thread.';

CREATE VIEW anytime_accuracy AS
SELECT r.run_id, t.timestep, p.images,
       p.top1_correct, p.top1_correct::double precision / nullif(p.images, 0) AS top1_accuracy,
       p.top5_correct, p.top5_correct::double precision / nullif(p.images, 0) AS top5_accuracy,
       p.spikes_per_image, p.synops_per_image
FROM runs r
CROSS JOIN LATERAL generate_series(1, r.timesteps) AS t (timestep)
CROSS JOIN LATERAL (
    SELECT count(*) AS images,
           count(*) FILTER (WHERE timestep_label_rank[t.timestep] < 1) AS top1_correct,
           count(*) FILTER (WHERE timestep_label_rank[t.timestep] < 5) AS top5_correct,
           avg((SELECT sum(s) FROM unnest(timestep_spikes[1:t.timestep]) AS s))::double precision AS spikes_per_image,
           avg((SELECT sum(s) FROM unnest(timestep_synops[1:t.timestep]) AS s))::double precision AS synops_per_image
    FROM predictions WHERE predictions.run_id = r.run_id) p;
COMMENT ON VIEW anytime_accuracy IS 'What a run with only so many time steps would have predicted, and what it would have cost.';

CREATE VIEW firing_rates AS
SELECT r.run_id, l.layer, l.name, a.timestep, a.images, a.spikes, a.neurons,
       a.spikes::double precision / nullif(a.neurons, 0) AS firing_rate
FROM runs r
CROSS JOIN LATERAL (
    SELECT layer, timestep, sum(images)::bigint AS images, sum(spikes)::bigint AS spikes, sum(neurons)::bigint AS neurons
    FROM layer_activity WHERE layer_activity.run_id = r.run_id GROUP BY layer, timestep) a
JOIN model_layers l ON l.model_id = r.model_id AND l.layer = a.layer AND l.kind = 'lif';
COMMENT ON VIEW firing_rates IS 'Spikes per neuron, by LIF group and time step, over all images.';

CREATE VIEW synaptic_operations AS
SELECT r.run_id, l.layer, l.name, a.timestep, a.images, a.synops,
       a.synops::double precision / nullif(a.images, 0) AS synops_per_image
FROM runs r
CROSS JOIN LATERAL (
    SELECT layer, timestep, sum(images)::bigint AS images, sum(synops)::bigint AS synops
    FROM layer_activity WHERE layer_activity.run_id = r.run_id GROUP BY layer, timestep) a
JOIN model_layers l ON l.model_id = r.model_id AND l.layer = a.layer AND l.kind = 'synapse';
COMMENT ON VIEW synaptic_operations IS 'Weights added because a spike arrived, by synaptic layer and time step, over all images.';

CREATE VIEW failures AS
SELECT f.run_id, f.ordinal, i.path, i.label, f.code, f.message, w.host, f.failed_at
FROM image_failures f
JOIN runs r USING (run_id)
JOIN images i ON i.dataset_id = r.dataset_id AND i.ordinal = f.ordinal
LEFT JOIN workers w USING (worker_id);
COMMENT ON VIEW failures IS 'Images of a run that have no prediction, and why.';

CREATE VIEW progress AS
SELECT r.run_id, m.name AS model, d.name AS dataset, r.state, r.priority, r.images_expected, s.images_done,
       r.images_expected - s.images_done AS images_left,
       s.images_done::double precision / r.images_expected AS fraction,
       s.shards, s.shards_pending, s.shards_published, s.shards_running, s.shards_done, s.shards_dead,
       r.submitted_at, r.started_at, r.finished_at,
       s.images_done / nullif(extract(epoch FROM coalesce(r.finished_at, now()) - r.started_at), 0)::double precision AS images_per_second
FROM runs r
JOIN models m USING (model_id)
JOIN datasets d USING (dataset_id)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(image_count) FILTER (WHERE shards.state IN ('done', 'dead')), 0)::integer AS images_done,
           count(*) FILTER (WHERE shards.state <> 'split') AS shards,
           count(*) FILTER (WHERE shards.state = 'pending') AS shards_pending,
           count(*) FILTER (WHERE shards.state = 'published') AS shards_published,
           count(*) FILTER (WHERE shards.state = 'running') AS shards_running,
           count(*) FILTER (WHERE shards.state = 'done') AS shards_done,
           count(*) FILTER (WHERE shards.state = 'dead') AS shards_dead
    FROM shards WHERE shards.run_id = r.run_id) s;
COMMENT ON VIEW progress IS 'One row a run: shards by state, images done, images per second since it started.';

-- Roles belong to the whole server: another database of it may have made them already, even at this moment.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['evalctl_owner', 'evalctl_worker', 'evalctl_coordinator', 'evalctl_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END;
        END IF;
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA public TO evalctl_owner, evalctl_worker, evalctl_coordinator, evalctl_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO evalctl_owner, evalctl_coordinator;
GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO evalctl_owner;
GRANT EXECUTE ON FUNCTION create_run_partitions(bigint) TO evalctl_owner, evalctl_coordinator;

GRANT SELECT ON models, model_layers, datasets, dataset_classes, images, workers, runs, shards, shard_attempts, predictions,
    layer_activity, image_failures, message_failures, reports, run_accuracy, class_accuracy, confusion, latency_percentiles,
    anytime_accuracy, firing_rates, synaptic_operations, failures, progress TO evalctl_reader;

GRANT SELECT ON models, checkpoint_chunks, model_layers, datasets, dataset_classes, images, runs, shards, workers TO evalctl_worker;
GRANT UPDATE (state, attempt, not_before, claimed_at, lease_token, lease_expires_at, worker_id, finished_at) ON shards TO evalctl_worker;
GRANT UPDATE (started_at) ON runs TO evalctl_worker;
GRANT INSERT ON predictions, layer_activity, image_failures, message_failures, shard_attempts TO evalctl_worker;
GRANT INSERT, UPDATE ON workers TO evalctl_worker;

GRANT INSERT, UPDATE ON runs, shards, shard_attempts, image_failures, reports TO evalctl_coordinator;

-- Programs of every role check at their start that the schema is theirs.
DO $$
BEGIN
    IF to_regclass('schema_migrations') IS NOT NULL THEN
        GRANT SELECT ON schema_migrations TO evalctl_owner, evalctl_worker, evalctl_coordinator, evalctl_reader;
    END IF;
END $$;
