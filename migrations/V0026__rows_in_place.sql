-- Answers read a stored row's arrays once, before rows are joined or aggregated: what reads an element copies the whole array first.

CREATE OR REPLACE VIEW image_costs AS
SELECT r.run_id, p.ordinal, p.label, p.correct, p.spikes, p.synops, p.inference_us
FROM runs r
CROSS JOIN LATERAL (
    SELECT e.ordinal, e.label, e.correct, e.inference_us,
           CASE WHEN e.spikes >= 0 THEN e.spikes::bigint ELSE spikes_so_far(e.outcome, e.logits, e.timesteps, e.timesteps) END AS spikes,
           CASE WHEN e.synops >= 0 THEN e.synops::bigint ELSE synops_so_far(e.outcome, e.logits, e.timesteps, e.timesteps) END AS synops
    FROM (
        SELECT ordinal, label, outcome[4 * timesteps] = label AS correct, inference_us,
               outcome[2 * timesteps] AS spikes, outcome[3 * timesteps] AS synops, outcome, logits, timesteps
        FROM prediction_rows WHERE prediction_rows.run_id = r.run_id OFFSET 0) e OFFSET 0) p;

CREATE OR REPLACE VIEW class_accuracy AS
SELECT r.run_id, p.label AS class, coalesce(c.title, c.name) AS class_name, p.images,
       p.top1_correct, p.top1_correct::double precision / p.images AS top1_accuracy,
       p.top5_correct, p.top5_correct::double precision / p.images AS top5_accuracy,
       wilson_low(p.top1_correct, p.images) AS top1_low, wilson_high(p.top1_correct, p.images) AS top1_high,
       wilson_low(p.top5_correct, p.images) AS top5_low, wilson_high(p.top5_correct, p.images) AS top5_high
FROM runs r
CROSS JOIN LATERAL (
    SELECT label, count(*) AS images, count(*) FILTER (WHERE label_rank < 1) AS top1_correct, count(*) FILTER (WHERE label_rank < 5) AS top5_correct
    FROM (SELECT label, outcome[timesteps] AS label_rank FROM prediction_rows WHERE prediction_rows.run_id = r.run_id OFFSET 0) e
    GROUP BY label) p
LEFT JOIN dataset_classes c ON c.dataset_id = r.dataset_id AND c.class = p.label;

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
    SELECT s.timestep, count(*) AS images,
           count(*) FILTER (WHERE s.label_rank < 1) AS top1_correct,
           count(*) FILTER (WHERE s.label_rank < 5) AS top5_correct,
           sum(s.spikes) AS spikes, sum(s.synops) AS synops
    FROM (
        SELECT u.timestep, q.outcome[u.timestep] AS label_rank,
               spikes_so_far(q.outcome, q.logits, q.timesteps, u.timestep)::double precision AS spikes,
               synops_so_far(q.outcome, q.logits, q.timesteps, u.timestep)::double precision AS synops
        FROM (SELECT outcome[1:] AS outcome, logits, timesteps::integer AS timesteps
              FROM prediction_rows WHERE prediction_rows.run_id = r.run_id OFFSET 0) q
        CROSS JOIN LATERAL generate_series(1, r.timesteps) AS u (timestep) OFFSET 0) s
    GROUP BY s.timestep) p ON p.timestep = t.timestep;

CREATE OR REPLACE VIEW mistakes AS
SELECT r.run_id, p.ordinal, i.path, p.label, coalesce(l.title, l.name) AS label_name,
       p.predicted, coalesce(g.title, g.name) AS predicted_name,
       p.label_rank + 1 AS label_place, p.margin, p.top5, p.scores,
       (SELECT array_agg(coalesce((SELECT coalesce(c.title, c.name) FROM dataset_classes c WHERE c.dataset_id = r.dataset_id AND c.class = u.class),
                                  u.class::text) ORDER BY u.place)
        FROM unnest(p.top5) WITH ORDINALITY AS u (class, place)) AS top5_names
FROM runs r
JOIN predictions p ON p.run_id = r.run_id AND p.predicted <> p.label
JOIN images i ON i.dataset_id = r.dataset_id AND i.ordinal = p.ordinal
LEFT JOIN dataset_classes l ON l.dataset_id = r.dataset_id AND l.class = p.label
LEFT JOIN dataset_classes g ON g.dataset_id = r.dataset_id AND g.class = p.predicted;

CREATE OR REPLACE FUNCTION margin_quantiles(run bigint, fractions double precision[]) RETURNS double precision[]
    LANGUAGE sql STABLE AS $$
    SELECT percentile_disc(fractions) WITHIN GROUP (ORDER BY u.margin::double precision)
    FROM prediction_rows p CROSS JOIN LATERAL unnest(p.logits[1 : p.timesteps]) AS u (margin) WHERE p.run_id = run
$$;

CREATE FUNCTION paired_hits(a bigint, b bigint) RETURNS TABLE (label integer, a_right boolean, b_right boolean)
    LANGUAGE sql STABLE AS $$
    SELECT p.label, p.is_right, q.is_right
    FROM paired_images(a, b) i
    JOIN (SELECT ordinal, prediction_rows.label, outcome[4 * timesteps] = prediction_rows.label AS is_right
          FROM prediction_rows WHERE run_id = a OFFSET 0) p ON p.ordinal = i.a_ordinal
    JOIN (SELECT ordinal, outcome[4 * timesteps] = prediction_rows.label AS is_right
          FROM prediction_rows WHERE run_id = b OFFSET 0) q ON q.ordinal = i.b_ordinal
$$;
COMMENT ON FUNCTION paired_hits IS 'Of each image that two runs evaluated: A''s label, and whether A and B have it right.';

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
        FROM paired_hits(a, b)) AS c
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
        FROM paired_hits(a, b) GROUP BY label
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

CREATE OR REPLACE FUNCTION cost_comparison(a bigint, b bigint)
RETURNS TABLE (quantity text, images bigint, a_mean double precision, b_mean double precision,
               difference double precision, difference_low double precision, difference_high double precision)
    LANGUAGE sql STABLE AS $$
    SELECT d.quantity, t.images, d.a_mean, d.b_mean, d.a_mean - d.b_mean,
           d.a_mean - d.b_mean - 1.959963984540054 * d.deviation / sqrt(t.images),
           d.a_mean - d.b_mean + 1.959963984540054 * d.deviation / sqrt(t.images)
    FROM (
        SELECT count(*) AS images,
               avg(p.spikes) AS a_spikes, avg(q.spikes) AS b_spikes, stddev_samp(p.spikes - q.spikes) AS d_spikes,
               avg(p.synops) AS a_synops, avg(q.synops) AS b_synops, stddev_samp(p.synops - q.synops) AS d_synops,
               avg(p.inference_us) AS a_us, avg(q.inference_us) AS b_us, stddev_samp(p.inference_us - q.inference_us) AS d_us
        FROM paired_images(a, b) i
        JOIN (SELECT ordinal, spikes::double precision, synops::double precision, inference_us::double precision
              FROM image_costs WHERE run_id = a) p ON p.ordinal = i.a_ordinal
        JOIN (SELECT ordinal, spikes::double precision, synops::double precision, inference_us::double precision
              FROM image_costs WHERE run_id = b) q ON q.ordinal = i.b_ordinal) AS t
    CROSS JOIN LATERAL (
        VALUES ('spikes', t.a_spikes, t.b_spikes, t.d_spikes), ('synops', t.a_synops, t.b_synops, t.d_synops),
               ('inference_us', t.a_us, t.b_us, t.d_us)) AS d (quantity, a_mean, b_mean, deviation)
$$;
