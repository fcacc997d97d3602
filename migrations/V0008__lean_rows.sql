-- Years of runs: rows in hash partitions instead of a partition per run, without what can be derived, and figures kept per run.
-- The rows that are there are moved afterwards, piece by piece: see continue_migration at the end.

ALTER TABLE predictions RENAME TO old_predictions;
ALTER TABLE layer_activity RENAME TO old_layer_activity;
REVOKE ALL ON old_predictions, old_layer_activity FROM evalctl_owner, evalctl_coordinator, evalctl_worker, evalctl_reader;
DROP FUNCTION create_run_partitions(bigint);

-- Partitions stand in a schema of their own, so that \dt shows the tables that people know.
CREATE SCHEMA partitions;

CREATE TABLE prediction_rows (
    run_id        integer NOT NULL,
    ordinal       integer NOT NULL,
    label         integer NOT NULL,
    shard         integer NOT NULL,
    decode_us     integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us  integer NOT NULL,
    total_us      integer NOT NULL,
    timesteps     smallint NOT NULL CHECK (timesteps > 0),
    outcome       integer[] NOT NULL,
    logits        real[] NOT NULL CHECK (cardinality(logits) > timesteps),
    PRIMARY KEY (run_id, ordinal),
    CHECK (cardinality(outcome) - cardinality(logits) IN (3 * timesteps - 1, 5 * timesteps - 1))
) PARTITION BY HASH (run_id);
COMMENT ON TABLE prediction_rows IS 'The rows of the view predictions as they are stored: two arrays, because each further one costs 21 bytes a row.';
COMMENT ON COLUMN prediction_rows.outcome IS
    'With T = timesteps: label ranks [1..T], spikes up to each time step [T+1..2T], synaptic operations up to it [2T+1..3T], predictions [3T+1..4T], of which the last is the first of the top classes [4T..]. Where a count needs more than 31 bits, upper halves of all spikes and operations follow, and those 31 bits of it stand as -1 less their number.';
COMMENT ON COLUMN prediction_rows.logits IS 'Margins by time step [1..T], then the scores of the top classes.';

CREATE TABLE shard_activity (
    run_id integer NOT NULL,
    shard  integer NOT NULL,
    images integer NOT NULL CHECK (images > 0),
    counts bigint[] NOT NULL,
    PRIMARY KEY (run_id, shard)
) PARTITION BY HASH (run_id);
COMMENT ON TABLE shard_activity IS 'Sums over a shard''s images, the rows of the view layer_activity.';
COMMENT ON COLUMN shard_activity.counts IS
    'By layer, then time step: spikes of a LIF group, synaptic operations of a synaptic layer. Element layer * T + t, from 1.';

DO $$
BEGIN
    FOR part IN 0..31 LOOP
        EXECUTE format('CREATE TABLE partitions.prediction_rows_%s PARTITION OF prediction_rows FOR VALUES WITH (MODULUS 32, REMAINDER %s)',
                       lpad(part::text, 2, '0'), part);
        EXECUTE format('CREATE TABLE partitions.shard_activity_%s PARTITION OF shard_activity FOR VALUES WITH (MODULUS 32, REMAINDER %s)',
                       lpad(part::text, 2, '0'), part);
    END LOOP;
END $$;

-- A shard's part of its run's accuracy, set with its rows; a run's, when it ends.
ALTER TABLE shards
    ADD COLUMN images_evaluated integer NOT NULL DEFAULT 0,
    ADD COLUMN top1_correct     integer NOT NULL DEFAULT 0,
    ADD COLUMN top5_correct     integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN shards.images_evaluated IS 'Images that the shard has predictions of.';

CREATE TABLE run_figures (
    run_id           bigint PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
    images_done      integer NOT NULL,
    images_evaluated integer NOT NULL,
    images_failed    integer NOT NULL,
    top1_correct     integer NOT NULL,
    top5_correct     integer NOT NULL,
    shards           integer NOT NULL,
    shards_done      integer NOT NULL,
    shards_dead      integer NOT NULL,
    shards_split     integer NOT NULL,
    shards_cancelled integer NOT NULL
);
COMMENT ON TABLE run_figures IS 'What a run that has ended came to, so that nobody has to count it again.';

ALTER TABLE runs
    ADD COLUMN next_shard integer NOT NULL DEFAULT 0,
    ADD COLUMN is_newest  boolean NOT NULL DEFAULT true,
    ADD COLUMN pruned_at  timestamptz;
COMMENT ON COLUMN runs.next_shard IS 'The number of the next shard that is made of others'' images.';
COMMENT ON COLUMN runs.is_newest IS 'No later run has the same model, images, time steps and arithmetic: the one that a submission takes up.';
COMMENT ON COLUMN runs.pruned_at IS 'When the run''s rows were removed and its report was kept.';
UPDATE runs SET next_shard = coalesce((SELECT max(shard) + 1 FROM shards WHERE shards.run_id = runs.run_id), 0);
UPDATE runs r SET is_newest = false
WHERE EXISTS (SELECT FROM runs n WHERE n.model_id = r.model_id AND n.dataset_id = r.dataset_id AND n.timesteps = r.timesteps
              AND n.engine = r.engine AND n.preprocessing = r.preprocessing AND n.pixel_limit = r.pixel_limit AND n.run_id > r.run_id);
CREATE UNIQUE INDEX runs_newest ON runs (model_id, dataset_id, timesteps, engine, preprocessing, pixel_limit) WHERE is_newest;
CREATE INDEX runs_without_report ON runs (run_id) WHERE state = 'finished' AND pruned_at IS NULL;
CREATE INDEX runs_by_dataset ON runs (dataset_id);

-- Workers of old are removed where nothing names them.
CREATE INDEX shards_by_worker ON shards (worker_id) WHERE worker_id IS NOT NULL;
CREATE INDEX shards_by_backup_worker ON shards (backup_worker_id) WHERE backup_worker_id IS NOT NULL;
CREATE INDEX shard_attempts_by_worker ON shard_attempts (worker_id);
CREATE INDEX image_failures_by_worker ON image_failures (worker_id);

-- Counts in prediction_rows.outcome.

CREATE FUNCTION count_at(outcome integer[], place integer, upper_place integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN outcome[place] >= 0 THEN outcome[place]::bigint ELSE (outcome[upper_place]::bigint << 31) - 1 - outcome[place] END
$$;
COMMENT ON FUNCTION count_at IS 'A count out of prediction_rows.outcome.';

CREATE FUNCTION spikes_so_far(outcome integer[], logits real[], timesteps integer, t integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT count_at(outcome, timesteps + t, 3 * timesteps - 1 + cardinality(logits) + t)
$$;
COMMENT ON FUNCTION spikes_so_far IS 'Spikes of an image up to time step t, out of a row of prediction_rows.';

CREATE FUNCTION synops_so_far(outcome integer[], logits real[], timesteps integer, t integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT count_at(outcome, 2 * timesteps + t, 4 * timesteps - 1 + cardinality(logits) + t)
$$;
COMMENT ON FUNCTION synops_so_far IS 'Synaptic operations of an image up to time step t, out of a row of prediction_rows.';

CREATE FUNCTION wide_counts(outcome integer[], first integer, upper_first integer, timesteps integer) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(count_at(outcome, first + t, upper_first + t) ORDER BY t) FROM generate_series(0, timesteps - 1) AS t
$$;
COMMENT ON FUNCTION wide_counts IS 'Counts out of prediction_rows.outcome, of which some have upper halves.';

CREATE FUNCTION counts_so_far(outcome integer[], first integer, upper_first integer, timesteps integer) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN 0 <= ALL (outcome[first : first + timesteps - 1]) THEN outcome[first : first + timesteps - 1]::bigint[]
           ELSE wide_counts(outcome, first, upper_first, timesteps) END
$$;
COMMENT ON FUNCTION counts_so_far IS 'Counts out of prediction_rows.outcome, up to each time step.';

CREATE FUNCTION steps_of(so_far bigint[]) RETURNS bigint[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
    FOR t IN REVERSE cardinality(so_far)..2 LOOP so_far[t] := so_far[t] - so_far[t - 1]; END LOOP;
    RETURN so_far;
END $$;
COMMENT ON FUNCTION steps_of IS 'What each step added to a count that is given up to each step.';

CREATE VIEW predictions AS
SELECT p.run_id, p.ordinal, p.label, p.shard,
       p.outcome[4 * p.timesteps : 3 * p.timesteps - 1 + cardinality(p.logits)] AS top5,
       p.logits[p.timesteps + 1 : ] AS scores,
       p.outcome[3 * p.timesteps + 1 : 4 * p.timesteps] AS timestep_top1,
       p.outcome[1 : p.timesteps] AS timestep_label_rank,
       p.logits[1 : p.timesteps] AS timestep_margin,
       steps_of(counts_so_far(p.outcome, p.timesteps + 1, 3 * p.timesteps + cardinality(p.logits), p.timesteps)) AS timestep_spikes,
       steps_of(counts_so_far(p.outcome, 2 * p.timesteps + 1, 4 * p.timesteps + cardinality(p.logits), p.timesteps)) AS timestep_synops,
       p.decode_us, p.preprocess_us, p.inference_us, p.total_us,
       (SELECT s.worker_id FROM shards s WHERE s.run_id = p.run_id AND s.shard = p.shard) AS worker_id,
       spikes_so_far(p.outcome, p.logits, p.timesteps, p.timesteps) AS spikes,
       synops_so_far(p.outcome, p.logits, p.timesteps, p.timesteps) AS synops,
       p.timesteps::integer AS timesteps, p.outcome[4 * p.timesteps] AS predicted,
       p.outcome[p.timesteps] AS label_rank, p.logits[p.timesteps] AS margin
FROM prediction_rows p;
COMMENT ON VIEW predictions IS 'One row an image of a run: what the network said of it, and what that took.';
COMMENT ON COLUMN predictions.predicted IS 'The class of the highest score.';
COMMENT ON COLUMN predictions.label_rank IS 'How many classes rank before the label after all time steps; 0 is a top-1 hit, below 5 a top-5 hit.';
COMMENT ON COLUMN predictions.margin IS 'Best less second-best mean logit after all time steps.';
COMMENT ON COLUMN predictions.spikes IS 'Spikes of all LIF groups and time steps.';
COMMENT ON COLUMN predictions.synops IS 'Synaptic operations of all layers and time steps.';
COMMENT ON COLUMN predictions.top5 IS 'Classes by falling score (at most five), of the mean of logits over all time steps; ties go to the lower class.';
COMMENT ON COLUMN predictions.timestep_top1 IS 'Element t: the prediction of a run with t time steps.';
COMMENT ON COLUMN predictions.timestep_label_rank IS 'Element t: how many classes rank before the label after t time steps; 0 is a top-1 hit, below 5 a top-5 hit.';
COMMENT ON COLUMN predictions.timestep_margin IS 'Element t: best less second-best mean logit after t time steps.';
COMMENT ON COLUMN predictions.timestep_spikes IS 'Element t: spikes of all LIF groups in time step t alone.';
COMMENT ON COLUMN predictions.timestep_synops IS 'Element t: synaptic operations of all layers in time step t alone.';

CREATE VIEW layer_activity AS
SELECT a.run_id, a.shard, l.layer, ((u.place - 1) % r.timesteps + 1)::integer AS timestep, a.images,
       CASE l.kind WHEN 'lif' THEN u.count ELSE 0 END AS spikes,
       CASE l.kind WHEN 'lif' THEN l.neurons * a.images ELSE 0 END AS neurons,
       CASE l.kind WHEN 'lif' THEN 0 ELSE u.count END AS synops
FROM shard_activity a
JOIN runs r ON r.run_id = a.run_id
CROSS JOIN LATERAL unnest(a.counts) WITH ORDINALITY AS u (count, place)
JOIN model_layers l ON l.model_id = r.model_id AND l.layer = (u.place - 1) / r.timesteps;
COMMENT ON VIEW layer_activity IS 'Sums over a shard''s images: spikes and neurons of a LIF group, synaptic operations of a synaptic layer.';

-- The views again, on the new rows.

CREATE OR REPLACE VIEW run_accuracy AS
SELECT r.run_id, m.name AS model, d.name AS dataset, r.engine, r.timesteps, r.state,
       r.images_expected, coalesce(k.images_evaluated, s.images_evaluated) AS images_evaluated,
       coalesce(k.images_failed, s.images_failed) AS images_failed,
       r.state = 'finished' AND coalesce(k.images_evaluated, s.images_evaluated) = r.images_expected AS complete,
       coalesce(k.top1_correct, s.top1_correct) AS top1_correct,
       coalesce(k.top1_correct, s.top1_correct)::double precision / nullif(coalesce(k.images_evaluated, s.images_evaluated), 0) AS top1_accuracy,
       coalesce(k.top5_correct, s.top5_correct) AS top5_correct,
       coalesce(k.top5_correct, s.top5_correct)::double precision / nullif(coalesce(k.images_evaluated, s.images_evaluated), 0) AS top5_accuracy,
       wilson_low(coalesce(k.top1_correct, s.top1_correct), coalesce(k.images_evaluated, s.images_evaluated)) AS top1_low,
       wilson_high(coalesce(k.top1_correct, s.top1_correct), coalesce(k.images_evaluated, s.images_evaluated)) AS top1_high,
       wilson_low(coalesce(k.top5_correct, s.top5_correct), coalesce(k.images_evaluated, s.images_evaluated)) AS top5_low,
       wilson_high(coalesce(k.top5_correct, s.top5_correct), coalesce(k.images_evaluated, s.images_evaluated)) AS top5_high
FROM runs r
JOIN models m USING (model_id)
JOIN datasets d USING (dataset_id)
LEFT JOIN run_figures k USING (run_id)
LEFT JOIN LATERAL (
    SELECT coalesce(sum(shards.images_evaluated), 0)::bigint AS images_evaluated, coalesce(sum(shards.top1_correct), 0)::bigint AS top1_correct,
           coalesce(sum(shards.top5_correct), 0)::bigint AS top5_correct,
           (SELECT count(*) FROM image_failures WHERE image_failures.run_id = r.run_id) AS images_failed
    FROM shards WHERE shards.run_id = r.run_id) s ON k.run_id IS NULL;

CREATE OR REPLACE VIEW class_accuracy AS
SELECT r.run_id, p.label AS class, coalesce(c.title, c.name) AS class_name, p.images,
       p.top1_correct, p.top1_correct::double precision / p.images AS top1_accuracy,
       p.top5_correct, p.top5_correct::double precision / p.images AS top5_accuracy,
       wilson_low(p.top1_correct, p.images) AS top1_low, wilson_high(p.top1_correct, p.images) AS top1_high,
       wilson_low(p.top5_correct, p.images) AS top5_low, wilson_high(p.top5_correct, p.images) AS top5_high
FROM runs r
CROSS JOIN LATERAL (
    SELECT label, count(*) AS images,
           count(*) FILTER (WHERE predicted = label) AS top1_correct,
           count(*) FILTER (WHERE label = ANY (top5)) AS top5_correct
    FROM predictions WHERE predictions.run_id = r.run_id GROUP BY label) p
LEFT JOIN dataset_classes c ON c.dataset_id = r.dataset_id AND c.class = p.label;

CREATE OR REPLACE VIEW confusion AS
SELECT r.run_id, p.label, coalesce(l.title, l.name) AS label_name, p.predicted, coalesce(g.title, g.name) AS predicted_name, p.images
FROM runs r
CROSS JOIN LATERAL (
    SELECT label, predicted, count(*) AS images
    FROM predictions WHERE predictions.run_id = r.run_id GROUP BY label, predicted) p
LEFT JOIN dataset_classes l ON l.dataset_id = r.dataset_id AND l.class = p.label
LEFT JOIN dataset_classes g ON g.dataset_id = r.dataset_id AND g.class = p.predicted;

CREATE OR REPLACE VIEW mistakes AS
SELECT r.run_id, p.ordinal, i.path, p.label, coalesce(l.title, l.name) AS label_name,
       p.predicted, coalesce(g.title, g.name) AS predicted_name,
       p.label_rank + 1 AS label_place, p.margin, p.top5, p.scores,
       (SELECT array_agg(coalesce(c.title, c.name, u.class::text) ORDER BY u.place)
        FROM unnest(p.top5) WITH ORDINALITY AS u (class, place)
        LEFT JOIN dataset_classes c ON c.dataset_id = r.dataset_id AND c.class = u.class) AS top5_names
FROM runs r
JOIN predictions p ON p.run_id = r.run_id AND p.predicted <> p.label
JOIN images i ON i.dataset_id = r.dataset_id AND i.ordinal = p.ordinal
LEFT JOIN dataset_classes l ON l.dataset_id = r.dataset_id AND l.class = p.label
LEFT JOIN dataset_classes g ON g.dataset_id = r.dataset_id AND g.class = p.predicted;

CREATE OR REPLACE VIEW label_set_accuracy AS
SELECT r.run_id, s.name AS label_set, p.images,
       p.top1_correct, p.top1_correct::double precision / nullif(p.images, 0) AS top1_accuracy,
       p.top5_correct, p.top5_correct::double precision / nullif(p.images, 0) AS top5_accuracy,
       wilson_low(p.top1_correct, p.images) AS top1_low, wilson_high(p.top1_correct, p.images) AS top1_high,
       wilson_low(p.top5_correct, p.images) AS top5_low, wilson_high(p.top5_correct, p.images) AS top5_high
FROM runs r
JOIN label_sets s USING (dataset_id)
CROSS JOIN LATERAL (
    SELECT count(*) AS images,
           count(*) FILTER (WHERE predictions.predicted = ANY (labels)) AS top1_correct,
           count(*) FILTER (WHERE predictions.top5 && labels) AS top5_correct
    FROM predictions
    JOIN label_set_labels USING (ordinal)
    WHERE predictions.run_id = r.run_id AND label_set_labels.label_set_id = s.label_set_id AND cardinality(labels) > 0) p;

CREATE OR REPLACE VIEW anytime_accuracy AS
SELECT r.run_id, t.timestep, coalesce(p.images, 0) AS images,
       coalesce(p.top1_correct, 0) AS top1_correct, p.top1_correct::double precision / nullif(p.images, 0) AS top1_accuracy,
       coalesce(p.top5_correct, 0) AS top5_correct, p.top5_correct::double precision / nullif(p.images, 0) AS top5_accuracy,
       p.spikes / nullif(p.images, 0) AS spikes_per_image,
       p.synops / nullif(p.images, 0) AS synops_per_image,
       wilson_low(p.top1_correct, p.images) AS top1_low, wilson_high(p.top1_correct, p.images) AS top1_high,
       wilson_low(p.top5_correct, p.images) AS top5_low, wilson_high(p.top5_correct, p.images) AS top5_high
FROM runs r
CROSS JOIN LATERAL generate_series(1, r.timesteps) AS t (timestep)
LEFT JOIN LATERAL (
    SELECT u.timestep, count(*) AS images,
           count(*) FILTER (WHERE u.label_rank < 1) AS top1_correct,
           count(*) FILTER (WHERE u.label_rank < 5) AS top5_correct,
           sum(spikes_so_far(p.outcome, p.logits, p.timesteps, u.timestep::integer)::double precision) AS spikes,
           sum(synops_so_far(p.outcome, p.logits, p.timesteps, u.timestep::integer)::double precision) AS synops
    FROM prediction_rows p
    CROSS JOIN LATERAL unnest(p.outcome[1 : p.timesteps]) WITH ORDINALITY AS u (label_rank, timestep)
    WHERE p.run_id = r.run_id GROUP BY u.timestep) p ON p.timestep = t.timestep;

CREATE OR REPLACE VIEW image_costs AS
SELECT r.run_id, p.ordinal, p.label, p.predicted = p.label AS correct, p.spikes, p.synops
FROM runs r JOIN predictions p ON p.run_id = r.run_id;

CREATE OR REPLACE VIEW latency_percentiles AS
SELECT r.run_id, q.phase, q.percentiles[1] AS p50_us, q.percentiles[2] AS p90_us, q.percentiles[3] AS p99_us, q.percentiles[4] AS max_us
FROM runs r
CROSS JOIN LATERAL (
    SELECT percentile_disc(ARRAY[0.5, 0.9, 0.99, 1.0]) WITHIN GROUP (ORDER BY decode_us) AS decode,
           percentile_disc(ARRAY[0.5, 0.9, 0.99, 1.0]) WITHIN GROUP (ORDER BY preprocess_us) AS preprocess,
           percentile_disc(ARRAY[0.5, 0.9, 0.99, 1.0]) WITHIN GROUP (ORDER BY inference_us) AS inference,
           percentile_disc(ARRAY[0.5, 0.9, 0.99, 1.0]) WITHIN GROUP (ORDER BY total_us) AS total
    FROM prediction_rows p WHERE p.run_id = r.run_id) p
CROSS JOIN LATERAL (
    VALUES (1, 'decode', p.decode), (2, 'preprocess', p.preprocess), (3, 'inference', p.inference), (4, 'total', p.total)
) AS q (position, phase, percentiles)
WHERE q.percentiles IS NOT NULL;

CREATE OR REPLACE VIEW latency_histogram AS
SELECT r.run_id, p.phase, p.bin, power(10, p.bin / 20.0::double precision) AS low_us,
       power(10, (p.bin + 1) / 20.0::double precision) AS high_us, p.images
FROM runs r
CROSS JOIN LATERAL (
    SELECT 'decode' AS phase, floor(20 * log(greatest(decode_us, 1)::double precision))::integer AS bin, count(*) AS images
    FROM prediction_rows p WHERE p.run_id = r.run_id GROUP BY 2
    UNION ALL
    SELECT 'preprocess', floor(20 * log(greatest(preprocess_us, 1)::double precision))::integer, count(*)
    FROM prediction_rows p WHERE p.run_id = r.run_id GROUP BY 2
    UNION ALL
    SELECT 'inference', floor(20 * log(greatest(inference_us, 1)::double precision))::integer, count(*)
    FROM prediction_rows p WHERE p.run_id = r.run_id GROUP BY 2
    UNION ALL
    SELECT 'total', floor(20 * log(greatest(total_us, 1)::double precision))::integer, count(*)
    FROM prediction_rows p WHERE p.run_id = r.run_id GROUP BY 2) p;

CREATE OR REPLACE VIEW firing_rates AS
SELECT r.run_id, l.layer, l.name, ((a.place - 1) % r.timesteps + 1)::integer AS timestep, a.images, a.count AS spikes,
       (a.images * l.neurons)::bigint AS neurons, a.count::double precision / nullif(a.images * l.neurons, 0) AS firing_rate
FROM runs r
CROSS JOIN LATERAL (
    SELECT u.place, sum(a.images)::bigint AS images, sum(u.count)::bigint AS count
    FROM shard_activity a CROSS JOIN LATERAL unnest(a.counts) WITH ORDINALITY AS u (count, place)
    WHERE a.run_id = r.run_id GROUP BY u.place) a
JOIN model_layers l ON l.model_id = r.model_id AND l.layer = (a.place - 1) / r.timesteps AND l.kind = 'lif';

CREATE OR REPLACE VIEW synaptic_operations AS
SELECT r.run_id, l.layer, l.name, ((a.place - 1) % r.timesteps + 1)::integer AS timestep, a.images, a.count AS synops,
       a.count::double precision / nullif(a.images, 0) AS synops_per_image
FROM runs r
CROSS JOIN LATERAL (
    SELECT u.place, sum(a.images)::bigint AS images, sum(u.count)::bigint AS count
    FROM shard_activity a CROSS JOIN LATERAL unnest(a.counts) WITH ORDINALITY AS u (count, place)
    WHERE a.run_id = r.run_id GROUP BY u.place) a
JOIN model_layers l ON l.model_id = r.model_id AND l.layer = (a.place - 1) / r.timesteps AND l.kind = 'synapse';

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
LEFT JOIN run_figures k USING (run_id)
CROSS JOIN LATERAL (
    SELECT k.images_done, k.shards::bigint AS shards, 0::bigint AS shards_pending, 0::bigint AS shards_published, 0::bigint AS shards_running,
           k.shards_done::bigint AS shards_done, k.shards_dead::bigint AS shards_dead, k.shards_split::bigint AS shards_split,
           k.shards_cancelled::bigint AS shards_cancelled
    WHERE k.run_id IS NOT NULL
    UNION ALL
    SELECT coalesce(sum(image_count - images_redone) FILTER (WHERE shards.state IN ('done', 'dead')), 0)::integer,
           count(*) FILTER (WHERE shards.state <> 'split'), count(*) FILTER (WHERE shards.state = 'pending'),
           count(*) FILTER (WHERE shards.state = 'published'), count(*) FILTER (WHERE shards.state = 'running'),
           count(*) FILTER (WHERE shards.state = 'done'), count(*) FILTER (WHERE shards.state = 'dead'),
           count(*) FILTER (WHERE shards.state = 'split'), count(*) FILTER (WHERE shards.state = 'cancelled')
    FROM shards WHERE shards.run_id = r.run_id HAVING k.run_id IS NULL) s;

-- The functions again: those that read an array's element read the column now.

CREATE OR REPLACE FUNCTION early_exit(run bigint, rule text, parameters double precision[])
RETURNS TABLE (
    parameter double precision, images bigint, top1_correct bigint, top1_accuracy double precision,
    top1_low double precision, top1_high double precision,
    timesteps_per_image double precision, spikes_per_image double precision, synops_per_image double precision)
    LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
    thresholds double precision[] := (SELECT array_agg(DISTINCT q ORDER BY q) FROM unnest(parameters) AS q WHERE q IS NOT NULL);
    goal integer := cardinality(thresholds);
    is_margin boolean := rule = 'margin';
    -- Element i of each: what the thresholds from the i-th on have more than those before it.
    correct bigint[] := array_fill(0::bigint, ARRAY[coalesce(goal, 1)]);
    steps bigint[] := correct;
    spikes double precision[] := correct;
    synops double precision[] := correct;
    total bigint := 0;
    outcome integer[];
    logits real[];
    last integer;
    upper integer;
    -- What the thresholds before have of this image.
    reached integer;
    was_correct integer;
    step integer;
    spikes_before bigint;
    synops_before bigint;
    length integer;
    value double precision;
    open integer;
    is_correct integer;
    spikes_now bigint;
    synops_now bigint;
BEGIN
    IF goal IS NULL OR rule NOT IN ('margin', 'stable') THEN RETURN; END IF;
    FOR outcome, logits, last IN SELECT p.outcome, p.logits, p.timesteps FROM prediction_rows p WHERE p.run_id = run LOOP
        total := total + 1;
        reached := 0;
        was_correct := 0;
        step := 0;
        spikes_before := 0;
        synops_before := 0;
        length := 0;
        FOR t IN 1..last LOOP
            open := reached + 1;
            IF t = last THEN
                reached := goal;
            ELSE
                IF is_margin THEN
                    value := logits[t];
                ELSE
                    length := CASE WHEN t > 1 AND outcome[3 * last + t] = outcome[3 * last + t - 1] THEN length + 1 ELSE 1 END;
                    value := length;
                END IF;
                CONTINUE WHEN value < thresholds[open];
                reached := open;
                WHILE reached < goal AND value >= thresholds[reached + 1] LOOP reached := reached + 1; END LOOP;
            END IF;
            is_correct := CASE WHEN outcome[t] < 1 THEN 1 ELSE 0 END;
            spikes_now := outcome[last + t];
            synops_now := outcome[2 * last + t];
            IF spikes_now < 0 THEN spikes_now := spikes_so_far(outcome, logits, last, t); END IF;
            IF synops_now < 0 THEN synops_now := synops_so_far(outcome, logits, last, t); END IF;
            IF is_correct <> was_correct THEN correct[open] := correct[open] + is_correct - was_correct; END IF;
            steps[open] := steps[open] + t - step;
            spikes[open] := spikes[open] + (spikes_now - spikes_before);
            synops[open] := synops[open] + (synops_now - synops_before);
            EXIT WHEN reached = goal;
            was_correct := is_correct;
            step := t;
            spikes_before := spikes_now;
            synops_before := synops_now;
        END LOOP;
    END LOOP;
    IF total = 0 THEN RETURN; END IF;
    RETURN QUERY
        SELECT thresholds[g.i], total, s.correct, s.correct::double precision / total, wilson_low(s.correct, total),
               wilson_high(s.correct, total), s.steps / total, s.spikes / total, s.synops / total
        FROM generate_subscripts(thresholds, 1) AS g (i)
        CROSS JOIN LATERAL (
            SELECT sum(u.correct)::bigint AS correct, sum(u.steps)::double precision AS steps, sum(u.spikes) AS spikes, sum(u.synops) AS synops
            FROM unnest(correct[1:g.i], steps[1:g.i], spikes[1:g.i], synops[1:g.i]) AS u (correct, steps, spikes, synops)) AS s
        ORDER BY g.i;
END $$;

CREATE OR REPLACE FUNCTION margin_quantiles(run bigint, fractions double precision[]) RETURNS double precision[]
    LANGUAGE sql STABLE AS $$
    SELECT percentile_disc(fractions) WITHIN GROUP (ORDER BY u.margin::double precision)
    FROM predictions CROSS JOIN LATERAL unnest(timestep_margin) AS u (margin) WHERE run_id = run
$$;

CREATE OR REPLACE FUNCTION run_comparison(a bigint, b bigint)
RETURNS TABLE (
    images bigint, a_correct bigint, b_correct bigint, a_only bigint, b_only bigint,
    difference double precision, difference_low double precision, difference_high double precision,
    mcnemar_exact_p double precision, resolvable_difference double precision)
    LANGUAGE sql STABLE AS $$
    SELECT c.images, c.a_correct, c.b_correct, c.a_only, c.b_only, d.difference, d.low, d.high,
           mcnemar_exact_p(c.a_only, c.b_only), resolvable_difference(c.images, c.a_only + c.b_only)
    FROM (
        SELECT count(*) AS images, count(*) FILTER (WHERE a_right) AS a_correct, count(*) FILTER (WHERE b_right) AS b_correct,
               count(*) FILTER (WHERE a_right AND NOT b_right) AS a_only, count(*) FILTER (WHERE b_right AND NOT a_right) AS b_only
        FROM (
            SELECT p.predicted = p.label AS a_right, q.predicted = q.label AS b_right
            FROM paired_images(a, b) i
            JOIN predictions p ON p.run_id = a AND p.ordinal = i.a_ordinal
            JOIN predictions q ON q.run_id = b AND q.ordinal = i.b_ordinal) AS pairs) AS c
    CROSS JOIN LATERAL paired_difference(c.a_correct - c.a_only, c.a_only, c.b_only, c.images - c.a_correct - c.b_only) AS d
$$;

CREATE OR REPLACE FUNCTION class_changes(a bigint, b bigint)
RETURNS TABLE (
    class integer, class_name text, images bigint, a_correct bigint, b_correct bigint, a_only bigint, b_only bigint,
    difference double precision, mcnemar_exact_p double precision, holm_p double precision)
    LANGUAGE sql STABLE AS $$
    WITH counted AS (
        SELECT label AS class, count(*) AS images, count(*) FILTER (WHERE a_right) AS a_correct, count(*) FILTER (WHERE b_right) AS b_correct,
               count(*) FILTER (WHERE a_right AND NOT b_right) AS a_only, count(*) FILTER (WHERE b_right AND NOT a_right) AS b_only
        FROM (
            SELECT p.label, p.predicted = p.label AS a_right, q.predicted = q.label AS b_right
            FROM paired_images(a, b) i
            JOIN predictions p ON p.run_id = a AND p.ordinal = i.a_ordinal
            JOIN predictions q ON q.run_id = b AND q.ordinal = i.b_ordinal) AS pairs
        GROUP BY label
    ), tested AS (
        SELECT counted.*, mcnemar_exact_p(counted.a_only, counted.b_only) AS p FROM counted
    ), ranked AS (
        SELECT tested.*, p * (count(*) OVER () - row_number() OVER (ORDER BY p, tested.class) + 1) AS stepped FROM tested
    )
    SELECT t.class, coalesce(c.title, c.name), t.images, t.a_correct, t.b_correct, t.a_only, t.b_only,
           (t.a_only - t.b_only) / t.images::double precision, t.p, least(1, max(t.stepped) OVER (ORDER BY t.p, t.class))
    FROM ranked t
    LEFT JOIN dataset_classes c ON c.dataset_id = (SELECT dataset_id FROM runs WHERE run_id = a) AND c.class = t.class
    ORDER BY abs(t.a_only - t.b_only) DESC, t.class
$$;

CREATE OR REPLACE FUNCTION prediction_changes(a bigint, b bigint)
RETURNS TABLE (
    a_ordinal integer, b_ordinal integer, path text, label integer, label_name text, a_predicted integer, a_name text, b_predicted integer,
    b_name text, a_margin real, b_margin real, prediction_changed boolean, same_bytes boolean, top1_timestep integer,
    spikes_timestep integer, a_shard integer, b_shard integer)
    LANGUAGE sql STABLE AS $$
    SELECT i.a_ordinal, i.b_ordinal, i.path, p.label, coalesce(l.title, l.name), p.outcome[4 * p.timesteps], coalesce(g.title, g.name),
           q.outcome[4 * q.timesteps], coalesce(h.title, h.name), p.logits[p.timesteps], q.logits[q.timesteps],
           p.outcome[4 * p.timesteps] <> q.outcome[4 * q.timesteps], i.same_bytes,
           first_difference(p.outcome[3 * p.timesteps + 1 : 4 * p.timesteps], q.outcome[3 * q.timesteps + 1 : 4 * q.timesteps]),
           -- Counts up to a step differ first where the step's own do; their lower halves tell as much as the whole.
           first_difference(p.outcome[p.timesteps + 1 : 2 * p.timesteps], q.outcome[q.timesteps + 1 : 2 * q.timesteps]), p.shard, q.shard
    FROM paired_images(a, b) i
    JOIN prediction_rows p ON p.run_id = a AND p.ordinal = i.a_ordinal
    JOIN prediction_rows q ON q.run_id = b AND q.ordinal = i.b_ordinal
    LEFT JOIN dataset_classes l ON l.dataset_id = (SELECT dataset_id FROM runs WHERE run_id = a) AND l.class = p.label
    LEFT JOIN dataset_classes g ON g.dataset_id = (SELECT dataset_id FROM runs WHERE run_id = a) AND g.class = p.outcome[4 * p.timesteps]
    LEFT JOIN dataset_classes h ON h.dataset_id = (SELECT dataset_id FROM runs WHERE run_id = b) AND h.class = q.outcome[4 * q.timesteps]
    WHERE (p.outcome, p.logits) IS DISTINCT FROM (q.outcome, q.logits)
$$;

CREATE OR REPLACE FUNCTION activity_changes(a bigint, b bigint)
RETURNS TABLE (a_shard integer, b_shard integer, first_ordinal integer, images integer, timestep integer, layer integer, name text,
               a_spikes bigint, b_spikes bigint)
    LANGUAGE sql STABLE AS $$
    SELECT s.shard, t.shard, s.first_ordinal, s.image_count, ((u.place - 1) % r.timesteps + 1)::integer, l.layer, l.name, u.a_count, u.b_count
    FROM shards s
    JOIN runs r ON r.run_id = s.run_id
    JOIN shards t ON t.run_id = b AND t.first_ordinal = s.first_ordinal AND t.image_count = s.image_count AND t.state = 'done'
    JOIN shard_activity x ON x.run_id = a AND x.shard = s.shard
    JOIN shard_activity y ON y.run_id = b AND y.shard = t.shard
    CROSS JOIN LATERAL unnest(x.counts, y.counts) WITH ORDINALITY AS u (a_count, b_count, place)
    JOIN model_layers l ON l.model_id = r.model_id AND l.layer = (u.place - 1) / r.timesteps AND l.kind = 'lif'
    WHERE s.run_id = a AND s.state = 'done' AND u.a_count <> u.b_count
      AND r.timesteps = (SELECT timesteps FROM runs WHERE run_id = b)
      AND (SELECT count(DISTINCT manifest_sha256) = 1 FROM runs JOIN datasets USING (dataset_id) WHERE run_id IN (a, b))
$$;

-- Compiling a query takes longer than it does: plans count in all partitions, of which one is read.
DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
EXCEPTION WHEN insufficient_privilege THEN NULL;
END $$;

-- Rights.

GRANT SELECT ON prediction_rows, shard_activity, run_figures, predictions, layer_activity
    TO evalctl_owner, evalctl_coordinator, evalctl_reader;
GRANT INSERT, UPDATE, DELETE ON prediction_rows, shard_activity, run_figures TO evalctl_owner;
GRANT INSERT ON prediction_rows, shard_activity TO evalctl_worker;
GRANT UPDATE (images_evaluated, top1_correct, top5_correct) ON shards TO evalctl_worker;
GRANT INSERT, UPDATE, DELETE ON run_figures TO evalctl_coordinator;
GRANT DELETE ON workers, checkpoint_chunks TO evalctl_coordinator;

-- What is there is moved by the migration runner, which calls continue_migration until it is gone, each time in a transaction of its own. What
-- was moved is dropped from the old tables in the same transaction, so that it can stop at any time and go on later.

CREATE FUNCTION packed_outcome(ranks integer[], spikes bigint[], synops bigint[], top1 integer[], top5 integer[]) RETURNS integer[]
    LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    counts bigint[] := ARRAY[]::bigint[];
    so_far bigint;
    lower_halves integer[];
    upper_halves integer[];
BEGIN
    so_far := 0;
    FOR t IN 1..cardinality(spikes) LOOP so_far := so_far + spikes[t]; counts := counts || so_far; END LOOP;
    so_far := 0;
    FOR t IN 1..cardinality(synops) LOOP so_far := so_far + synops[t]; counts := counts || so_far; END LOOP;
    IF 2147483648 > ALL (counts) THEN RETURN ranks || counts::integer[] || trim_array(top1, 1) || top5; END IF;
    SELECT array_agg((CASE WHEN count < 2147483648 THEN count ELSE -1 - (count & 2147483647) END)::integer ORDER BY place),
           array_agg((count >> 31)::integer ORDER BY place)
    INTO lower_halves, upper_halves FROM unnest(counts) WITH ORDINALITY AS u (count, place);
    RETURN ranks || lower_halves || trim_array(top1, 1) || top5 || upper_halves;
END $$;

CREATE FUNCTION continue_migration() RETURNS text
    LANGUAGE plpgsql AS $$
DECLARE
    piece CONSTANT integer := 50000;
    old_rows regclass;
    old_sums regclass;
    run integer;
    steps integer;
    moved integer;
    left_over bigint;
BEGIN
    SELECT inhrelid::regclass, substring(pg_get_expr(c.relpartbound, c.oid) FROM '\d+')::integer INTO old_rows, run
    FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = 'old_predictions'::regclass ORDER BY 2 LIMIT 1;
    IF old_rows IS NULL THEN
        DROP TABLE old_predictions, old_layer_activity;
        INSERT INTO run_figures SELECT * FROM figures_of_runs f
        WHERE NOT EXISTS (SELECT FROM run_figures k WHERE k.run_id = f.run_id);
        DROP FUNCTION packed_outcome(integer[], bigint[], bigint[], integer[], integer[]);
        DROP FUNCTION continue_migration();
        RETURN NULL;
    END IF;
    SELECT timesteps INTO steps FROM runs WHERE run_id = run;
    IF steps IS NOT NULL THEN
        EXECUTE format(
            'INSERT INTO prediction_rows (run_id, ordinal, label, shard, decode_us, preprocess_us, inference_us, total_us, timesteps, outcome, logits)
             SELECT run_id, ordinal, label, shard, decode_us, preprocess_us, inference_us, total_us, cardinality(timestep_top1),
                    packed_outcome(timestep_label_rank, timestep_spikes, timestep_synops, timestep_top1, top5), timestep_margin || scores
             FROM %s WHERE ordinal > coalesce((SELECT max(ordinal) FROM prediction_rows WHERE run_id = $1), -1) ORDER BY ordinal LIMIT $2',
            old_rows) USING run, piece;
        GET DIAGNOSTICS moved = ROW_COUNT;
        IF moved = piece THEN
            RETURN format('run %s: %s images moved', run, (SELECT count(*) FROM prediction_rows WHERE run_id = run));
        END IF;
    END IF;
    SELECT inhrelid::regclass INTO old_sums FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
    WHERE inhparent = 'old_layer_activity'::regclass AND substring(pg_get_expr(c.relpartbound, c.oid) FROM '\d+')::integer = run;
    IF steps IS NOT NULL THEN
        IF old_sums IS NOT NULL THEN
            EXECUTE format(
                'INSERT INTO shard_activity (run_id, shard, images, counts)
                 SELECT $1, s.shard, s.images, array_agg(coalesce(CASE l.kind WHEN ''lif'' THEN o.spikes ELSE o.synops END, 0) ORDER BY l.layer, t)
                 FROM (SELECT shard, max(images) AS images FROM %1$s GROUP BY shard) s
                 CROSS JOIN (SELECT layer, kind FROM model_layers WHERE model_id = (SELECT model_id FROM runs WHERE run_id = $1)) l
                 CROSS JOIN generate_series(1, $2) AS t
                 LEFT JOIN %1$s o ON o.shard = s.shard AND o.layer = l.layer AND o.timestep = t
                 WHERE s.images > 0 GROUP BY s.shard, s.images', old_sums) USING run, steps;
        END IF;
        UPDATE shards SET images_evaluated = p.images, top1_correct = p.top1, top5_correct = p.top5
        FROM (SELECT shard, count(*) AS images, count(*) FILTER (WHERE predicted = label) AS top1,
                     count(*) FILTER (WHERE label = ANY (top5)) AS top5
              FROM predictions WHERE run_id = run GROUP BY shard) p
        WHERE shards.run_id = run AND shards.shard = p.shard;
        INSERT INTO run_figures SELECT * FROM figures_of_runs WHERE run_id = run;
    END IF;
    EXECUTE format('DROP TABLE %s', old_rows);
    IF old_sums IS NOT NULL THEN EXECUTE format('DROP TABLE %s', old_sums); END IF;
    SELECT count(*) INTO left_over FROM pg_inherits WHERE inhparent = 'old_predictions'::regclass;
    RETURN format('run %s moved, %s runs are left', run, left_over);
END $$;

CREATE VIEW figures_of_runs AS
SELECT r.run_id, s.images_done, s.images_evaluated,
       (SELECT count(*) FROM image_failures f WHERE f.run_id = r.run_id)::integer AS images_failed,
       s.top1_correct, s.top5_correct, s.shards, s.shards_done, s.shards_dead, s.shards_split, s.shards_cancelled
FROM runs r
CROSS JOIN LATERAL (
    SELECT coalesce(sum(image_count - images_redone) FILTER (WHERE state IN ('done', 'dead')), 0)::integer AS images_done,
           coalesce(sum(images_evaluated), 0)::integer AS images_evaluated, coalesce(sum(top1_correct), 0)::integer AS top1_correct,
           coalesce(sum(top5_correct), 0)::integer AS top5_correct, (count(*) FILTER (WHERE state <> 'split'))::integer AS shards,
           (count(*) FILTER (WHERE state = 'done'))::integer AS shards_done, (count(*) FILTER (WHERE state = 'dead'))::integer AS shards_dead,
           (count(*) FILTER (WHERE state = 'split'))::integer AS shards_split,
           (count(*) FILTER (WHERE state = 'cancelled'))::integer AS shards_cancelled
    FROM shards WHERE shards.run_id = r.run_id) s
WHERE r.state IN ('finished', 'cancelled') AND r.pruned_at IS NULL;
COMMENT ON VIEW figures_of_runs IS 'What run_figures keeps of a run that has ended, counted.';
GRANT SELECT ON figures_of_runs TO evalctl_owner, evalctl_coordinator, evalctl_reader;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = 'old_predictions'::regclass) THEN PERFORM continue_migration(); END IF;
END $$;
