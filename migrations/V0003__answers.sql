-- What people ask of the rows: intervals, comparisons, early exits, energy, classes, label sets, forensics. Intervals are 95 %.

ALTER TABLE dataset_classes ADD COLUMN title text;
COMMENT ON COLUMN dataset_classes.title IS 'What people call the class, where a table of synsets told; views prefer it to the name.';

CREATE FUNCTION sum_of(numbers bigint[]) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT sum(number)::bigint FROM unnest(numbers) AS number $$;
COMMENT ON FUNCTION sum_of IS 'Sum of an array''s elements, such as timestep_synops.';

ALTER TABLE predictions
    ADD COLUMN spikes bigint GENERATED ALWAYS AS (sum_of(timestep_spikes)) STORED,
    ADD COLUMN synops bigint GENERATED ALWAYS AS (sum_of(timestep_synops)) STORED;
COMMENT ON COLUMN predictions.spikes IS 'Spikes of all LIF groups and time steps.';
COMMENT ON COLUMN predictions.synops IS 'Synaptic operations of all layers and time steps.';

CREATE TABLE label_sets (
    label_set_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dataset_id   bigint NOT NULL REFERENCES datasets ON DELETE CASCADE,
    name         text NOT NULL CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
    sha256       bytea NOT NULL CHECK (length(sha256) = 32),
    added_at     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (dataset_id, name)
);
COMMENT ON TABLE label_sets IS 'Further labels of a data set, such as ImageNet-ReaL; the hash is that of the file they came from.';

CREATE TABLE label_set_labels (
    label_set_id bigint NOT NULL REFERENCES label_sets ON DELETE CASCADE,
    ordinal      integer NOT NULL,
    labels       integer[] NOT NULL,
    PRIMARY KEY (label_set_id, ordinal)
);
COMMENT ON TABLE label_set_labels IS 'The accepted classes of an image; an image without any leaves the denominator.';

CREATE TABLE energy_costs (
    name       text NOT NULL CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
    operation  text NOT NULL CHECK (operation IN ('ac', 'mac')),
    picojoules double precision NOT NULL CHECK (picojoules >= 0 AND picojoules < 1e12),
    source     text NOT NULL,
    PRIMARY KEY (name, operation)
);
COMMENT ON TABLE energy_costs IS 'Energy of one accumulate (ac) and one multiply-accumulate (mac), by named table. Arithmetic alone: no memory traffic.';

INSERT INTO energy_costs (name, operation, picojoules, source) VALUES
    ('45nm-float32', 'ac', 0.9, 'Horowitz, ISSCC 2014, figure 1.1.9: 32 bit floating-point add, 45 nm, 0.9 V'),
    ('45nm-float32', 'mac', 4.6, 'Horowitz, ISSCC 2014, figure 1.1.9: 32 bit floating-point multiply 3.7 pJ and add 0.9 pJ'),
    ('45nm-float16', 'ac', 0.4, 'Horowitz, ISSCC 2014, figure 1.1.9: 16 bit floating-point add'),
    ('45nm-float16', 'mac', 1.5, 'Horowitz, ISSCC 2014, figure 1.1.9: 16 bit floating-point multiply 1.1 pJ and add 0.4 pJ'),
    ('45nm-int32', 'ac', 0.1, 'Horowitz, ISSCC 2014, figure 1.1.9: 32 bit integer add'),
    ('45nm-int32', 'mac', 3.2, 'Horowitz, ISSCC 2014, figure 1.1.9: 32 bit integer multiply 3.1 pJ and add 0.1 pJ'),
    ('45nm-int8', 'ac', 0.03, 'Horowitz, ISSCC 2014, figure 1.1.9: 8 bit integer add'),
    ('45nm-int8', 'mac', 0.23, 'Horowitz, ISSCC 2014, figure 1.1.9: 8 bit integer multiply 0.2 pJ and add 0.03 pJ');

-- Statistics.

CREATE FUNCTION wilson_low(successes bigint, trials bigint, z double precision DEFAULT 1.959963984540054) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN trials > 0 AND successes = 0 THEN 0 WHEN trials > 0 THEN
        (successes + z * z / 2 - z * sqrt(successes * ((trials - successes) / trials::double precision) + z * z / 4)) / (trials + z * z) END
$$;
COMMENT ON FUNCTION wilson_low IS 'Lower end of the Wilson score interval of a proportion; null where there are no trials.';

CREATE FUNCTION wilson_high(successes bigint, trials bigint, z double precision DEFAULT 1.959963984540054) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN trials > 0 AND successes = trials THEN 1 WHEN trials > 0 THEN
        (successes + z * z / 2 + z * sqrt(successes * ((trials - successes) / trials::double precision) + z * z / 4)) / (trials + z * z) END
$$;
COMMENT ON FUNCTION wilson_high IS 'Upper end of the Wilson score interval of a proportion; null where there are no trials.';

CREATE FUNCTION mcnemar_exact_p(a_only bigint, b_only bigint) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    n bigint := a_only + b_only;
    fewer bigint := least(a_only, b_only);
    term double precision := 1;
    halves bigint := n;
    total double precision;
BEGIN
    IF 2 * fewer >= n - 1 THEN RETURN 1; END IF;
    -- binomial(n, fewer) / 2^n: halved whenever it grows, so that it neither overflows nor loses digits.
    FOR i IN 1..fewer LOOP
        term := term * (n - fewer + i) / i;
        WHILE term > 1 AND halves > 0 LOOP
            term := term / 2;
            halves := halves - 1;
        END LOOP;
    END LOOP;
    IF halves > 1000 OR term * power(2::double precision, -halves) < 1e-290 THEN RETURN 0; END IF;
    term := term * power(2::double precision, -halves);
    total := term;
    FOR i IN REVERSE fewer..1 LOOP
        term := term * i / (n - i + 1);
        total := total + term;
        EXIT WHEN term < total * 1e-18;
    END LOOP;
    RETURN least(1, 2 * total);
END $$;
COMMENT ON FUNCTION mcnemar_exact_p IS
    'Exact two-sided McNemar test: the binomial test of the discordant pairs against one half. Below 1e-290 it gives 0.';

CREATE FUNCTION paired_difference(
    "both" bigint, a_only bigint, b_only bigint, neither bigint, z double precision DEFAULT 1.959963984540054,
    OUT difference double precision, OUT low double precision, OUT high double precision)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT d, greatest(-1, d - sqrt(greatest(0, (a - la) ^ 2 - 2 * phi * (a - la) * (ub - b) + (ub - b) ^ 2))),
           least(1, d + sqrt(greatest(0, (ua - a) ^ 2 - 2 * phi * (ua - a) * (b - lb) + (b - lb) ^ 2)))
    FROM (
        SELECT (s.a_only - s.b_only) / n::double precision AS d,
               (s.both + s.a_only) / n::double precision AS a, wilson_low(s.both + s.a_only, n, z) AS la, wilson_high(s.both + s.a_only, n, z) AS ua,
               (s.both + s.b_only) / n::double precision AS b, wilson_low(s.both + s.b_only, n, z) AS lb, wilson_high(s.both + s.b_only, n, z) AS ub,
               CASE WHEN margins = 0 THEN 0
                    WHEN cross_product > 0 THEN greatest(cross_product - n / 2::double precision, 0) / sqrt(margins)
                    ELSE cross_product / sqrt(margins) END AS phi
        FROM (SELECT "both", a_only, b_only, neither) AS s
        CROSS JOIN LATERAL (
            SELECT nullif(s.both + s.a_only + s.b_only + s.neither, 0) AS n,
                   s.both::double precision * s.neither - s.a_only::double precision * s.b_only AS cross_product,
                   (s.both + s.a_only)::double precision * (s.b_only + s.neither) * (s.both + s.b_only) * (s.a_only + s.neither) AS margins) AS t
    ) AS u
$$;
COMMENT ON FUNCTION paired_difference IS
    'Difference of two paired proportions, A less B, with Newcombe''s square-and-add score interval (Statistics in Medicine 17, 1998, method 10).';

CREATE FUNCTION resolvable_difference(images bigint, discordant bigint) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN images >= 6 THEN greatest(
        6::double precision / images,
        sqrt(discordant / images::double precision) * (za * sqrt(images) + zb * sqrt(images + zb * zb - za * za)) / (images + zb * zb)) END
    FROM (VALUES (1.959963984540054::double precision, 0.8416212335729143::double precision)) AS quantiles (za, zb)
$$;
COMMENT ON FUNCTION resolvable_difference IS
    'Difference of accuracy that so many paired images, so many of them discordant, show at the 5 % level four times in five (Connor, Biometrics 43, 1987); at least 6 images, for with fewer discordant pairs the exact test cannot reach 5 %.';

CREATE FUNCTION holm_adjusted(p double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(adjusted ORDER BY place), ARRAY[]::double precision[])
    FROM (
        SELECT place, least(1, max(value * (count - rank + 1)) OVER (ORDER BY rank)) AS adjusted
        FROM (
            SELECT place, value, count(*) OVER () AS count, row_number() OVER (ORDER BY value, place) AS rank
            FROM unnest(p) WITH ORDINALITY AS u (value, place)) AS ranked
    ) AS stepped
$$;
COMMENT ON FUNCTION holm_adjusted IS 'Holm''s step-down correction of several p values, in their order.';

-- Accuracy with intervals.

CREATE OR REPLACE VIEW run_accuracy AS
SELECT r.run_id, m.name AS model, d.name AS dataset, r.engine, r.timesteps, r.state,
       r.images_expected, p.evaluated AS images_evaluated, f.failed AS images_failed,
       r.state = 'finished' AND p.evaluated = r.images_expected AS complete,
       p.top1_correct, p.top1_correct::double precision / nullif(p.evaluated, 0) AS top1_accuracy,
       p.top5_correct, p.top5_correct::double precision / nullif(p.evaluated, 0) AS top5_accuracy,
       wilson_low(p.top1_correct, p.evaluated) AS top1_low, wilson_high(p.top1_correct, p.evaluated) AS top1_high,
       wilson_low(p.top5_correct, p.evaluated) AS top5_low, wilson_high(p.top5_correct, p.evaluated) AS top5_high
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
COMMENT ON VIEW run_accuracy IS 'One row a run: images counted, top-1 and top-5 with Wilson intervals. Accuracies are over the evaluated images.';

CREATE OR REPLACE VIEW class_accuracy AS
SELECT r.run_id, p.label AS class, coalesce(c.title, c.name) AS class_name, p.images,
       p.top1_correct, p.top1_correct::double precision / p.images AS top1_accuracy,
       p.top5_correct, p.top5_correct::double precision / p.images AS top5_accuracy,
       wilson_low(p.top1_correct, p.images) AS top1_low, wilson_high(p.top1_correct, p.images) AS top1_high,
       wilson_low(p.top5_correct, p.images) AS top5_low, wilson_high(p.top5_correct, p.images) AS top5_high
FROM runs r
CROSS JOIN LATERAL (
    SELECT label, count(*) AS images,
           count(*) FILTER (WHERE top5[1] = label) AS top1_correct,
           count(*) FILTER (WHERE label = ANY (top5)) AS top5_correct
    FROM predictions WHERE predictions.run_id = r.run_id GROUP BY label) p
LEFT JOIN dataset_classes c ON c.dataset_id = r.dataset_id AND c.class = p.label;
COMMENT ON VIEW class_accuracy IS 'One row a class that has evaluated images, with Wilson intervals.';

CREATE OR REPLACE VIEW confusion AS
SELECT r.run_id, p.label, coalesce(l.title, l.name) AS label_name, p.predicted, coalesce(g.title, g.name) AS predicted_name, p.images
FROM runs r
CROSS JOIN LATERAL (
    SELECT label, top5[1] AS predicted, count(*) AS images
    FROM predictions WHERE predictions.run_id = r.run_id GROUP BY label, top5[1]) p
LEFT JOIN dataset_classes l ON l.dataset_id = r.dataset_id AND l.class = p.label
LEFT JOIN dataset_classes g ON g.dataset_id = r.dataset_id AND g.class = p.predicted;
COMMENT ON VIEW confusion IS 'One row a pair of label and prediction that occurs.';

CREATE VIEW confused_pairs AS
SELECT run_id, least(label, predicted) AS class, greatest(label, predicted) AS other,
       min(CASE WHEN label < predicted THEN label_name ELSE predicted_name END) AS class_name,
       min(CASE WHEN label < predicted THEN predicted_name ELSE label_name END) AS other_name,
       sum(images)::bigint AS images,
       coalesce(sum(images) FILTER (WHERE label < predicted), 0)::bigint AS class_as_other,
       coalesce(sum(images) FILTER (WHERE label > predicted), 0)::bigint AS other_as_class
FROM confusion WHERE label <> predicted
GROUP BY run_id, least(label, predicted), greatest(label, predicted);
COMMENT ON VIEW confused_pairs IS 'One row a pair of classes that are taken for each other, both ways together.';

CREATE VIEW mistakes AS
SELECT p.run_id, p.ordinal, i.path, p.label, coalesce(l.title, l.name) AS label_name,
       p.top5[1] AS predicted, coalesce(g.title, g.name) AS predicted_name,
       p.timestep_label_rank[r.timesteps] + 1 AS label_place, p.timestep_margin[r.timesteps] AS margin, p.top5, p.scores,
       (SELECT array_agg(coalesce(c.title, c.name, u.class::text) ORDER BY u.place)
        FROM unnest(p.top5) WITH ORDINALITY AS u (class, place)
        LEFT JOIN dataset_classes c ON c.dataset_id = r.dataset_id AND c.class = u.class) AS top5_names
FROM runs r
JOIN predictions p ON p.run_id = r.run_id AND p.top5[1] <> p.label
JOIN images i ON i.dataset_id = r.dataset_id AND i.ordinal = p.ordinal
LEFT JOIN dataset_classes l ON l.dataset_id = r.dataset_id AND l.class = p.label
LEFT JOIN dataset_classes g ON g.dataset_id = r.dataset_id AND g.class = p.top5[1];
COMMENT ON VIEW mistakes IS
    'One row a wrong image: what it was taken for, by how much (margin to the second class), and where its label came (label_place, from 1).';

CREATE VIEW label_set_accuracy AS
SELECT r.run_id, s.name AS label_set, p.images,
       p.top1_correct, p.top1_correct::double precision / nullif(p.images, 0) AS top1_accuracy,
       p.top5_correct, p.top5_correct::double precision / nullif(p.images, 0) AS top5_accuracy,
       wilson_low(p.top1_correct, p.images) AS top1_low, wilson_high(p.top1_correct, p.images) AS top1_high,
       wilson_low(p.top5_correct, p.images) AS top5_low, wilson_high(p.top5_correct, p.images) AS top5_high
FROM runs r
JOIN label_sets s USING (dataset_id)
CROSS JOIN LATERAL (
    SELECT count(*) AS images,
           count(*) FILTER (WHERE predictions.top5[1] = ANY (labels)) AS top1_correct,
           count(*) FILTER (WHERE predictions.top5 && labels) AS top5_correct
    FROM predictions
    JOIN label_set_labels USING (ordinal)
    WHERE predictions.run_id = r.run_id AND label_set_labels.label_set_id = s.label_set_id AND cardinality(labels) > 0) p;
COMMENT ON VIEW label_set_accuracy IS
    'Accuracy by the further labels of the run''s data set: any accepted class is right, an image without one is not counted.';

-- Anytime accuracy and early exit.

CREATE OR REPLACE VIEW anytime_accuracy AS
SELECT r.run_id, t.timestep, coalesce(p.images, 0) AS images,
       coalesce(p.top1_correct, 0) AS top1_correct, p.top1_correct::double precision / nullif(p.images, 0) AS top1_accuracy,
       coalesce(p.top5_correct, 0) AS top5_correct, p.top5_correct::double precision / nullif(p.images, 0) AS top5_accuracy,
       sum(p.step_spikes) OVER steps / nullif(p.images, 0) AS spikes_per_image,
       sum(p.step_synops) OVER steps / nullif(p.images, 0) AS synops_per_image,
       wilson_low(p.top1_correct, p.images) AS top1_low, wilson_high(p.top1_correct, p.images) AS top1_high,
       wilson_low(p.top5_correct, p.images) AS top5_low, wilson_high(p.top5_correct, p.images) AS top5_high
FROM runs r
CROSS JOIN LATERAL generate_series(1, r.timesteps) AS t (timestep)
LEFT JOIN LATERAL (
    SELECT u.timestep, count(*) AS images,
           count(*) FILTER (WHERE u.label_rank < 1) AS top1_correct,
           count(*) FILTER (WHERE u.label_rank < 5) AS top5_correct,
           sum(u.spikes::double precision) AS step_spikes,
           sum(u.synops::double precision) AS step_synops
    FROM predictions
    CROSS JOIN LATERAL unnest(timestep_label_rank, timestep_spikes, timestep_synops)
        WITH ORDINALITY AS u (label_rank, spikes, synops, timestep)
    WHERE predictions.run_id = r.run_id GROUP BY u.timestep) p ON p.timestep = t.timestep
WINDOW steps AS (PARTITION BY r.run_id ORDER BY t.timestep);
COMMENT ON VIEW anytime_accuracy IS 'What a run with only so many time steps would have predicted, with Wilson intervals, and what it would have cost.';

CREATE FUNCTION early_exit(run bigint, rule text, parameters double precision[])
RETURNS TABLE (
    parameter double precision, images bigint, top1_correct bigint, top1_accuracy double precision,
    top1_low double precision, top1_high double precision,
    timesteps_per_image double precision, spikes_per_image double precision, synops_per_image double precision)
    LANGUAGE sql STABLE AS $$
    WITH steps AS (
        SELECT p.ordinal, u.timestep, u.label_rank, u.margin, u.timestep = cardinality(p.timestep_top1) AS is_last,
               sum(u.spikes::double precision) OVER so_far AS spikes, sum(u.synops::double precision) OVER so_far AS synops,
               u.top1 IS DISTINCT FROM lag(u.top1) OVER so_far AS is_new
        FROM predictions p
        CROSS JOIN LATERAL unnest(timestep_top1, timestep_label_rank, timestep_margin, timestep_spikes, timestep_synops)
            WITH ORDINALITY AS u (top1, label_rank, margin, spikes, synops, timestep)
        WHERE p.run_id = run AND rule IN ('margin', 'stable')
        WINDOW so_far AS (PARTITION BY p.ordinal ORDER BY u.timestep)
    ), valued AS (
        SELECT steps.*, CASE rule WHEN 'margin' THEN margin
            ELSE timestep - max(timestep) FILTER (WHERE is_new) OVER (PARTITION BY ordinal ORDER BY timestep) + 1 END AS value
        FROM steps
    ), reached AS (
        SELECT valued.*,
               max(value) OVER (PARTITION BY ordinal ORDER BY timestep ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS best_before
        FROM valued
    )
    SELECT q.parameter, count(*), count(*) FILTER (WHERE label_rank < 1), avg((label_rank < 1)::integer)::double precision,
           wilson_low(count(*) FILTER (WHERE label_rank < 1), count(*)), wilson_high(count(*) FILTER (WHERE label_rank < 1), count(*)),
           sum(timestep)::double precision / count(*), sum(spikes) / count(*), sum(synops) / count(*)
    FROM reached
    JOIN unnest(parameters) AS q (parameter)
        ON (best_before IS NULL OR best_before < q.parameter) AND (value >= q.parameter OR is_last)
    GROUP BY q.parameter ORDER BY q.parameter
$$;
COMMENT ON FUNCTION early_exit IS
    'What the run would have come to, exactly, had each image stopped early: rule margin, at the first time step whose margin reaches the parameter; rule stable, at the first that ends so many equal predictions in a row; at the last one otherwise.';

CREATE FUNCTION margin_quantiles(run bigint, fractions double precision[]) RETURNS double precision[]
    LANGUAGE sql STABLE AS $$
    SELECT percentile_disc(fractions) WITHIN GROUP (ORDER BY margin::double precision)
    FROM predictions CROSS JOIN LATERAL unnest(timestep_margin) AS margin WHERE run_id = run
$$;
COMMENT ON FUNCTION margin_quantiles IS 'Margins that occur in a run, at these fractions of all images and time steps: thresholds worth trying.';

-- Energy and activity.

CREATE FUNCTION first_convolution_macs(architecture jsonb) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (image / patch) * (image / patch) * dim * 3 * patch * patch
    FROM (SELECT (architecture ->> 'image')::bigint AS image, nullif((architecture ->> 'patch')::bigint, 0) AS patch,
                 (architecture ->> 'dim')::bigint AS dim) AS a
$$;
COMMENT ON FUNCTION first_convolution_macs IS
    'Multiply-accumulates of the first convolution, which reads pixels: once per image, whatever the number of time steps.';

CREATE FUNCTION energy_millijoules(macs double precision, synops double precision, costs text DEFAULT '45nm-float32') RETURNS double precision
    LANGUAGE sql STABLE AS $$
    SELECT (macs * max(picojoules) FILTER (WHERE operation = 'mac') + synops * max(picojoules) FILTER (WHERE operation = 'ac')) / 1e9
    FROM energy_costs WHERE name = costs
$$;
COMMENT ON FUNCTION energy_millijoules IS
    'E = MACs x E_MAC + synaptic operations x E_AC, by a named table of costs. Null where the table lacks one of them.';

CREATE VIEW run_energy AS
SELECT a.run_id, e.name AS costs, a.timestep, first_convolution_macs(m.architecture) AS macs_per_image, a.synops_per_image,
       e.mac_picojoules, e.ac_picojoules,
       first_convolution_macs(m.architecture) * e.mac_picojoules / 1e9 AS mac_millijoules,
       a.synops_per_image * e.ac_picojoules / 1e9 AS ac_millijoules,
       (first_convolution_macs(m.architecture) * e.mac_picojoules + a.synops_per_image * e.ac_picojoules) / 1e9 AS millijoules_per_image,
       a.top1_accuracy
FROM anytime_accuracy a
JOIN runs r USING (run_id)
JOIN models m USING (model_id)
CROSS JOIN (
    SELECT name, max(picojoules) FILTER (WHERE operation = 'mac') AS mac_picojoules,
           max(picojoules) FILTER (WHERE operation = 'ac') AS ac_picojoules
    FROM energy_costs GROUP BY name) e;
COMMENT ON VIEW run_energy IS
    'Energy per image by table of costs and number of time steps: E = MACs of the first convolution x E_MAC + synaptic operations x E_AC.';

CREATE VIEW image_costs AS
SELECT p.run_id, p.ordinal, p.label, p.top5[1] = p.label AS correct, p.spikes, p.synops
FROM predictions p;
COMMENT ON VIEW image_costs IS 'One row an image: its spikes and synaptic operations over all time steps.';

CREATE VIEW cost_distribution AS
SELECT r.run_id, q.quantity, q.images, q.mean, q.deviation, q.quantiles[1] AS minimum, q.quantiles[2] AS p5, q.quantiles[3] AS p25,
       q.quantiles[4] AS p50, q.quantiles[5] AS p75, q.quantiles[6] AS p95, q.quantiles[7] AS maximum
FROM runs r
CROSS JOIN LATERAL (
    SELECT count(*) AS images, avg(spikes::double precision) AS mean_spikes, avg(synops::double precision) AS mean_synops,
           stddev_samp(spikes::double precision) AS deviation_spikes, stddev_samp(synops::double precision) AS deviation_synops,
           percentile_disc(ARRAY[0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]) WITHIN GROUP (ORDER BY spikes) AS spikes,
           percentile_disc(ARRAY[0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]) WITHIN GROUP (ORDER BY synops) AS synops
    FROM image_costs WHERE image_costs.run_id = r.run_id) p
CROSS JOIN LATERAL (
    VALUES ('spikes', p.images, p.mean_spikes, p.deviation_spikes, p.spikes), ('synops', p.images, p.mean_synops, p.deviation_synops, p.synops)
) AS q (quantity, images, mean, deviation, quantiles)
WHERE p.images > 0;
COMMENT ON VIEW cost_distribution IS 'Spikes and synaptic operations per image: mean, standard deviation and percentiles that occurred.';

CREATE VIEW class_costs AS
SELECT r.run_id, p.label AS class, coalesce(c.title, c.name) AS class_name, p.images, p.spikes_per_image, p.synops_per_image, p.top1_accuracy
FROM runs r
CROSS JOIN LATERAL (
    SELECT label, count(*) AS images, avg(spikes::double precision) AS spikes_per_image,
           avg(synops::double precision) AS synops_per_image, avg(correct::integer)::double precision AS top1_accuracy
    FROM image_costs WHERE image_costs.run_id = r.run_id GROUP BY label) p
LEFT JOIN dataset_classes c ON c.dataset_id = r.dataset_id AND c.class = p.label;
COMMENT ON VIEW class_costs IS 'What an image of each class costs, on average.';

CREATE VIEW layer_firing AS
SELECT run_id, layer, name, max(neurons / nullif(images, 0)) AS neurons,
       sum(spikes)::double precision / nullif(sum(images), 0) * count(*) AS spikes_per_image,
       sum(spikes)::double precision / nullif(sum(neurons), 0) AS firing_rate,
       array_agg(firing_rate ORDER BY timestep) AS timestep_firing_rate,
       coalesce(array_agg(timestep ORDER BY timestep) FILTER (WHERE spikes = 0), ARRAY[]::integer[]) AS silent_timesteps,
       CASE WHEN sum(spikes) < 0.001 * sum(neurons) THEN 'silent' WHEN sum(spikes) > 0.9 * sum(neurons) THEN 'saturated' ELSE 'active' END AS state
FROM firing_rates GROUP BY run_id, layer, name;
COMMENT ON VIEW layer_firing IS
    'One row a LIF group: silent below one spike per thousand neurons and time steps, saturated above nine in ten, active between.';

-- Two runs, image by image.

CREATE FUNCTION paired_images(a bigint, b bigint)
RETURNS TABLE (a_ordinal integer, b_ordinal integer, path text, same_bytes boolean)
    LANGUAGE sql STABLE AS $$
    SELECT i.ordinal, i.ordinal, i.path, true
    FROM images i
    WHERE i.dataset_id = (SELECT dataset_id FROM runs WHERE run_id = a)
      AND (SELECT count(DISTINCT manifest_sha256) = 1 FROM runs JOIN datasets USING (dataset_id) WHERE run_id IN (a, b))
    UNION ALL
    SELECT i.ordinal, j.ordinal, i.path, i.sha256 = j.sha256
    FROM images i JOIN images j USING (path)
    WHERE i.dataset_id = (SELECT dataset_id FROM runs WHERE run_id = a) AND j.dataset_id = (SELECT dataset_id FROM runs WHERE run_id = b)
      AND (SELECT count(DISTINCT manifest_sha256) > 1 FROM runs JOIN datasets USING (dataset_id) WHERE run_id IN (a, b))
$$;
COMMENT ON FUNCTION paired_images IS
    'Images of two runs'' data sets that belong together: by place where the manifests are the same, by path where they are not.';

CREATE FUNCTION run_comparison(a bigint, b bigint)
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
            SELECT p.top5[1] = p.label AS a_right, q.top5[1] = q.label AS b_right
            FROM paired_images(a, b) i
            JOIN predictions p ON p.run_id = a AND p.ordinal = i.a_ordinal
            JOIN predictions q ON q.run_id = b AND q.ordinal = i.b_ordinal) AS pairs) AS c
    CROSS JOIN LATERAL paired_difference(c.a_correct - c.a_only, c.a_only, c.b_only, c.images - c.a_correct - c.b_only) AS d
$$;
COMMENT ON FUNCTION run_comparison IS
    'Top-1 of two runs on the images that both evaluated: difference is A less B with Newcombe''s interval, the test is McNemar''s exact one.';

CREATE FUNCTION comparison_table(runs bigint[])
RETURNS TABLE (
    a bigint, b bigint, images bigint, a_only bigint, b_only bigint, difference double precision, difference_low double precision,
    difference_high double precision, mcnemar_exact_p double precision, holm_p double precision, resolvable_difference double precision)
    LANGUAGE sql STABLE AS $$
    WITH pairs AS (
        SELECT row_number() OVER (ORDER BY x.place, y.place) AS pair, x.run AS a, y.run AS b
        FROM unnest(runs) WITH ORDINALITY AS x (run, place)
        JOIN unnest(runs) WITH ORDINALITY AS y (run, place) ON y.place > x.place
    ), compared AS (
        SELECT pairs.pair, pairs.a, pairs.b, c.* FROM pairs CROSS JOIN LATERAL run_comparison(pairs.a, pairs.b) AS c
    ), adjusted AS (
        SELECT holm_adjusted(array_agg(c.mcnemar_exact_p ORDER BY c.pair)) AS p FROM compared c
    )
    SELECT c.a, c.b, c.images, c.a_only, c.b_only, c.difference, c.difference_low, c.difference_high,
           c.mcnemar_exact_p, adjusted.p[c.pair], c.resolvable_difference
    FROM compared c CROSS JOIN adjusted ORDER BY c.pair
$$;
COMMENT ON FUNCTION comparison_table IS 'run_comparison of every two of several runs, with Holm''s correction of the p values.';

CREATE FUNCTION cost_comparison(a bigint, b bigint)
RETURNS TABLE (
    quantity text, images bigint, a_mean double precision, b_mean double precision, difference double precision,
    difference_low double precision, difference_high double precision)
    LANGUAGE sql STABLE AS $$
    SELECT d.quantity, t.images, d.a_mean, d.b_mean, d.a_mean - d.b_mean,
           d.a_mean - d.b_mean - 1.959963984540054 * d.deviation / sqrt(t.images),
           d.a_mean - d.b_mean + 1.959963984540054 * d.deviation / sqrt(t.images)
    FROM (
        SELECT count(*) AS images,
               avg(a_spikes) AS a_spikes, avg(b_spikes) AS b_spikes, stddev_samp(a_spikes - b_spikes) AS d_spikes,
               avg(a_synops) AS a_synops, avg(b_synops) AS b_synops, stddev_samp(a_synops - b_synops) AS d_synops,
               avg(a_us) AS a_us, avg(b_us) AS b_us, stddev_samp(a_us - b_us) AS d_us
        FROM (
            SELECT p.spikes::double precision AS a_spikes, q.spikes::double precision AS b_spikes,
                   p.synops::double precision AS a_synops, q.synops::double precision AS b_synops,
                   p.inference_us::double precision AS a_us, q.inference_us::double precision AS b_us
            FROM paired_images(a, b) i
            JOIN predictions p ON p.run_id = a AND p.ordinal = i.a_ordinal
            JOIN predictions q ON q.run_id = b AND q.ordinal = i.b_ordinal) AS pairs) AS t
    CROSS JOIN LATERAL (
        VALUES ('spikes', t.a_spikes, t.b_spikes, t.d_spikes), ('synops', t.a_synops, t.b_synops, t.d_synops),
               ('inference_us', t.a_us, t.b_us, t.d_us)) AS d (quantity, a_mean, b_mean, deviation)
$$;
COMMENT ON FUNCTION cost_comparison IS
    'Means per image of spikes, synaptic operations and inference time of two runs; the paired difference, A less B, with its normal interval.';

CREATE FUNCTION class_changes(a bigint, b bigint)
RETURNS TABLE (
    class integer, class_name text, images bigint, a_correct bigint, b_correct bigint, a_only bigint, b_only bigint,
    difference double precision, mcnemar_exact_p double precision, holm_p double precision)
    LANGUAGE sql STABLE AS $$
    WITH counted AS (
        SELECT label AS class, count(*) AS images, count(*) FILTER (WHERE a_right) AS a_correct, count(*) FILTER (WHERE b_right) AS b_correct,
               count(*) FILTER (WHERE a_right AND NOT b_right) AS a_only, count(*) FILTER (WHERE b_right AND NOT a_right) AS b_only
        FROM (
            SELECT p.label, p.top5[1] = p.label AS a_right, q.top5[1] = q.label AS b_right
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
COMMENT ON FUNCTION class_changes IS
    'Top-1 of two runs by class (A''s label), the most changed class first; of a thousand classes fifty have p < 0.05 by chance, holm_p is corrected.';

-- Where two runs part.

CREATE VIEW run_provenance AS
SELECT r.run_id, m.name AS model, m.sha256 AS model_sha256, d.name AS dataset, d.manifest_sha256, r.timesteps, r.engine, r.preprocessing,
       r.pixel_limit, r.version,
       ARRAY(SELECT DISTINCT w.instruction_set FROM shards s JOIN workers w USING (worker_id)
             WHERE s.run_id = r.run_id AND s.state = 'done' ORDER BY 1) AS instruction_sets,
       ARRAY(SELECT DISTINCT w.version FROM shards s JOIN workers w USING (worker_id)
             WHERE s.run_id = r.run_id AND s.state = 'done' ORDER BY 1) AS worker_versions
FROM runs r
JOIN models m USING (model_id)
JOIN datasets d USING (dataset_id);
COMMENT ON VIEW run_provenance IS 'What a run was made of: hashes of weights and manifest, preprocessing, arithmetic, and the workers that stored it.';

-- A loop is several times as fast here as a query over generate_series would be.
CREATE FUNCTION first_difference(a anyarray, b anyarray) RETURNS integer
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
    IF a = b THEN RETURN NULL; END IF;
    FOR i IN 1..least(cardinality(a), cardinality(b)) LOOP
        IF a[i] IS DISTINCT FROM b[i] THEN RETURN i; END IF;
    END LOOP;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION first_difference IS 'The first place, from 1, where two arrays differ, as far as both go; null where there is none.';

CREATE FUNCTION prediction_changes(a bigint, b bigint)
RETURNS TABLE (
    a_ordinal integer, b_ordinal integer, path text, label integer, label_name text, a_predicted integer, a_name text, b_predicted integer,
    b_name text, a_margin real, b_margin real, prediction_changed boolean, same_bytes boolean, top1_timestep integer,
    spikes_timestep integer, a_shard integer, b_shard integer)
    LANGUAGE sql STABLE AS $$
    SELECT i.a_ordinal, i.b_ordinal, i.path, p.label, coalesce(l.title, l.name), p.top5[1], coalesce(g.title, g.name),
           q.top5[1], coalesce(h.title, h.name), p.timestep_margin[cardinality(p.timestep_margin)],
           q.timestep_margin[cardinality(q.timestep_margin)], p.top5[1] <> q.top5[1], i.same_bytes,
           first_difference(p.timestep_top1, q.timestep_top1), first_difference(p.timestep_spikes, q.timestep_spikes), p.shard, q.shard
    FROM paired_images(a, b) i
    JOIN predictions p ON p.run_id = a AND p.ordinal = i.a_ordinal
    JOIN predictions q ON q.run_id = b AND q.ordinal = i.b_ordinal
    LEFT JOIN dataset_classes l ON l.dataset_id = (SELECT dataset_id FROM runs WHERE run_id = a) AND l.class = p.label
    LEFT JOIN dataset_classes g ON g.dataset_id = (SELECT dataset_id FROM runs WHERE run_id = a) AND g.class = p.top5[1]
    LEFT JOIN dataset_classes h ON h.dataset_id = (SELECT dataset_id FROM runs WHERE run_id = b) AND h.class = q.top5[1]
    WHERE (p.top5, p.scores, p.timestep_top1, p.timestep_label_rank, p.timestep_margin, p.timestep_spikes, p.timestep_synops)
        IS DISTINCT FROM (q.top5, q.scores, q.timestep_top1, q.timestep_label_rank, q.timestep_margin, q.timestep_spikes, q.timestep_synops)
$$;
COMMENT ON FUNCTION prediction_changes IS
    'Images whose rows differ between two runs: whether the prediction did, and the first time step whose prediction, and whose spike count, differs.';

CREATE FUNCTION activity_changes(a bigint, b bigint)
RETURNS TABLE (a_shard integer, b_shard integer, first_ordinal integer, images integer, timestep integer, layer integer, name text,
               a_spikes bigint, b_spikes bigint)
    LANGUAGE sql STABLE AS $$
    SELECT s.shard, t.shard, s.first_ordinal, s.image_count, x.timestep, x.layer, l.name, x.spikes, y.spikes
    FROM shards s
    JOIN shards t ON t.run_id = b AND t.first_ordinal = s.first_ordinal AND t.image_count = s.image_count AND t.state = 'done'
    JOIN layer_activity x ON x.run_id = a AND x.shard = s.shard
    JOIN layer_activity y ON y.run_id = b AND y.shard = t.shard AND y.layer = x.layer AND y.timestep = x.timestep
    JOIN model_layers l ON l.model_id = (SELECT model_id FROM runs WHERE run_id = a) AND l.layer = x.layer AND l.kind = 'lif'
    WHERE s.run_id = a AND s.state = 'done' AND x.spikes <> y.spikes
      AND (SELECT count(DISTINCT manifest_sha256) = 1 FROM runs JOIN datasets USING (dataset_id) WHERE run_id IN (a, b))
$$;
COMMENT ON FUNCTION activity_changes IS
    'LIF groups whose spikes differ between two runs of the same images, by shard (of the same images in both) and time step.';

-- Rights.

GRANT SELECT ON label_sets, label_set_labels, energy_costs, confused_pairs, mistakes, label_set_accuracy, run_energy, image_costs,
    cost_distribution, class_costs, layer_firing, run_provenance TO evalctl_owner, evalctl_coordinator, evalctl_reader;
GRANT INSERT, UPDATE, DELETE ON label_sets, label_set_labels, energy_costs TO evalctl_owner;
