-- What a run's page shows beside the answers there are: times as histograms, and who did how much when; early exits in less time.

CREATE VIEW latency_histogram AS
SELECT r.run_id, p.phase, p.bin, power(10, p.bin / 20.0::double precision) AS low_us,
       power(10, (p.bin + 1) / 20.0::double precision) AS high_us, p.images
FROM runs r
CROSS JOIN LATERAL (
    SELECT 'decode' AS phase, floor(20 * log(greatest(decode_us, 1)::double precision))::integer AS bin, count(*) AS images
    FROM predictions WHERE predictions.run_id = r.run_id GROUP BY 2
    UNION ALL
    SELECT 'preprocess', floor(20 * log(greatest(preprocess_us, 1)::double precision))::integer, count(*)
    FROM predictions WHERE predictions.run_id = r.run_id GROUP BY 2
    UNION ALL
    SELECT 'inference', floor(20 * log(greatest(inference_us, 1)::double precision))::integer, count(*)
    FROM predictions WHERE predictions.run_id = r.run_id GROUP BY 2
    UNION ALL
    SELECT 'total', floor(20 * log(greatest(total_us, 1)::double precision))::integer, count(*)
    FROM predictions WHERE predictions.run_id = r.run_id GROUP BY 2) p;
COMMENT ON VIEW latency_histogram IS
    'Images by time per phase, in bins from low_us to below high_us, twenty to a power of ten; the first begins at one microsecond. Empty bins have no row.';

CREATE FUNCTION worker_throughput(run bigint, intervals integer DEFAULT 60)
RETURNS TABLE (
    worker_id bigint, host text, part integer, from_seconds double precision, to_seconds double precision, images double precision,
    images_per_second double precision)
    LANGUAGE sql STABLE AS $$
    WITH span AS (
        SELECT r.started_at, extract(epoch FROM coalesce(r.finished_at, now()) - r.started_at)::double precision / intervals AS width
        FROM runs r WHERE r.run_id = run AND intervals BETWEEN 1 AND 10000
    ), done AS (
        SELECT s.worker_id, s.image_count, span.width,
               extract(epoch FROM greatest(coalesce(s.claimed_at, s.finished_at), span.started_at) - span.started_at)::double precision AS t0,
               extract(epoch FROM s.finished_at - span.started_at)::double precision AS t1
        FROM shards s CROSS JOIN span
        WHERE s.run_id = run AND s.state = 'done' AND s.finished_at >= span.started_at AND span.width > 0
    ), spread AS (
        SELECT d.worker_id, i.part, min(d.width) AS width,
               sum(CASE WHEN d.t1 > d.t0 THEN
                       d.image_count * greatest(0, least(d.t1, (i.part + 1) * d.width) - greatest(d.t0, i.part * d.width)) / (d.t1 - d.t0)
                   ELSE d.image_count END) AS images
        FROM done d
        CROSS JOIN LATERAL generate_series(
            least(floor(d.t0 / d.width), intervals - 1)::integer, least(floor(d.t1 / d.width), intervals - 1)::integer) AS i (part)
        GROUP BY d.worker_id, i.part
    )
    SELECT spread.worker_id, w.host, spread.part, spread.part * width, (spread.part + 1) * width, spread.images, spread.images / width
    FROM spread JOIN workers w ON w.worker_id = spread.worker_id
    WHERE spread.images > 0 ORDER BY spread.worker_id, spread.part
$$;
COMMENT ON FUNCTION worker_throughput IS
    'A run''s time in equal intervals (part, from 0), and the images that each worker did in each; a shard''s images are spread evenly from its claim to its end.';

-- The same answers in half the time: one pass that leaves each image as soon as no threshold is open, and no sorting.
CREATE OR REPLACE FUNCTION early_exit(run bigint, rule text, parameters double precision[])
RETURNS TABLE (
    parameter double precision, images bigint, top1_correct bigint, top1_accuracy double precision,
    top1_low double precision, top1_high double precision,
    timesteps_per_image double precision, spikes_per_image double precision, synops_per_image double precision)
    LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
    thresholds double precision[] := (SELECT array_agg(DISTINCT q ORDER BY q) FROM unnest(parameters) AS q WHERE q IS NOT NULL);
    -- Element i of each: what the thresholds from the i-th on have more than those before it.
    correct bigint[];
    steps bigint[];
    spikes double precision[];
    synops double precision[];
    total bigint := 0;
    top integer[];
    rank integer[];
    margins real[];
    step_spikes bigint[];
    step_synops bigint[];
    last integer;
    goal integer := cardinality(thresholds);
    reached integer;
    open integer;
    length integer;
    value double precision;
BEGIN
    IF goal IS NULL OR rule NOT IN ('margin', 'stable') THEN RETURN; END IF;
    correct := array_fill(0::bigint, ARRAY[goal + 1]);
    steps := correct;
    spikes := correct;
    synops := correct;
    FOR top, rank, margins, step_spikes, step_synops IN
        SELECT p.timestep_top1, p.timestep_label_rank, p.timestep_margin, p.timestep_spikes, p.timestep_synops
        FROM predictions p WHERE p.run_id = run
    LOOP
        total := total + 1;
        reached := 0;
        length := 0;
        last := cardinality(top);
        FOR t IN 1..last LOOP
            open := reached + 1;
            steps[open] := steps[open] + 1;
            spikes[open] := spikes[open] + step_spikes[t];
            synops[open] := synops[open] + step_synops[t];
            IF t = last THEN
                reached := goal;
            ELSIF rule = 'margin' THEN
                value := margins[t];
            ELSE
                length := CASE WHEN top[t] = top[t - 1] THEN length + 1 ELSE 1 END;
                value := length;
            END IF;
            WHILE reached < goal AND value >= thresholds[reached + 1] LOOP reached := reached + 1; END LOOP;
            IF reached >= open AND rank[t] < 1 THEN
                correct[open] := correct[open] + 1;
                correct[reached + 1] := correct[reached + 1] - 1;
            END IF;
            EXIT WHEN reached = goal;
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

GRANT SELECT ON latency_histogram TO evalctl_owner, evalctl_coordinator, evalctl_reader;
