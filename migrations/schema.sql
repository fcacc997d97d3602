-- The schema that migrations/ makes of an empty database. Written by ops/dump-schema; do not edit.
--
-- PostgreSQL database dump
--




--
-- Name: partitions; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA partitions;


--
-- Name: absolve(bigint, bigint[], integer[], integer[]); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.absolve(worker bigint, run_ids bigint[], shard_numbers integer[], attempt_numbers integer[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
    WITH absolved AS (
        UPDATE shard_attempts a
        SET class = 'transient', code = 'worker.cut_off', message = 'the worker could not reach the database for as long as its lease'
        FROM unnest(run_ids, shard_numbers, attempt_numbers) AS mine (run_id, shard, attempt)
        WHERE a.run_id = mine.run_id AND a.shard = mine.shard AND a.attempt = mine.attempt
          AND a.worker_id = worker AND a.outcome = 'expired' AND a.class = 'unknown'
        RETURNING a.run_id, a.shard
    )
    UPDATE shards SET failures = failures - 1, transient_failures = transient_failures + 1
    FROM absolved
    WHERE shards.run_id = absolved.run_id AND shards.shard = absolved.shard AND failures > 0
      AND state IN ('pending', 'published', 'running')
$$;


--
-- Name: FUNCTION absolve(worker bigint, run_ids bigint[], shard_numbers integer[], attempt_numbers integer[]); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.absolve(worker bigint, run_ids bigint[], shard_numbers integer[], attempt_numbers integer[]) IS 'Attempts that ran out because their worker was cut off say nothing of their shards.';


--
-- Name: activity_changes(bigint, bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.activity_changes(a bigint, b bigint) RETURNS TABLE(a_shard integer, b_shard integer, first_ordinal integer, images integer, timestep integer, layer integer, name text, a_spikes bigint, b_spikes bigint)
    LANGUAGE sql STABLE
    AS $$
    WITH pairs AS MATERIALIZED (
        SELECT s.shard AS a_shard, t.shard AS b_shard, s.first_ordinal, s.image_count, r.timesteps, r.model_id
        FROM shards s
        JOIN runs r ON r.run_id = s.run_id
        JOIN shards t ON t.run_id = b AND t.first_ordinal = s.first_ordinal AND t.image_count = s.image_count AND t.state = 'done'
        WHERE s.run_id = a AND s.state = 'done'
          AND r.timesteps = (SELECT timesteps FROM runs WHERE run_id = b)
          AND (SELECT count(DISTINCT manifest_sha256) = 1 FROM runs JOIN datasets USING (dataset_id) WHERE run_id IN (a, b))
    )
    SELECT p.a_shard, p.b_shard, p.first_ordinal, p.image_count, ((u.place - 1) % p.timesteps + 1)::integer, l.layer, l.name, u.a_count, u.b_count
    FROM pairs p
    CROSS JOIN LATERAL (SELECT counts FROM shard_activity WHERE run_id = a AND shard = p.a_shard OFFSET 0) AS x
    CROSS JOIN LATERAL (SELECT counts FROM shard_activity WHERE run_id = b AND shard = p.b_shard OFFSET 0) AS y
    CROSS JOIN LATERAL unnest(x.counts, y.counts) WITH ORDINALITY AS u (a_count, b_count, place)
    CROSS JOIN LATERAL (
        SELECT m.layer, m.name FROM model_layers m
        WHERE m.model_id = p.model_id AND m.layer = (u.place - 1) / p.timesteps AND m.kind = 'lif'
        OFFSET 0
    ) AS l
    WHERE u.a_count <> u.b_count
$$;


--
-- Name: FUNCTION activity_changes(a bigint, b bigint); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.activity_changes(a bigint, b bigint) IS 'LIF groups whose spikes differ between two runs of the same images, by shard (of the same images in both) and time step.';


--
-- Name: announce_runs(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.announce_runs() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN PERFORM pg_notify('evalctl_runs', ''); RETURN NULL; END $$;


--
-- Name: class_changes(bigint, bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.class_changes(a bigint, b bigint) RETURNS TABLE(class integer, class_name text, images bigint, a_correct bigint, b_correct bigint, a_only bigint, b_only bigint, difference double precision, mcnemar_exact_p double precision, holm_p double precision)
    LANGUAGE sql STABLE
    AS $$
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


--
-- Name: FUNCTION class_changes(a bigint, b bigint); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.class_changes(a bigint, b bigint) IS 'Top-1 of two runs by class (A''s label), the most changed class first; of a thousand classes fifty have p < 0.05 by chance, holm_p is corrected.';


--
-- Name: comparison_table(bigint[]); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.comparison_table(runs bigint[]) RETURNS TABLE(a bigint, b bigint, images bigint, a_only bigint, b_only bigint, difference double precision, difference_low double precision, difference_high double precision, mcnemar_exact_p double precision, holm_p double precision, resolvable_difference double precision)
    LANGUAGE sql STABLE
    AS $$
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


--
-- Name: FUNCTION comparison_table(runs bigint[]); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.comparison_table(runs bigint[]) IS 'run_comparison of every two of several runs, with Holm''s correction of the p values.';


--
-- Name: cost_comparison(bigint, bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.cost_comparison(a bigint, b bigint) RETURNS TABLE(quantity text, images bigint, a_mean double precision, b_mean double precision, difference double precision, difference_low double precision, difference_high double precision)
    LANGUAGE sql STABLE
    AS $$
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


--
-- Name: FUNCTION cost_comparison(a bigint, b bigint); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.cost_comparison(a bigint, b bigint) IS 'Means per image of spikes, synaptic operations and inference time of two runs; the paired difference, A less B, with its normal interval.';


--
-- Name: count_at(integer[], integer, integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.count_at(outcome integer[], place integer, upper_place integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT CASE WHEN outcome[place] >= 0 THEN outcome[place]::bigint ELSE (outcome[upper_place]::bigint << 31) - 1 - outcome[place] END
$$;


--
-- Name: FUNCTION count_at(outcome integer[], place integer, upper_place integer); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.count_at(outcome integer[], place integer, upper_place integer) IS 'A count out of prediction_rows.outcome.';


--
-- Name: counts_so_far(integer[], integer, integer, integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.counts_so_far(outcome integer[], first integer, upper_first integer, timesteps integer) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT CASE WHEN 0 <= ALL (outcome[first : first + timesteps - 1]) THEN outcome[first : first + timesteps - 1]::bigint[]
           ELSE wide_counts(outcome, first, upper_first, timesteps) END
$$;


--
-- Name: FUNCTION counts_so_far(outcome integer[], first integer, upper_first integer, timesteps integer); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.counts_so_far(outcome integer[], first integer, upper_first integer, timesteps integer) IS 'Counts out of prediction_rows.outcome, up to each time step.';


--
-- Name: different_images(bigint, bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.different_images(a bigint, b bigint) RETURNS TABLE(a_path text, b_path text, a_label integer, b_label integer, same_bytes boolean)
    LANGUAGE sql STABLE
    AS $$
    WITH i AS (
        SELECT ordinal, path, label, sha256, row_number() OVER (PARTITION BY sha256, label ORDER BY ordinal) AS copy
        FROM images WHERE dataset_id = (SELECT dataset_id FROM runs WHERE run_id = a)
          AND (SELECT count(DISTINCT manifest_sha256) > 1 FROM runs JOIN datasets USING (dataset_id) WHERE run_id IN (a, b))
    ), j AS (
        SELECT ordinal, path, label, sha256, row_number() OVER (PARTITION BY sha256, label ORDER BY ordinal) AS copy
        FROM images WHERE dataset_id = (SELECT dataset_id FROM runs WHERE run_id = b)
          AND (SELECT count(DISTINCT manifest_sha256) > 1 FROM runs JOIN datasets USING (dataset_id) WHERE run_id IN (a, b))
    ), only_a AS (
        SELECT i.* FROM i LEFT JOIN j USING (sha256, label, copy) WHERE j.ordinal IS NULL
    ), only_b AS (
        SELECT j.* FROM j LEFT JOIN i USING (sha256, label, copy) WHERE i.ordinal IS NULL
    )
    SELECT x.path, y.path, x.label, y.label, false
    FROM only_a x JOIN (SELECT DISTINCT ON (path) * FROM only_b ORDER BY path, ordinal) y USING (path) WHERE x.sha256 <> y.sha256
    UNION ALL
    SELECT x.path, y.path, x.label, y.label, true
    FROM only_a x JOIN (SELECT DISTINCT ON (sha256) * FROM only_b ORDER BY sha256, ordinal) y USING (sha256)
    ORDER BY 1, 2
$$;


--
-- Name: FUNCTION different_images(a bigint, b bigint); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.different_images(a bigint, b bigint) IS 'Images of two runs'' data sets that have no partner of the same bytes and label, but one of the same path with other bytes, or of the same bytes with another label.';


--
-- Name: doubt_lifetime(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.doubt_lifetime() RETURNS interval
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT interval '1 day' $$;


--
-- Name: FUNCTION doubt_lifetime(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.doubt_lifetime() IS 'For so long it counts that a worker found an image missing, or declined a job.';


--
-- Name: early_exit(bigint, text, double precision[]); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.early_exit(run bigint, rule text, parameters double precision[]) RETURNS TABLE(parameter double precision, images bigint, top1_correct bigint, top1_accuracy double precision, top1_low double precision, top1_high double precision, timesteps_per_image double precision, spikes_per_image double precision, synops_per_image double precision)
    LANGUAGE plpgsql STABLE
    AS $$
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


--
-- Name: FUNCTION early_exit(run bigint, rule text, parameters double precision[]); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.early_exit(run bigint, rule text, parameters double precision[]) IS 'What the run would have come to, exactly, had each image stopped early: rule margin, at the first time step whose margin reaches the parameter; rule stable, at the first that ends so many equal predictions in a row; at the last one otherwise.';


--
-- Name: energy_millijoules(double precision, double precision, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.energy_millijoules(macs double precision, synops double precision, costs text DEFAULT '45nm-float32'::text) RETURNS double precision
    LANGUAGE sql STABLE
    AS $$
    SELECT (macs * max(picojoules) FILTER (WHERE operation = 'mac') + synops * max(picojoules) FILTER (WHERE operation = 'ac')) / 1e9
    FROM energy_costs WHERE name = costs
$$;


--
-- Name: FUNCTION energy_millijoules(macs double precision, synops double precision, costs text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.energy_millijoules(macs double precision, synops double precision, costs text) IS 'E = MACs x E_MAC + synaptic operations x E_AC, by a named table of costs. Null where the table lacks one of them.';


--
-- Name: first_convolution_macs(jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.first_convolution_macs(architecture jsonb) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT coalesce((architecture ->> 'input_macs')::bigint, (image / patch) * (image / patch) * dim * 3 * patch * patch)
    FROM (SELECT (architecture ->> 'image')::bigint AS image, nullif((architecture ->> 'patch')::bigint, 0) AS patch,
                 (architecture ->> 'dim')::bigint AS dim) AS a
$$;


--
-- Name: FUNCTION first_convolution_macs(architecture jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.first_convolution_macs(architecture jsonb) IS 'Multiply-accumulates of the layers that read pixels: once per image, whatever the number of time steps.';


--
-- Name: first_difference(anyarray, anyarray); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.first_difference(a anyarray, b anyarray) RETURNS integer
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    IF a = b THEN RETURN NULL; END IF;
    FOR i IN 1..least(cardinality(a), cardinality(b)) LOOP
        IF a[i] IS DISTINCT FROM b[i] THEN RETURN i; END IF;
    END LOOP;
    RETURN NULL;
END $$;


--
-- Name: FUNCTION first_difference(a anyarray, b anyarray); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.first_difference(a anyarray, b anyarray) IS 'The first place, from 1, where two arrays differ, as far as both go; null where there is none.';


--
-- Name: guard_rows(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_rows() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    stray record;
BEGIN
    IF may_steer() THEN RETURN NULL; END IF;
    SELECT a.run_id, a.shard INTO stray
    FROM (SELECT run_id, shard, min(ordinal) AS first, max(ordinal) AS last FROM added GROUP BY run_id, shard) a
    LEFT JOIN shards s ON s.run_id = a.run_id AND s.shard = a.shard AND s.state = 'done'
        AND s.xmin::text::bigint = pg_current_xact_id()::text::bigint % 4294967296
    WHERE s.run_id IS NULL OR a.first < s.first_ordinal OR a.last >= s.first_ordinal + s.image_count LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'shard % of run % is not being stored', stray.shard, stray.run_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;


--
-- Name: guard_shard(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_shard() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF OLD.state IN ('done', 'split') AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'shard % of run % is %, and stays so', OLD.shard, OLD.run_id, OLD.state USING ERRCODE = 'check_violation';
    END IF;
    IF NOT may_steer() THEN
        RAISE EXCEPTION 'shard % of run % is % and no work of a worker''s', OLD.shard, OLD.run_id, OLD.state
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;


--
-- Name: guard_start(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_start() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF NOT may_steer() THEN
        RAISE EXCEPTION 'run % has its start already', OLD.run_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;


--
-- Name: guard_sums(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_sums() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    stray record;
BEGIN
    IF may_steer() THEN RETURN NULL; END IF;
    SELECT a.run_id, a.shard INTO stray FROM added a
    LEFT JOIN shards s ON s.run_id = a.run_id AND s.shard = a.shard AND s.state = 'done'
        AND s.xmin::text::bigint = pg_current_xact_id()::text::bigint % 4294967296
    WHERE s.run_id IS NULL OR a.images > s.image_count LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'shard % of run % is not being stored', stray.shard, stray.run_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;


--
-- Name: holm_adjusted(double precision[]); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.holm_adjusted(p double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT coalesce(array_agg(adjusted ORDER BY place), ARRAY[]::double precision[])
    FROM (
        SELECT place, least(1, max(value * (count - rank + 1)) OVER (ORDER BY rank)) AS adjusted
        FROM (
            SELECT place, value, count(*) OVER () AS count, row_number() OVER (ORDER BY value, place) AS rank
            FROM unnest(p) WITH ORDINALITY AS u (value, place)) AS ranked
    ) AS stepped
$$;


--
-- Name: FUNCTION holm_adjusted(p double precision[]); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.holm_adjusted(p double precision[]) IS 'Holm''s step-down correction of several p values, in their order.';


--
-- Name: margin_quantiles(bigint, double precision[]); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.margin_quantiles(run bigint, fractions double precision[]) RETURNS double precision[]
    LANGUAGE sql STABLE
    AS $$
    SELECT percentile_disc(fractions) WITHIN GROUP (ORDER BY u.margin::double precision)
    FROM prediction_rows p CROSS JOIN LATERAL unnest(p.logits[1 : p.timesteps]) AS u (margin) WHERE p.run_id = run
$$;


--
-- Name: FUNCTION margin_quantiles(run bigint, fractions double precision[]); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.margin_quantiles(run bigint, fractions double precision[]) IS 'Margins that occur in a run, at these fractions of all images and time steps: thresholds worth trying.';


--
-- Name: may_steer(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.may_steer() RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$ SELECT has_column_privilege('public.runs', 'state', 'UPDATE') $$;


--
-- Name: FUNCTION may_steer(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.may_steer() IS 'Whether who asks may change the states of runs.';


--
-- Name: mcnemar_exact_p(bigint, bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.mcnemar_exact_p(a_only bigint, b_only bigint) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
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


--
-- Name: FUNCTION mcnemar_exact_p(a_only bigint, b_only bigint); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.mcnemar_exact_p(a_only bigint, b_only bigint) IS 'Exact two-sided McNemar test: the binomial test of the discordant pairs against one half. Below 1e-290 it gives 0.';


--
-- Name: mcnemar_power(bigint, double precision, double precision); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.mcnemar_power(images bigint, discordant_rate double precision, difference double precision) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
DECLARE
    rate double precision := greatest(discordant_rate, difference);
    share double precision := (1 + difference / rate) / 2;
    -- Probabilities of so many discordant images, relative to the likeliest number's.
    mode bigint := least(images, floor((images + 1) * rate));
    up double precision[] := ARRAY[1];
    down double precision[] := ARRAY[]::double precision[];
    weight double precision := 1;
    all_weights double precision := 1;
    first bigint := mode;
    last bigint := mode;
    total double precision := 0;
    -- Of count discordant images the test asks for least on one side: P(X >= least) and P(X = least - 1), by chance and by share.
    least_count bigint := 1;
    chance_tail double precision := 0;
    chance_point double precision := 1;
    tail double precision := 0;
    point double precision := 1;
    ratio double precision;
BEGIN
    WHILE last < images AND weight > 1e-18 LOOP
        weight := weight * (images - last) / (last + 1) * rate / (1 - rate);
        up := array_append(up, weight);
        all_weights := all_weights + weight;
        last := last + 1;
    END LOOP;
    weight := 1;
    WHILE first > 0 AND weight > 1e-18 LOOP
        weight := weight * first / (images - first + 1) * (1 - rate) / rate;
        down := array_append(down, weight);
        all_weights := all_weights + weight;
        first := first - 1;
    END LOOP;
    FOR count IN 1..last LOOP
        chance_tail := chance_tail + chance_point / 2;
        tail := tail + point * share;
        IF chance_tail > 0.025 THEN
            ratio := count::double precision / least_count;
            chance_point := chance_point * ratio / 2;
            point := point * ratio * share;
            chance_tail := chance_tail - chance_point;
            tail := tail - point;
            least_count := least_count + 1;
        ELSE
            ratio := count::double precision / (count + 1 - least_count);
            chance_point := chance_point * ratio / 2;
            point := point * ratio * (1 - share);
        END IF;
        -- Smaller numbers are errors to the server.
        IF point < 1e-290 THEN point := 0; END IF;
        IF count >= mode THEN
            total := total + up[count - mode + 1] * tail;
        ELSIF count >= first THEN
            total := total + down[mode - count] * tail;
        END IF;
    END LOOP;
    RETURN total / all_weights;
END $$;


--
-- Name: FUNCTION mcnemar_power(images bigint, discordant_rate double precision, difference double precision); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.mcnemar_power(images bigint, discordant_rate double precision, difference double precision) IS 'The probability that the exact two-sided McNemar test at the 5 % level finds a difference of accuracy between runs of so many images, so much of which one run alone has right.';


--
-- Name: paired_difference(bigint, bigint, bigint, bigint, double precision); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.paired_difference("both" bigint, a_only bigint, b_only bigint, neither bigint, z double precision DEFAULT 1.959963984540054, OUT difference double precision, OUT low double precision, OUT high double precision) RETURNS record
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
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


--
-- Name: FUNCTION paired_difference("both" bigint, a_only bigint, b_only bigint, neither bigint, z double precision, OUT difference double precision, OUT low double precision, OUT high double precision); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.paired_difference("both" bigint, a_only bigint, b_only bigint, neither bigint, z double precision, OUT difference double precision, OUT low double precision, OUT high double precision) IS 'Difference of two paired proportions, A less B, with Newcombe''s square-and-add score interval (Statistics in Medicine 17, 1998, method 10).';


--
-- Name: paired_hits(bigint, bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.paired_hits(a bigint, b bigint) RETURNS TABLE(label integer, a_right boolean, b_right boolean)
    LANGUAGE sql STABLE
    AS $$
    SELECT p.label, p.is_right, q.is_right
    FROM paired_images(a, b) i
    JOIN (SELECT ordinal, prediction_rows.label, outcome[4 * timesteps] = prediction_rows.label AS is_right
          FROM prediction_rows WHERE run_id = a OFFSET 0) p ON p.ordinal = i.a_ordinal
    JOIN (SELECT ordinal, outcome[4 * timesteps] = prediction_rows.label AS is_right
          FROM prediction_rows WHERE run_id = b OFFSET 0) q ON q.ordinal = i.b_ordinal
$$;


--
-- Name: FUNCTION paired_hits(a bigint, b bigint); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.paired_hits(a bigint, b bigint) IS 'Of each image that two runs evaluated: A''s label, and whether A and B have it right.';


--
-- Name: paired_images(bigint, bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.paired_images(a bigint, b bigint) RETURNS TABLE(a_ordinal integer, b_ordinal integer, path text, same_bytes boolean, same_label boolean)
    LANGUAGE sql STABLE
    AS $$
    SELECT i.ordinal, i.ordinal, i.path, true, true
    FROM images i
    WHERE i.dataset_id = (SELECT dataset_id FROM runs WHERE run_id = a)
      AND (SELECT count(DISTINCT manifest_sha256) = 1 FROM runs JOIN datasets USING (dataset_id) WHERE run_id IN (a, b))
    UNION ALL
    SELECT i.ordinal, j.ordinal, i.path, true, true
    FROM (SELECT ordinal, images.path, label, sha256, row_number() OVER (PARTITION BY sha256, label ORDER BY ordinal) AS copy
          FROM images WHERE dataset_id = (SELECT dataset_id FROM runs WHERE run_id = a)) i
    JOIN (SELECT ordinal, label, sha256, row_number() OVER (PARTITION BY sha256, label ORDER BY ordinal) AS copy
          FROM images WHERE dataset_id = (SELECT dataset_id FROM runs WHERE run_id = b)) j USING (sha256, label, copy)
    WHERE (SELECT count(DISTINCT manifest_sha256) > 1 FROM runs JOIN datasets USING (dataset_id) WHERE run_id IN (a, b))
      AND current_setting('evalctl.pairing', true) IS DISTINCT FROM 'path'
    UNION ALL
    SELECT i.ordinal, j.ordinal, i.path, i.sha256 = j.sha256, i.label = j.label
    FROM (SELECT ordinal, images.path, label, sha256, row_number() OVER (PARTITION BY images.path ORDER BY ordinal) AS copy
          FROM images WHERE dataset_id = (SELECT dataset_id FROM runs WHERE run_id = a)) i
    JOIN (SELECT ordinal, images.path, label, sha256, row_number() OVER (PARTITION BY images.path ORDER BY ordinal) AS copy
          FROM images WHERE dataset_id = (SELECT dataset_id FROM runs WHERE run_id = b)) j USING (path, copy)
    WHERE (SELECT count(DISTINCT manifest_sha256) > 1 FROM runs JOIN datasets USING (dataset_id) WHERE run_id IN (a, b))
      AND current_setting('evalctl.pairing', true) = 'path'
$$;


--
-- Name: FUNCTION paired_images(a bigint, b bigint); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.paired_images(a bigint, b bigint) IS 'Images of two runs'' data sets that belong together: by place where the manifests are the same, else by bytes and label, or by path where the setting evalctl.pairing is path. Of images with the same bytes and label the first belongs to the first.';


--
-- Name: prediction_changes(bigint, bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.prediction_changes(a bigint, b bigint) RETURNS TABLE(a_ordinal integer, b_ordinal integer, path text, label integer, label_name text, a_predicted integer, a_name text, b_predicted integer, b_name text, a_margin real, b_margin real, prediction_changed boolean, same_bytes boolean, top1_timestep integer, spikes_timestep integer, a_shard integer, b_shard integer)
    LANGUAGE sql STABLE
    AS $$
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


--
-- Name: FUNCTION prediction_changes(a bigint, b bigint); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.prediction_changes(a bigint, b bigint) IS 'Images whose rows differ between two runs: whether the prediction did, and the first time step whose prediction, and whose spike count, differs.';


--
-- Name: remove_coordinator(bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.remove_coordinator(id bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
    UPDATE leadership SET coordinator_id = NULL, expires_at = '-infinity' WHERE coordinator_id = $1;
    DELETE FROM coordinators WHERE coordinator_id = $1 OR last_heartbeat_at < clock_timestamp() - interval '1 day';
$_$;


--
-- Name: FUNCTION remove_coordinator(id bigint); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.remove_coordinator(id bigint) IS 'Takes a coordinator that ends off the list, and long-gone ones with it; the next one may lead at once.';


--
-- Name: remove_old_doubts(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.remove_old_doubts() RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    DELETE FROM image_doubts WHERE seen_at < now() - doubt_lifetime();
    DELETE FROM declines WHERE declined_at < now() - doubt_lifetime();
$$;


--
-- Name: FUNCTION remove_old_doubts(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.remove_old_doubts() IS 'Removes what workers found missing a day ago or longer, and jobs that they declined then.';


--
-- Name: remove_old_message_failures(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.remove_old_message_failures() RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    DELETE FROM message_failures WHERE seen_at < now() - interval '30 days'
       OR message_failure_id <= (SELECT message_failure_id FROM message_failures ORDER BY message_failure_id DESC OFFSET 1000 LIMIT 1);
$$;


--
-- Name: FUNCTION remove_old_message_failures(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.remove_old_message_failures() IS 'Keeps what was noted of unreadable messages for 30 days, and 1000 rows at most.';


--
-- Name: remove_old_workers(bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.remove_old_workers(days bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
    WITH removed AS (
        DELETE FROM workers w
        WHERE state IN ('stopped', 'gone') AND last_heartbeat_at < clock_timestamp() - greatest($1, 1) * interval '1 day'
          AND NOT EXISTS (SELECT FROM shards s WHERE s.worker_id = w.worker_id)
          AND NOT EXISTS (SELECT FROM shards s WHERE s.backup_worker_id = w.worker_id)
          AND NOT EXISTS (SELECT FROM shard_attempts a WHERE a.worker_id = w.worker_id)
          AND NOT EXISTS (SELECT FROM image_failures f WHERE f.worker_id = w.worker_id)
          AND NOT EXISTS (SELECT FROM message_failures f WHERE f.worker_id = w.worker_id)
        RETURNING 1
    )
    SELECT count(*) FROM removed;
$_$;


--
-- Name: FUNCTION remove_old_workers(days bigint); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.remove_old_workers(days bigint) IS 'Removes workers that ended or vanished so many days ago, and that nothing names. Gives how many there were.';


--
-- Name: remove_unnamed_checkpoints(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.remove_unnamed_checkpoints() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
    locked bytea[];
BEGIN
    -- Who adds a model of the same file locks its pieces: the second statement sees that model then.
    SELECT array_agg(DISTINCT sha256) INTO locked
    FROM (SELECT sha256 FROM checkpoint_chunks c WHERE NOT EXISTS (SELECT FROM models m WHERE m.sha256 = c.sha256) FOR UPDATE) l;
    DELETE FROM checkpoint_chunks c WHERE sha256 = ANY (locked) AND NOT EXISTS (SELECT FROM models m WHERE m.sha256 = c.sha256);
END $$;


--
-- Name: FUNCTION remove_unnamed_checkpoints(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.remove_unnamed_checkpoints() IS 'Removes checkpoints that no model names.';


--
-- Name: resolvable_difference(bigint, bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.resolvable_difference(images bigint, discordant bigint) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
DECLARE
    rate double precision := discordant / nullif(images, 0)::double precision;
    low double precision := 0;
    -- With all discordant images on one side, twelve are more than enough.
    high double precision := least(1, greatest(rate, 12::double precision / nullif(images, 0)));
    below double precision := -0.8;
    above double precision := 0.2;
    was_above boolean;
    middle double precision;
    excess double precision;
BEGIN
    IF images < 6 THEN RETURN NULL; END IF;
    -- False position in the Illinois form; the upper end is returned, at which the promise holds.
    FOR round IN 1..100 LOOP
        middle := (low * above - high * below) / (above - below);
        excess := mcnemar_power(images, rate, middle) - 0.8;
        IF excess >= 0 THEN
            high := middle;
            above := excess;
            IF was_above THEN below := below / 2; END IF;
            EXIT WHEN excess < 1e-10;
        ELSE
            low := middle;
            below := excess;
            IF NOT was_above THEN above := above / 2; END IF;
        END IF;
        was_above := excess >= 0;
    END LOOP;
    RETURN high;
END $$;


--
-- Name: FUNCTION resolvable_difference(images bigint, discordant bigint); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.resolvable_difference(images bigint, discordant bigint) IS 'The least difference of accuracy that the exact McNemar test at the 5 % level finds four times in five, with so many paired images, so many of them discordant; more are taken to be where the difference has to be larger. Null below six images, which can show none.';


--
-- Name: run_comparison(bigint, bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.run_comparison(a bigint, b bigint) RETURNS TABLE(images bigint, a_correct bigint, b_correct bigint, a_only bigint, b_only bigint, difference double precision, difference_low double precision, difference_high double precision, mcnemar_exact_p double precision, resolvable_difference double precision)
    LANGUAGE sql STABLE
    AS $$
    SELECT c.images, c.a_correct, c.b_correct, c.a_only, c.b_only, d.difference, d.low, d.high,
           mcnemar_exact_p(c.a_only, c.b_only), resolvable_difference(c.images, c.a_only + c.b_only)
    FROM (
        SELECT count(*) AS images, count(*) FILTER (WHERE a_right) AS a_correct, count(*) FILTER (WHERE b_right) AS b_correct,
               count(*) FILTER (WHERE a_right AND NOT b_right) AS a_only, count(*) FILTER (WHERE b_right AND NOT a_right) AS b_only
        FROM paired_hits(a, b)) AS c
    CROSS JOIN LATERAL paired_difference(c.a_correct - c.a_only, c.a_only, c.b_only, c.images - c.a_correct - c.b_only) AS d
$$;


--
-- Name: FUNCTION run_comparison(a bigint, b bigint); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.run_comparison(a bigint, b bigint) IS 'Top-1 of two runs on the images that both evaluated: difference is A less B with Newcombe''s interval, the test is McNemar''s exact one.';


--
-- Name: spikes_so_far(integer[], real[], integer, integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.spikes_so_far(outcome integer[], logits real[], timesteps integer, t integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT count_at(outcome, timesteps + t, 3 * timesteps - 1 + cardinality(logits) + t)
$$;


--
-- Name: FUNCTION spikes_so_far(outcome integer[], logits real[], timesteps integer, t integer); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.spikes_so_far(outcome integer[], logits real[], timesteps integer, t integer) IS 'Spikes of an image up to time step t, out of a row of prediction_rows.';


--
-- Name: steps_of(bigint[]); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.steps_of(so_far bigint[]) RETURNS bigint[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    FOR t IN REVERSE cardinality(so_far)..2 LOOP so_far[t] := so_far[t] - so_far[t - 1]; END LOOP;
    RETURN so_far;
END $$;


--
-- Name: FUNCTION steps_of(so_far bigint[]); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.steps_of(so_far bigint[]) IS 'What each step added to a count that is given up to each step.';


--
-- Name: sum_of(bigint[]); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.sum_of(numbers bigint[]) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT sum(number)::bigint FROM unnest(numbers) AS number $$;


--
-- Name: FUNCTION sum_of(numbers bigint[]); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.sum_of(numbers bigint[]) IS 'Sum of an array''s elements, such as timestep_synops.';


--
-- Name: synops_so_far(integer[], real[], integer, integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.synops_so_far(outcome integer[], logits real[], timesteps integer, t integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT count_at(outcome, 2 * timesteps + t, 4 * timesteps - 1 + cardinality(logits) + t)
$$;


--
-- Name: FUNCTION synops_so_far(outcome integer[], logits real[], timesteps integer, t integer); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.synops_so_far(outcome integer[], logits real[], timesteps integer, t integer) IS 'Synaptic operations of an image up to time step t, out of a row of prediction_rows.';


--
-- Name: wide_counts(integer[], integer, integer, integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.wide_counts(outcome integer[], first integer, upper_first integer, timesteps integer) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT array_agg(count_at(outcome, first + t, upper_first + t) ORDER BY t) FROM generate_series(0, timesteps - 1) AS t
$$;


--
-- Name: FUNCTION wide_counts(outcome integer[], first integer, upper_first integer, timesteps integer); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.wide_counts(outcome integer[], first integer, upper_first integer, timesteps integer) IS 'Counts out of prediction_rows.outcome, of which some have upper halves.';


--
-- Name: wilson_high(bigint, bigint, double precision); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.wilson_high(successes bigint, trials bigint, z double precision DEFAULT 1.959963984540054) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT CASE WHEN trials > 0 AND successes = trials THEN 1 WHEN trials > 0 THEN
        (successes + z * z / 2 + z * sqrt(successes * ((trials - successes) / trials::double precision) + z * z / 4)) / (trials + z * z) END
$$;


--
-- Name: FUNCTION wilson_high(successes bigint, trials bigint, z double precision); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.wilson_high(successes bigint, trials bigint, z double precision) IS 'Upper end of the Wilson score interval of a proportion; null where there are no trials.';


--
-- Name: wilson_low(bigint, bigint, double precision); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.wilson_low(successes bigint, trials bigint, z double precision DEFAULT 1.959963984540054) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT CASE WHEN trials > 0 AND successes = 0 THEN 0 WHEN trials > 0 THEN
        (successes + z * z / 2 - z * sqrt(successes * ((trials - successes) / trials::double precision) + z * z / 4)) / (trials + z * z) END
$$;


--
-- Name: FUNCTION wilson_low(successes bigint, trials bigint, z double precision); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.wilson_low(successes bigint, trials bigint, z double precision) IS 'Lower end of the Wilson score interval of a proportion; null where there are no trials.';


--
-- Name: worker_throughput(bigint, integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.worker_throughput(run bigint, intervals integer DEFAULT 60) RETURNS TABLE(worker_id bigint, host text, part integer, from_seconds double precision, to_seconds double precision, images double precision, images_per_second double precision)
    LANGUAGE sql STABLE
    AS $$
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


--
-- Name: FUNCTION worker_throughput(run bigint, intervals integer); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.worker_throughput(run bigint, intervals integer) IS 'A run''s time in equal intervals (part, from 0), and the images that each worker did in each; a shard''s images are spread evenly from its claim to its end.';



--
-- Name: prediction_rows; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.prediction_rows (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
)
PARTITION BY HASH (run_id);


--
-- Name: TABLE prediction_rows; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.prediction_rows IS 'The rows of the view predictions as they are stored: two arrays, because each further one costs 21 bytes a row.';


--
-- Name: COLUMN prediction_rows.outcome; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.prediction_rows.outcome IS 'With T = timesteps: label ranks [1..T], spikes up to each time step [T+1..2T], synaptic operations up to it [2T+1..3T], predictions [3T+1..4T], of which the last is the first of the top classes [4T..]. Where a count needs more than 31 bits, upper halves of all spikes and operations follow, and those 31 bits of it stand as -1 less their number.';


--
-- Name: COLUMN prediction_rows.logits; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.prediction_rows.logits IS 'Margins by time step [1..T], then the scores of the top classes.';



--
-- Name: prediction_rows_00; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_00 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_01; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_01 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_02; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_02 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_03; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_03 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_04; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_04 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_05; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_05 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_06; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_06 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_07; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_07 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_08; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_08 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_09; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_09 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_10; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_10 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_11; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_11 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_12; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_12 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_13; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_13 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_14; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_14 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_15; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_15 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_16; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_16 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_17; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_17 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_18; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_18 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_19; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_19 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_20; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_20 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_21; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_21 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_22; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_22 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_23; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_23 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_24; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_24 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_25; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_25 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_26; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_26 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_27; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_27 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_28; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_28 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_29; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_29 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_30; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_30 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: prediction_rows_31; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.prediction_rows_31 (
    run_id integer NOT NULL,
    ordinal integer NOT NULL,
    label integer NOT NULL,
    shard integer NOT NULL,
    decode_us integer NOT NULL,
    preprocess_us integer NOT NULL,
    inference_us integer NOT NULL,
    total_us integer NOT NULL,
    timesteps smallint NOT NULL,
    outcome integer[] NOT NULL,
    logits real[] NOT NULL,
    CONSTRAINT prediction_rows_check CHECK ((cardinality(logits) > timesteps)),
    CONSTRAINT prediction_rows_check1 CHECK ((((cardinality(outcome) - cardinality(logits)) = ((3 * timesteps) - 1)) OR ((cardinality(outcome) - cardinality(logits)) = ((5 * timesteps) - 1)))),
    CONSTRAINT prediction_rows_timesteps_check CHECK ((timesteps > 0))
);


--
-- Name: shard_activity; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.shard_activity (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
)
PARTITION BY HASH (run_id);


--
-- Name: TABLE shard_activity; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.shard_activity IS 'Sums over a shard''s images, the rows of the view layer_activity.';


--
-- Name: COLUMN shard_activity.counts; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.shard_activity.counts IS 'By layer, then time step: spikes of a LIF group, synaptic operations of a synaptic layer. Element layer * T + t, from 1.';


--
-- Name: COLUMN shard_activity.effective; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.shard_activity.effective IS 'By synaptic layer, then time step: its operations with each input that is not 0 counted once. Empty where no layer reads counts or means, null of older rows.';


--
-- Name: shard_activity_00; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_00 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_01; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_01 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_02; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_02 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_03; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_03 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_04; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_04 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_05; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_05 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_06; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_06 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_07; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_07 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_08; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_08 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_09; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_09 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_10; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_10 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_11; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_11 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_12; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_12 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_13; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_13 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_14; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_14 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_15; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_15 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_16; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_16 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_17; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_17 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_18; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_18 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_19; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_19 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_20; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_20 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_21; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_21 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_22; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_22 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_23; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_23 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_24; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_24 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_25; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_25 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_26; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_26 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_27; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_27 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_28; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_28 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_29; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_29 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_30; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_30 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: shard_activity_31; Type: TABLE; Schema: partitions; Owner: -
--

CREATE TABLE partitions.shard_activity_31 (
    run_id integer NOT NULL,
    shard integer NOT NULL,
    images integer NOT NULL,
    counts bigint[] NOT NULL,
    effective bigint[],
    CONSTRAINT shard_activity_images_check CHECK ((images > 0))
);


--
-- Name: runs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.runs (
    run_id bigint NOT NULL,
    model_id bigint NOT NULL,
    dataset_id bigint NOT NULL,
    timesteps integer NOT NULL,
    engine text NOT NULL,
    preprocessing text NOT NULL,
    pixel_limit bigint NOT NULL,
    version text NOT NULL,
    shard_size integer NOT NULL,
    images_expected integer NOT NULL,
    max_attempts integer NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    state text DEFAULT 'running'::text NOT NULL,
    submitted_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    next_shard integer DEFAULT 0 NOT NULL,
    is_newest boolean DEFAULT true NOT NULL,
    pruned_at timestamp with time zone,
    only_listed_classes boolean DEFAULT false NOT NULL,
    CONSTRAINT runs_end_check CHECK (((finished_at IS NOT NULL) = (state = ANY (ARRAY['finished'::text, 'cancelled'::text])))),
    CONSTRAINT runs_images_expected_check CHECK ((images_expected > 0)),
    CONSTRAINT runs_max_attempts_check CHECK ((max_attempts > 0)),
    CONSTRAINT runs_shard_size_check CHECK ((shard_size > 0)),
    CONSTRAINT runs_state_check CHECK ((state = ANY (ARRAY['running'::text, 'paused'::text, 'finished'::text, 'cancelled'::text])))
);


--
-- Name: COLUMN runs.next_shard; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.next_shard IS 'The number of the next shard that is made of others'' images.';


--
-- Name: COLUMN runs.is_newest; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.is_newest IS 'No later run has the same model, images, time steps and arithmetic: the one that a submission takes up.';


--
-- Name: COLUMN runs.pruned_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.pruned_at IS 'When the run''s rows were removed and its report was kept.';


--
-- Name: COLUMN runs.only_listed_classes; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.runs.only_listed_classes IS 'Logits of classes that the data set has no image of were left out.';


--
-- Name: anytime_accuracy; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.anytime_accuracy AS
 SELECT r.run_id,
    t.timestep,
    COALESCE(p.images, (0)::bigint) AS images,
    COALESCE(p.top1_correct, (0)::bigint) AS top1_correct,
    ((p.top1_correct)::double precision / (NULLIF(p.images, 0))::double precision) AS top1_accuracy,
    COALESCE(p.top5_correct, (0)::bigint) AS top5_correct,
    ((p.top5_correct)::double precision / (NULLIF(p.images, 0))::double precision) AS top5_accuracy,
    (p.spikes / (NULLIF(p.images, 0))::double precision) AS spikes_per_image,
    (p.synops / (NULLIF(p.images, 0))::double precision) AS synops_per_image,
    public.wilson_low(p.top1_correct, p.images) AS top1_low,
    public.wilson_high(p.top1_correct, p.images) AS top1_high,
    public.wilson_low(p.top5_correct, p.images) AS top5_low,
    public.wilson_high(p.top5_correct, p.images) AS top5_high
   FROM ((public.runs r
     CROSS JOIN LATERAL generate_series(1, r.timesteps) t(timestep))
     LEFT JOIN LATERAL ( SELECT s.timestep,
            count(*) AS images,
            count(*) FILTER (WHERE (s.label_rank < 1)) AS top1_correct,
            count(*) FILTER (WHERE (s.label_rank < 5)) AS top5_correct,
            sum(s.spikes) AS spikes,
            sum(s.synops) AS synops
           FROM ( SELECT u.timestep,
                    q.outcome[u.timestep] AS label_rank,
                    (public.spikes_so_far(q.outcome, q.logits, q.timesteps, u.timestep))::double precision AS spikes,
                    (public.synops_so_far(q.outcome, q.logits, q.timesteps, u.timestep))::double precision AS synops
                   FROM (( SELECT prediction_rows.outcome[1:] AS outcome,
                            prediction_rows.logits,
                            (prediction_rows.timesteps)::integer AS timesteps
                           FROM public.prediction_rows
                          WHERE (prediction_rows.run_id = r.run_id)
                         OFFSET 0) q
                     CROSS JOIN LATERAL generate_series(1, r.timesteps) u(timestep))
                 OFFSET 0) s
          GROUP BY s.timestep) p ON ((p.timestep = t.timestep)));


--
-- Name: VIEW anytime_accuracy; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.anytime_accuracy IS 'What a run with only so many time steps would have predicted, with Wilson intervals, and what it would have cost.';


--
-- Name: certificates; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.certificates (
    model_sha256 bytea NOT NULL,
    engine text NOT NULL,
    timesteps integer NOT NULL,
    version text NOT NULL,
    grade text NOT NULL,
    equal_to_engine boolean,
    certificate jsonb NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    network text DEFAULT ''::text NOT NULL,
    CONSTRAINT certificates_engine_check CHECK ((engine <> ''::text)),
    CONSTRAINT certificates_grade_check CHECK ((grade = ANY (ARRAY['strict'::text, 'multiplying'::text, 'unproven'::text]))),
    CONSTRAINT certificates_model_sha256_check CHECK ((octet_length(model_sha256) = 32)),
    CONSTRAINT certificates_timesteps_check CHECK ((timesteps > 0)),
    CONSTRAINT certificates_version_check CHECK ((version <> ''::text))
);


--
-- Name: TABLE certificates; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.certificates IS 'What was multiplied in a model''s inference, counted by evalctl audit; the newest of each engine, time steps and version.';


--
-- Name: COLUMN certificates.grade; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.certificates.grade IS 'strict: nothing after the first convolution; multiplying: something; unproven: the engine gave something else than what was counted.';


--
-- Name: COLUMN certificates.equal_to_engine; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.certificates.equal_to_engine IS 'Whether the counted run gave the engine''s spikes and logits; null where counts are derived.';


--
-- Name: COLUMN certificates.certificate; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.certificates.certificate IS 'The whole certificate, as evalctl audit --format json prints it.';


--
-- Name: COLUMN certificates.network; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.certificates.network IS 'As models.network: which reading of the weights was audited.';


--
-- Name: checkpoint_chunks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.checkpoint_chunks (
    sha256 bytea NOT NULL,
    ordinal integer NOT NULL,
    data bytea NOT NULL
);
ALTER TABLE ONLY public.checkpoint_chunks ALTER COLUMN data SET STORAGE EXTERNAL;


--
-- Name: TABLE checkpoint_chunks; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.checkpoint_chunks IS 'The checkpoint files themselves, cut into pieces, by the hash of the whole file.';


--
-- Name: dataset_classes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.dataset_classes (
    dataset_id bigint NOT NULL,
    class integer NOT NULL,
    name text NOT NULL,
    title text
);


--
-- Name: COLUMN dataset_classes.title; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.dataset_classes.title IS 'What people call the class, where a table of synsets told; views prefer it to the name.';


--
-- Name: class_accuracy; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.class_accuracy AS
 SELECT r.run_id,
    p.label AS class,
    COALESCE(c.title, c.name) AS class_name,
    p.images,
    p.top1_correct,
    ((p.top1_correct)::double precision / (p.images)::double precision) AS top1_accuracy,
    p.top5_correct,
    ((p.top5_correct)::double precision / (p.images)::double precision) AS top5_accuracy,
    public.wilson_low(p.top1_correct, p.images) AS top1_low,
    public.wilson_high(p.top1_correct, p.images) AS top1_high,
    public.wilson_low(p.top5_correct, p.images) AS top5_low,
    public.wilson_high(p.top5_correct, p.images) AS top5_high
   FROM ((public.runs r
     CROSS JOIN LATERAL ( SELECT e.label,
            count(*) AS images,
            count(*) FILTER (WHERE (e.label_rank < 1)) AS top1_correct,
            count(*) FILTER (WHERE (e.label_rank < 5)) AS top5_correct
           FROM ( SELECT prediction_rows.label,
                    prediction_rows.outcome[prediction_rows.timesteps] AS label_rank
                   FROM public.prediction_rows
                  WHERE (prediction_rows.run_id = r.run_id)
                 OFFSET 0) e
          GROUP BY e.label) p)
     LEFT JOIN public.dataset_classes c ON (((c.dataset_id = r.dataset_id) AND (c.class = p.label))));


--
-- Name: VIEW class_accuracy; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.class_accuracy IS 'One row a class that has evaluated images, with Wilson intervals.';


--
-- Name: image_costs; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.image_costs AS
 SELECT r.run_id,
    p.ordinal,
    p.label,
    p.correct,
    p.spikes,
    p.synops,
    p.inference_us
   FROM (public.runs r
     CROSS JOIN LATERAL ( SELECT e.ordinal,
            e.label,
            e.correct,
            e.inference_us,
                CASE
                    WHEN (e.spikes >= 0) THEN (e.spikes)::bigint
                    ELSE public.spikes_so_far(e.outcome, e.logits, (e.timesteps)::integer, (e.timesteps)::integer)
                END AS spikes,
                CASE
                    WHEN (e.synops >= 0) THEN (e.synops)::bigint
                    ELSE public.synops_so_far(e.outcome, e.logits, (e.timesteps)::integer, (e.timesteps)::integer)
                END AS synops
           FROM ( SELECT prediction_rows.ordinal,
                    prediction_rows.label,
                    (prediction_rows.outcome[(4 * prediction_rows.timesteps)] = prediction_rows.label) AS correct,
                    prediction_rows.inference_us,
                    prediction_rows.outcome[(2 * prediction_rows.timesteps)] AS spikes,
                    prediction_rows.outcome[(3 * prediction_rows.timesteps)] AS synops,
                    prediction_rows.outcome,
                    prediction_rows.logits,
                    prediction_rows.timesteps
                   FROM public.prediction_rows
                  WHERE (prediction_rows.run_id = r.run_id)
                 OFFSET 0) e
         OFFSET 0) p);


--
-- Name: VIEW image_costs; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.image_costs IS 'One row an image: its spikes and synaptic operations over all time steps.';


--
-- Name: class_costs; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.class_costs AS
 SELECT r.run_id,
    p.label AS class,
    COALESCE(c.title, c.name) AS class_name,
    p.images,
    p.spikes_per_image,
    p.synops_per_image,
    p.top1_accuracy
   FROM ((public.runs r
     CROSS JOIN LATERAL ( SELECT image_costs.label,
            count(*) AS images,
            avg((image_costs.spikes)::double precision) AS spikes_per_image,
            avg((image_costs.synops)::double precision) AS synops_per_image,
            (avg((image_costs.correct)::integer))::double precision AS top1_accuracy
           FROM public.image_costs
          WHERE (image_costs.run_id = r.run_id)
          GROUP BY image_costs.label) p)
     LEFT JOIN public.dataset_classes c ON (((c.dataset_id = r.dataset_id) AND (c.class = p.label))));


--
-- Name: VIEW class_costs; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.class_costs IS 'What an image of each class costs, on average.';


--
-- Name: shards; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.shards (
    run_id bigint NOT NULL,
    shard integer NOT NULL,
    first_ordinal integer NOT NULL,
    image_count integer NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    attempt integer DEFAULT 1 NOT NULL,
    not_before timestamp with time zone DEFAULT now() NOT NULL,
    published_at timestamp with time zone,
    claimed_at timestamp with time zone,
    lease_token uuid,
    lease_expires_at timestamp with time zone,
    worker_id bigint,
    speculative boolean DEFAULT false NOT NULL,
    split_from integer,
    finished_at timestamp with time zone,
    failures integer DEFAULT 0 NOT NULL,
    transient_failures integer DEFAULT 0 NOT NULL,
    publications integer DEFAULT 0 NOT NULL,
    backup_token uuid,
    backup_worker_id bigint,
    backup_expires_at timestamp with time zone,
    images_redone integer DEFAULT 0 NOT NULL,
    dead_letter_sent_at timestamp with time zone,
    dropped_at timestamp with time zone,
    images_evaluated integer DEFAULT 0 NOT NULL,
    top1_correct integer DEFAULT 0 NOT NULL,
    top5_correct integer DEFAULT 0 NOT NULL,
    images_computed integer DEFAULT 0 NOT NULL,
    CONSTRAINT shards_backup_check CHECK (((num_nonnulls(backup_token, backup_worker_id, backup_expires_at) = ANY (ARRAY[0, 3])) AND ((backup_token IS NULL) OR (state = 'running'::text)))),
    CONSTRAINT shards_end_check CHECK (((finished_at IS NOT NULL) = (state = ANY (ARRAY['done'::text, 'split'::text, 'dead'::text, 'cancelled'::text])))),
    CONSTRAINT shards_image_count_check CHECK ((image_count > 0)),
    CONSTRAINT shards_images_computed_check CHECK ((images_computed >= 0)),
    CONSTRAINT shards_lease_check CHECK (
CASE state
    WHEN 'running'::text THEN (num_nulls(lease_token, lease_expires_at, worker_id) = 0)
    WHEN 'done'::text THEN true
    ELSE (num_nonnulls(lease_token, lease_expires_at) = 0)
END),
    CONSTRAINT shards_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'published'::text, 'running'::text, 'done'::text, 'split'::text, 'dead'::text, 'cancelled'::text])))
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_threshold='500');


--
-- Name: COLUMN shards.lease_token; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.shards.lease_token IS 'Proof of the claim. It stays after the store, so that a worker whose COMMIT went unanswered can tell.';


--
-- Name: COLUMN shards.speculative; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.shards.speculative IS 'A second worker is invited to the shard, which is late.';


--
-- Name: COLUMN shards.failures; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.shards.failures IS 'Attempts that crashed, hung, or failed for the shard''s own sake; these are limited by runs.max_attempts.';


--
-- Name: COLUMN shards.transient_failures; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.shards.transient_failures IS 'Attempts that failed because something around the shard was missing.';


--
-- Name: COLUMN shards.publications; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.shards.publications IS 'How often a message for the present attempt was sent.';


--
-- Name: COLUMN shards.backup_token; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.shards.backup_token IS 'The second worker''s lease; the first of the two to store counts.';


--
-- Name: COLUMN shards.images_redone; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.shards.images_redone IS 'Images of this shard that failed and were given to later shards.';


--
-- Name: COLUMN shards.dropped_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.shards.dropped_at IS 'When somebody took a dead shard off the list of dead letters; its images stay failures.';


--
-- Name: COLUMN shards.images_evaluated; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.shards.images_evaluated IS 'Images that the shard has predictions of.';


--
-- Name: COLUMN shards.images_computed; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.shards.images_computed IS 'Images that the present attempt has computed and not stored yet, as its worker says with each renewal of the lease.';


--
-- Name: predictions; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.predictions AS
 SELECT p.run_id,
    p.ordinal,
    p.label,
    p.shard,
    p.outcome[(4 * p.timesteps):(((3 * p.timesteps) - 1) + cardinality(p.logits))] AS top5,
    p.logits[(p.timesteps + 1):] AS scores,
    p.outcome[((3 * p.timesteps) + 1):(4 * p.timesteps)] AS timestep_top1,
    p.outcome[1:p.timesteps] AS timestep_label_rank,
    p.logits[1:p.timesteps] AS timestep_margin,
    public.steps_of(public.counts_so_far(p.outcome, (p.timesteps + 1), ((3 * p.timesteps) + cardinality(p.logits)), (p.timesteps)::integer)) AS timestep_spikes,
    public.steps_of(public.counts_so_far(p.outcome, ((2 * p.timesteps) + 1), ((4 * p.timesteps) + cardinality(p.logits)), (p.timesteps)::integer)) AS timestep_synops,
    p.decode_us,
    p.preprocess_us,
    p.inference_us,
    p.total_us,
    ( SELECT s.worker_id
           FROM public.shards s
          WHERE ((s.run_id = p.run_id) AND (s.shard = p.shard))) AS worker_id,
    public.spikes_so_far(p.outcome, p.logits, (p.timesteps)::integer, (p.timesteps)::integer) AS spikes,
    public.synops_so_far(p.outcome, p.logits, (p.timesteps)::integer, (p.timesteps)::integer) AS synops,
    (p.timesteps)::integer AS timesteps,
    p.outcome[(4 * p.timesteps)] AS predicted,
    p.outcome[p.timesteps] AS label_rank,
    p.logits[p.timesteps] AS margin
   FROM public.prediction_rows p;


--
-- Name: VIEW predictions; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.predictions IS 'One row an image of a run: what the network said of it, and what that took.';


--
-- Name: COLUMN predictions.top5; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.predictions.top5 IS 'Classes by falling score (at most five), of the mean of logits over all time steps; ties go to the lower class.';


--
-- Name: COLUMN predictions.timestep_top1; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.predictions.timestep_top1 IS 'Element t: the prediction of a run with t time steps.';


--
-- Name: COLUMN predictions.timestep_label_rank; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.predictions.timestep_label_rank IS 'Element t: how many classes rank before the label after t time steps; 0 is a top-1 hit, below 5 a top-5 hit.';


--
-- Name: COLUMN predictions.timestep_margin; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.predictions.timestep_margin IS 'Element t: best less second-best mean logit after t time steps.';


--
-- Name: COLUMN predictions.timestep_spikes; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.predictions.timestep_spikes IS 'Element t: spikes of all LIF groups in time step t alone.';


--
-- Name: COLUMN predictions.timestep_synops; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.predictions.timestep_synops IS 'Element t: synaptic operations of all layers in time step t alone.';


--
-- Name: COLUMN predictions.spikes; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.predictions.spikes IS 'Spikes of all LIF groups and time steps.';


--
-- Name: COLUMN predictions.synops; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.predictions.synops IS 'Synaptic operations of all layers and time steps.';


--
-- Name: COLUMN predictions.predicted; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.predictions.predicted IS 'The class of the highest score.';


--
-- Name: COLUMN predictions.label_rank; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.predictions.label_rank IS 'How many classes rank before the label after all time steps; 0 is a top-1 hit, below 5 a top-5 hit.';


--
-- Name: COLUMN predictions.margin; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.predictions.margin IS 'Best less second-best mean logit after all time steps.';


--
-- Name: confusion; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.confusion AS
 SELECT r.run_id,
    p.label,
    COALESCE(l.title, l.name) AS label_name,
    p.predicted,
    COALESCE(g.title, g.name) AS predicted_name,
    p.images
   FROM (((public.runs r
     CROSS JOIN LATERAL ( SELECT predictions.label,
            predictions.predicted,
            count(*) AS images
           FROM public.predictions
          WHERE (predictions.run_id = r.run_id)
          GROUP BY predictions.label, predictions.predicted) p)
     LEFT JOIN public.dataset_classes l ON (((l.dataset_id = r.dataset_id) AND (l.class = p.label))))
     LEFT JOIN public.dataset_classes g ON (((g.dataset_id = r.dataset_id) AND (g.class = p.predicted))));


--
-- Name: VIEW confusion; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.confusion IS 'One row a pair of label and prediction that occurs.';


--
-- Name: confused_pairs; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.confused_pairs AS
 SELECT confusion.run_id,
    LEAST(confusion.label, confusion.predicted) AS class,
    GREATEST(confusion.label, confusion.predicted) AS other,
    min(
        CASE
            WHEN (confusion.label < confusion.predicted) THEN confusion.label_name
            ELSE confusion.predicted_name
        END) AS class_name,
    min(
        CASE
            WHEN (confusion.label < confusion.predicted) THEN confusion.predicted_name
            ELSE confusion.label_name
        END) AS other_name,
    (sum(confusion.images))::bigint AS images,
    (COALESCE(sum(confusion.images) FILTER (WHERE (confusion.label < confusion.predicted)), (0)::numeric))::bigint AS class_as_other,
    (COALESCE(sum(confusion.images) FILTER (WHERE (confusion.label > confusion.predicted)), (0)::numeric))::bigint AS other_as_class
   FROM public.confusion
  WHERE (confusion.label <> confusion.predicted)
  GROUP BY confusion.run_id, LEAST(confusion.label, confusion.predicted), GREATEST(confusion.label, confusion.predicted);


--
-- Name: VIEW confused_pairs; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.confused_pairs IS 'One row a pair of classes that are taken for each other, both ways together.';


--
-- Name: coordinators; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.coordinators (
    coordinator_id bigint NOT NULL,
    host text NOT NULL,
    process_id integer NOT NULL,
    version text NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    last_heartbeat_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: coordinators_coordinator_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.coordinators ALTER COLUMN coordinator_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.coordinators_coordinator_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: cost_distribution; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.cost_distribution AS
 SELECT r.run_id,
    q.quantity,
    q.images,
    q.mean,
    q.deviation,
    q.quantiles[1] AS minimum,
    q.quantiles[2] AS p5,
    q.quantiles[3] AS p25,
    q.quantiles[4] AS p50,
    q.quantiles[5] AS p75,
    q.quantiles[6] AS p95,
    q.quantiles[7] AS maximum
   FROM ((public.runs r
     CROSS JOIN LATERAL ( SELECT count(*) AS images,
            avg((image_costs.spikes)::double precision) AS mean_spikes,
            avg((image_costs.synops)::double precision) AS mean_synops,
            stddev_samp((image_costs.spikes)::double precision) AS deviation_spikes,
            stddev_samp((image_costs.synops)::double precision) AS deviation_synops,
            percentile_disc((ARRAY[(0)::numeric, 0.05, 0.25, 0.5, 0.75, 0.95, (1)::numeric])::double precision[]) WITHIN GROUP (ORDER BY image_costs.spikes) AS spikes,
            percentile_disc((ARRAY[(0)::numeric, 0.05, 0.25, 0.5, 0.75, 0.95, (1)::numeric])::double precision[]) WITHIN GROUP (ORDER BY image_costs.synops) AS synops
           FROM public.image_costs
          WHERE (image_costs.run_id = r.run_id)) p)
     CROSS JOIN LATERAL ( VALUES ('spikes'::text,p.images,p.mean_spikes,p.deviation_spikes,p.spikes), ('synops'::text,p.images,p.mean_synops,p.deviation_synops,p.synops)) q(quantity, images, mean, deviation, quantiles))
  WHERE (p.images > 0);


--
-- Name: VIEW cost_distribution; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.cost_distribution IS 'Spikes and synaptic operations per image: mean, standard deviation and percentiles that occurred.';


--
-- Name: datasets; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.datasets (
    dataset_id bigint NOT NULL,
    name text NOT NULL,
    root text NOT NULL,
    labels text NOT NULL,
    images integer NOT NULL,
    classes integer NOT NULL,
    manifest_sha256 bytea NOT NULL,
    added_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT datasets_classes_check CHECK ((classes > 0)),
    CONSTRAINT datasets_images_check CHECK ((images > 0)),
    CONSTRAINT datasets_manifest_sha256_check CHECK ((length(manifest_sha256) = 32)),
    CONSTRAINT datasets_name_check CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'::text))
);


--
-- Name: TABLE datasets; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.datasets IS 'Image data sets by name and manifest; the newest row of a name is the one a new run takes.';


--
-- Name: COLUMN datasets.root; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.datasets.root IS 'An absolute path, or an https:// or s3:// address, of a folder or of archives; without credentials, which workers take from their environment.';


--
-- Name: datasets_dataset_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.datasets ALTER COLUMN dataset_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.datasets_dataset_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: image_failures; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.image_failures (
    run_id bigint NOT NULL,
    ordinal integer NOT NULL,
    shard integer NOT NULL,
    code text NOT NULL,
    message text NOT NULL,
    worker_id bigint,
    failed_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: images; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.images (
    dataset_id bigint NOT NULL,
    ordinal integer NOT NULL,
    path text NOT NULL,
    label integer NOT NULL,
    bytes bigint NOT NULL,
    sha256 bytea NOT NULL,
    container text,
    byte_offset bigint,
    CONSTRAINT images_place_check CHECK ((((container IS NULL) = (byte_offset IS NULL)) AND ((byte_offset IS NULL) OR (byte_offset >= 0)) AND ((container IS NULL) OR ((container !~ '(^|/)\.\.?(/|$)'::text) AND (container !~ '^/'::text) AND (container !~ '//'::text) AND (container !~ '/$'::text))))),
    CONSTRAINT images_sha256_check CHECK ((length(sha256) = 32))
);


--
-- Name: TABLE images; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.images IS 'The manifest: one row an image, in the order every report and export keeps.';


--
-- Name: COLUMN images.container; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.images.container IS 'The archive that holds the image, below the data set''s root; empty where the root is the archive; NULL for a file of its own.';


--
-- Name: COLUMN images.byte_offset; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.images.byte_offset IS 'The image''s first byte in its archive, from 0; as many follow as bytes says.';


--
-- Name: shard_attempts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.shard_attempts (
    run_id bigint NOT NULL,
    shard integer NOT NULL,
    attempt integer NOT NULL,
    worker_id bigint,
    outcome text NOT NULL,
    code text NOT NULL,
    message text NOT NULL,
    claimed_at timestamp with time zone,
    ended_at timestamp with time zone DEFAULT now() NOT NULL,
    class text DEFAULT 'unknown'::text NOT NULL,
    CONSTRAINT shard_attempts_class_check CHECK ((class = ANY (ARRAY['transient'::text, 'permanent'::text, 'unknown'::text]))),
    CONSTRAINT shard_attempts_outcome_check CHECK ((outcome = ANY (ARRAY['expired'::text, 'failed'::text])))
);


--
-- Name: TABLE shard_attempts; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.shard_attempts IS 'Attempts that did not end in a store, and why.';


--
-- Name: dead_letters; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.dead_letters AS
 SELECT s.run_id,
    s.shard,
    s.first_ordinal,
    s.image_count,
    i.path,
    i.label,
    f.code,
    f.message,
    ( SELECT count(*) AS count
           FROM public.shard_attempts a
          WHERE ((a.run_id = s.run_id) AND (a.shard = s.shard))) AS attempts,
    s.finished_at AS died_at,
    s.dropped_at
   FROM (((public.shards s
     JOIN public.runs r USING (run_id))
     JOIN public.images i ON (((i.dataset_id = r.dataset_id) AND (i.ordinal = s.first_ordinal))))
     LEFT JOIN public.image_failures f ON (((f.run_id = s.run_id) AND (f.ordinal = s.first_ordinal))))
  WHERE (s.state = 'dead'::text);


--
-- Name: VIEW dead_letters; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.dead_letters IS 'Shards that were given up, nearly always one image: its file, and why.';


--
-- Name: declines; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.declines (
    run_id bigint NOT NULL,
    shard integer NOT NULL,
    worker_id bigint NOT NULL,
    code text NOT NULL,
    message text NOT NULL,
    declined_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: TABLE declines; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.declines IS 'Jobs that were offered to a worker that lately lacked something that their run needs, such as its images.';


--
-- Name: energy_costs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.energy_costs (
    name text NOT NULL,
    operation text NOT NULL,
    picojoules double precision NOT NULL,
    source text NOT NULL,
    CONSTRAINT energy_costs_name_check CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'::text)),
    CONSTRAINT energy_costs_operation_check CHECK ((operation = ANY (ARRAY['ac'::text, 'mac'::text]))),
    CONSTRAINT energy_costs_picojoules_check CHECK (((picojoules >= (0)::double precision) AND (picojoules < ('1000000000000'::numeric)::double precision)))
);


--
-- Name: TABLE energy_costs; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.energy_costs IS 'Energy of one accumulate (ac) and one multiply-accumulate (mac), by named table. Arithmetic alone: no memory traffic.';


--
-- Name: workers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.workers (
    worker_id bigint NOT NULL,
    host text NOT NULL,
    process_id integer NOT NULL,
    version text NOT NULL,
    instruction_set text NOT NULL,
    threads integer NOT NULL,
    state text DEFAULT 'running'::text NOT NULL,
    images_per_second double precision DEFAULT 0 NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    last_heartbeat_at timestamp with time zone DEFAULT now() NOT NULL,
    kernels text,
    drain_requested boolean DEFAULT false NOT NULL,
    problem text,
    can_work boolean DEFAULT true NOT NULL,
    unfit_datasets bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    CONSTRAINT workers_state_check CHECK ((state = ANY (ARRAY['running'::text, 'draining'::text, 'stopped'::text, 'gone'::text])))
);


--
-- Name: COLUMN workers.kernels; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.workers.kernels IS 'The kernels the worker''s engine runs on, by name.';


--
-- Name: COLUMN workers.drain_requested; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.workers.drain_requested IS 'Somebody asked the worker to end; it hears of it with its next heartbeat.';


--
-- Name: COLUMN workers.problem; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.workers.problem IS 'What keeps the worker from all or some work, in its own words; null where nothing does.';


--
-- Name: COLUMN workers.can_work; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.workers.can_work IS 'False while a problem keeps the worker from all work: it claims nothing, and nothing is published for it.';


--
-- Name: COLUMN workers.unfit_datasets; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.workers.unfit_datasets IS 'Data sets that are not whole on the worker''s machine.';


--
-- Name: failures; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.failures AS
 SELECT f.run_id,
    f.ordinal,
    i.path,
    i.label,
    f.code,
    f.message,
    w.host,
    f.failed_at
   FROM (((public.image_failures f
     JOIN public.runs r USING (run_id))
     JOIN public.images i ON (((i.dataset_id = r.dataset_id) AND (i.ordinal = f.ordinal))))
     LEFT JOIN public.workers w USING (worker_id));


--
-- Name: VIEW failures; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.failures IS 'Images of a run that have no prediction, and why.';


--
-- Name: figures_of_runs; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.figures_of_runs AS
 SELECT r.run_id,
    s.images_done,
    s.images_evaluated,
    (( SELECT count(*) AS count
           FROM public.image_failures f
          WHERE (f.run_id = r.run_id)))::integer AS images_failed,
    s.top1_correct,
    s.top5_correct,
    s.shards,
    s.shards_done,
    s.shards_dead,
    s.shards_split,
    s.shards_cancelled
   FROM (public.runs r
     CROSS JOIN LATERAL ( SELECT (COALESCE(sum((shards.image_count - shards.images_redone)) FILTER (WHERE (shards.state = ANY (ARRAY['done'::text, 'dead'::text]))), (0)::bigint))::integer AS images_done,
            (COALESCE(sum(shards.images_evaluated), (0)::bigint))::integer AS images_evaluated,
            (COALESCE(sum(shards.top1_correct), (0)::bigint))::integer AS top1_correct,
            (COALESCE(sum(shards.top5_correct), (0)::bigint))::integer AS top5_correct,
            (count(*) FILTER (WHERE (shards.state <> 'split'::text)))::integer AS shards,
            (count(*) FILTER (WHERE (shards.state = 'done'::text)))::integer AS shards_done,
            (count(*) FILTER (WHERE (shards.state = 'dead'::text)))::integer AS shards_dead,
            (count(*) FILTER (WHERE (shards.state = 'split'::text)))::integer AS shards_split,
            (count(*) FILTER (WHERE (shards.state = 'cancelled'::text)))::integer AS shards_cancelled
           FROM public.shards
          WHERE (shards.run_id = r.run_id)) s)
  WHERE ((r.state = ANY (ARRAY['finished'::text, 'cancelled'::text])) AND (r.pruned_at IS NULL));


--
-- Name: VIEW figures_of_runs; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.figures_of_runs IS 'What run_figures keeps of a run that has ended, counted.';


--
-- Name: model_layers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.model_layers (
    model_id bigint NOT NULL,
    layer integer NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    neurons bigint NOT NULL,
    CONSTRAINT model_layers_kind_check CHECK ((kind = ANY (ARRAY['lif'::text, 'synapse'::text])))
);


--
-- Name: TABLE model_layers; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.model_layers IS 'LIF groups and synaptic layers of a model, in the order of the data; neurons per image (a synaptic layer''s inputs).';


--
-- Name: firing_rates; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.firing_rates AS
 SELECT r.run_id,
    l.layer,
    l.name,
    ((((a.place - 1) % (r.timesteps)::bigint) + 1))::integer AS timestep,
    a.images,
    a.count AS spikes,
    (a.images * l.neurons) AS neurons,
    ((a.count)::double precision / (NULLIF((a.images * l.neurons), 0))::double precision) AS firing_rate
   FROM ((public.runs r
     CROSS JOIN LATERAL ( SELECT u.place,
            sum(s.images) AS images,
            (sum(u.count))::bigint AS count
           FROM (public.shard_activity s
             CROSS JOIN LATERAL unnest(s.counts) WITH ORDINALITY u(count, place))
          WHERE (s.run_id = r.run_id)
          GROUP BY u.place) a)
     CROSS JOIN LATERAL ( SELECT m.layer,
            m.name,
            m.neurons
           FROM public.model_layers m
          WHERE ((m.model_id = r.model_id) AND (m.layer = ((a.place - 1) / r.timesteps)) AND (m.kind = 'lif'::text))
         OFFSET 0) l);


--
-- Name: VIEW firing_rates; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.firing_rates IS 'Spikes per neuron, by LIF group and time step, over all images.';


--
-- Name: image_doubts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.image_doubts (
    dataset_id bigint NOT NULL,
    ordinal integer NOT NULL,
    worker_id bigint NOT NULL,
    code text NOT NULL,
    message text NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: TABLE image_doubts; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.image_doubts IS 'Images that a worker found missing or changed: its own fault, until a second worker finds the same.';


--
-- Name: label_set_labels; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.label_set_labels (
    label_set_id bigint NOT NULL,
    ordinal integer NOT NULL,
    labels integer[] NOT NULL
);


--
-- Name: TABLE label_set_labels; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.label_set_labels IS 'The accepted classes of an image; an image without any leaves the denominator.';


--
-- Name: label_sets; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.label_sets (
    label_set_id bigint NOT NULL,
    dataset_id bigint NOT NULL,
    name text NOT NULL,
    sha256 bytea NOT NULL,
    added_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT label_sets_name_check CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'::text)),
    CONSTRAINT label_sets_sha256_check CHECK ((length(sha256) = 32))
);


--
-- Name: TABLE label_sets; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.label_sets IS 'Further labels of a data set, such as ImageNet-ReaL; the hash is that of the file they came from.';


--
-- Name: label_set_accuracy; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.label_set_accuracy AS
 SELECT r.run_id,
    s.name AS label_set,
    p.images,
    p.top1_correct,
    ((p.top1_correct)::double precision / (NULLIF(p.images, 0))::double precision) AS top1_accuracy,
    p.top5_correct,
    ((p.top5_correct)::double precision / (NULLIF(p.images, 0))::double precision) AS top5_accuracy,
    public.wilson_low(p.top1_correct, p.images) AS top1_low,
    public.wilson_high(p.top1_correct, p.images) AS top1_high,
    public.wilson_low(p.top5_correct, p.images) AS top5_low,
    public.wilson_high(p.top5_correct, p.images) AS top5_high
   FROM ((public.runs r
     JOIN public.label_sets s USING (dataset_id))
     CROSS JOIN LATERAL ( SELECT count(*) AS images,
            count(*) FILTER (WHERE (predictions.predicted = ANY (label_set_labels.labels))) AS top1_correct,
            count(*) FILTER (WHERE (predictions.top5 && label_set_labels.labels)) AS top5_correct
           FROM (public.predictions
             JOIN public.label_set_labels USING (ordinal))
          WHERE ((predictions.run_id = r.run_id) AND (label_set_labels.label_set_id = s.label_set_id) AND (cardinality(label_set_labels.labels) > 0))) p);


--
-- Name: VIEW label_set_accuracy; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.label_set_accuracy IS 'Accuracy by the further labels of the run''s data set: any accepted class is right, an image without one is not counted.';


--
-- Name: label_sets_label_set_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.label_sets ALTER COLUMN label_set_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.label_sets_label_set_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: latency_histogram; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.latency_histogram AS
 SELECT r.run_id,
    p.phase,
    p.bin,
    power((10)::double precision, ((p.bin)::double precision / (20.0)::double precision)) AS low_us,
    power((10)::double precision, (((p.bin + 1))::double precision / (20.0)::double precision)) AS high_us,
    p.images
   FROM (public.runs r
     CROSS JOIN LATERAL ( SELECT 'decode'::text AS phase,
            (floor(((20)::double precision * log((GREATEST(p_1.decode_us, 1))::double precision))))::integer AS bin,
            count(*) AS images
           FROM public.prediction_rows p_1
          WHERE (p_1.run_id = r.run_id)
          GROUP BY ((floor(((20)::double precision * log((GREATEST(p_1.decode_us, 1))::double precision))))::integer)
        UNION ALL
         SELECT 'preprocess'::text,
            (floor(((20)::double precision * log((GREATEST(p_1.preprocess_us, 1))::double precision))))::integer AS floor,
            count(*) AS count
           FROM public.prediction_rows p_1
          WHERE (p_1.run_id = r.run_id)
          GROUP BY ((floor(((20)::double precision * log((GREATEST(p_1.preprocess_us, 1))::double precision))))::integer)
        UNION ALL
         SELECT 'inference'::text,
            (floor(((20)::double precision * log((GREATEST(p_1.inference_us, 1))::double precision))))::integer AS floor,
            count(*) AS count
           FROM public.prediction_rows p_1
          WHERE (p_1.run_id = r.run_id)
          GROUP BY ((floor(((20)::double precision * log((GREATEST(p_1.inference_us, 1))::double precision))))::integer)
        UNION ALL
         SELECT 'total'::text,
            (floor(((20)::double precision * log((GREATEST(p_1.total_us, 1))::double precision))))::integer AS floor,
            count(*) AS count
           FROM public.prediction_rows p_1
          WHERE (p_1.run_id = r.run_id)
          GROUP BY ((floor(((20)::double precision * log((GREATEST(p_1.total_us, 1))::double precision))))::integer)) p);


--
-- Name: VIEW latency_histogram; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.latency_histogram IS 'Images by time per phase, in bins from low_us to below high_us, twenty to a power of ten; the first begins at one microsecond. Empty bins have no row.';


--
-- Name: latency_percentiles; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.latency_percentiles AS
 SELECT r.run_id,
    q.phase,
    q.percentiles[1] AS p50_us,
    q.percentiles[2] AS p90_us,
    q.percentiles[3] AS p99_us,
    q.percentiles[4] AS max_us
   FROM ((public.runs r
     CROSS JOIN LATERAL ( SELECT percentile_disc((ARRAY[0.5, 0.9, 0.99, 1.0])::double precision[]) WITHIN GROUP (ORDER BY p_1.decode_us) AS decode,
            percentile_disc((ARRAY[0.5, 0.9, 0.99, 1.0])::double precision[]) WITHIN GROUP (ORDER BY p_1.preprocess_us) AS preprocess,
            percentile_disc((ARRAY[0.5, 0.9, 0.99, 1.0])::double precision[]) WITHIN GROUP (ORDER BY p_1.inference_us) AS inference,
            percentile_disc((ARRAY[0.5, 0.9, 0.99, 1.0])::double precision[]) WITHIN GROUP (ORDER BY p_1.total_us) AS total
           FROM public.prediction_rows p_1
          WHERE (p_1.run_id = r.run_id)) p)
     CROSS JOIN LATERAL ( VALUES (1,'decode'::text,p.decode), (2,'preprocess'::text,p.preprocess), (3,'inference'::text,p.inference), (4,'total'::text,p.total)) q("position", phase, percentiles))
  WHERE (q.percentiles IS NOT NULL);


--
-- Name: VIEW latency_percentiles; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.latency_percentiles IS 'Microseconds per image and phase, one worker thread.';


--
-- Name: layer_activity; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.layer_activity AS
 SELECT a.run_id,
    a.shard,
    l.layer,
    ((((u.place - 1) % (r.timesteps)::bigint) + 1))::integer AS timestep,
    a.images,
        CASE l.kind
            WHEN 'lif'::text THEN u.count
            ELSE (0)::bigint
        END AS spikes,
        CASE l.kind
            WHEN 'lif'::text THEN (l.neurons * a.images)
            ELSE (0)::bigint
        END AS neurons,
        CASE l.kind
            WHEN 'lif'::text THEN (0)::bigint
            ELSE u.count
        END AS synops
   FROM (((public.shard_activity a
     JOIN public.runs r ON ((r.run_id = a.run_id)))
     CROSS JOIN LATERAL unnest(a.counts) WITH ORDINALITY u(count, place))
     CROSS JOIN LATERAL ( SELECT m.layer,
            m.kind,
            m.neurons
           FROM public.model_layers m
          WHERE ((m.model_id = r.model_id) AND (m.layer = ((u.place - 1) / r.timesteps)))
         OFFSET 0) l);


--
-- Name: VIEW layer_activity; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.layer_activity IS 'Sums over a shard''s images: spikes and neurons of a LIF group, synaptic operations of a synaptic layer.';


--
-- Name: layer_firing; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.layer_firing AS
 SELECT firing_rates.run_id,
    firing_rates.layer,
    firing_rates.name,
    max((firing_rates.neurons / NULLIF(firing_rates.images, 0))) AS neurons,
    (((sum(firing_rates.spikes))::double precision / (NULLIF(sum(firing_rates.images), (0)::numeric))::double precision) * (count(*))::double precision) AS spikes_per_image,
    ((sum(firing_rates.spikes))::double precision / (NULLIF(sum(firing_rates.neurons), (0)::numeric))::double precision) AS firing_rate,
    array_agg(firing_rates.firing_rate ORDER BY firing_rates.timestep) AS timestep_firing_rate,
    COALESCE(array_agg(firing_rates.timestep ORDER BY firing_rates.timestep) FILTER (WHERE (firing_rates.spikes = 0)), ARRAY[]::integer[]) AS silent_timesteps,
        CASE
            WHEN (sum(firing_rates.spikes) < (0.001 * sum(firing_rates.neurons))) THEN 'silent'::text
            WHEN (sum(firing_rates.spikes) > (0.9 * sum(firing_rates.neurons))) THEN 'saturated'::text
            ELSE 'active'::text
        END AS state
   FROM public.firing_rates
  GROUP BY firing_rates.run_id, firing_rates.layer, firing_rates.name;


--
-- Name: VIEW layer_firing; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.layer_firing IS 'One row a LIF group: silent below one spike per thousand neurons and time steps, saturated above nine in ten, active between.';


--
-- Name: leadership; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.leadership (
    singleton boolean DEFAULT true NOT NULL,
    coordinator_id bigint,
    term bigint DEFAULT 0 NOT NULL,
    expires_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    CONSTRAINT leadership_singleton_check CHECK (singleton)
);


--
-- Name: TABLE leadership; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.leadership IS 'The coordinator that leads until expires_at, by the database''s clock, unless it renews before. One row.';


--
-- Name: COLUMN leadership.term; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.leadership.term IS 'Grows whenever another coordinator takes over.';


--
-- Name: message_failures; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.message_failures (
    message_failure_id bigint NOT NULL,
    message text NOT NULL,
    worker_id bigint,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    source text NOT NULL,
    messages bigint NOT NULL,
    CONSTRAINT message_failures_messages_check CHECK ((messages > 0))
);


--
-- Name: TABLE message_failures; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.message_failures IS 'Job messages that could not be read, and were skipped: one row a worker and minute at most, with the newest as an example.';


--
-- Name: message_failures_message_failure_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.message_failures ALTER COLUMN message_failure_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.message_failures_message_failure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: mistakes; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.mistakes AS
 SELECT r.run_id,
    p.ordinal,
    i.path,
    p.label,
    COALESCE(l.title, l.name) AS label_name,
    p.predicted,
    COALESCE(g.title, g.name) AS predicted_name,
    (p.label_rank + 1) AS label_place,
    p.margin,
    p.top5,
    p.scores,
    ( SELECT array_agg(COALESCE(( SELECT COALESCE(c.title, c.name) AS "coalesce"
                   FROM public.dataset_classes c
                  WHERE ((c.dataset_id = r.dataset_id) AND (c.class = u.class))), (u.class)::text) ORDER BY u.place) AS array_agg
           FROM unnest(p.top5) WITH ORDINALITY u(class, place)) AS top5_names
   FROM ((((public.runs r
     JOIN public.predictions p ON (((p.run_id = r.run_id) AND (p.predicted <> p.label))))
     JOIN public.images i ON (((i.dataset_id = r.dataset_id) AND (i.ordinal = p.ordinal))))
     LEFT JOIN public.dataset_classes l ON (((l.dataset_id = r.dataset_id) AND (l.class = p.label))))
     LEFT JOIN public.dataset_classes g ON (((g.dataset_id = r.dataset_id) AND (g.class = p.predicted))));


--
-- Name: VIEW mistakes; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.mistakes IS 'One row a wrong image: what it was taken for, by how much (margin to the second class), and where its label came (label_place, from 1).';


--
-- Name: models; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.models (
    model_id bigint NOT NULL,
    name text NOT NULL,
    sha256 bytea NOT NULL,
    format text NOT NULL,
    bytes bigint NOT NULL,
    architecture jsonb NOT NULL,
    parameters bigint NOT NULL,
    paper_name text,
    added_at timestamp with time zone DEFAULT now() NOT NULL,
    network text DEFAULT ''::text NOT NULL,
    CONSTRAINT models_bytes_check CHECK ((bytes > 0)),
    CONSTRAINT models_format_check CHECK ((format = ANY (ARRAY['torch'::text, 'safetensors'::text]))),
    CONSTRAINT models_name_check CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'::text)),
    CONSTRAINT models_sha256_check CHECK ((length(sha256) = 32))
);


--
-- Name: TABLE models; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.models IS 'Checkpoints by name; the newest row of a name is the one a new run takes.';


--
-- Name: COLUMN models.network; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.models.network IS 'What was said of the network beside the file (--network, --size), a description by its hash; empty where the file was taken as it is.';


--
-- Name: model_settings; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.model_settings AS
 SELECT m.model_id,
    m.name AS model,
    (s.setting ->> 'key'::text) AS key,
    (s.setting ->> 'value'::text) AS value,
    (s.setting ->> 'origin'::text) AS origin
   FROM public.models m,
    LATERAL jsonb_array_elements(COALESCE((m.architecture -> 'settings'::text), '[]'::jsonb)) WITH ORDINALITY s(setting, place)
  ORDER BY m.model_id, s.place;


--
-- Name: VIEW model_settings; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.model_settings IS 'What tensors do not tell of a model''s network: told by the checkpoint, given by the user, or assumed because all published weights agree.';


--
-- Name: models_model_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.models ALTER COLUMN model_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.models_model_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: run_figures; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.run_figures (
    run_id bigint NOT NULL,
    images_done integer NOT NULL,
    images_evaluated integer NOT NULL,
    images_failed integer NOT NULL,
    top1_correct integer NOT NULL,
    top5_correct integer NOT NULL,
    shards integer NOT NULL,
    shards_done integer NOT NULL,
    shards_dead integer NOT NULL,
    shards_split integer NOT NULL,
    shards_cancelled integer NOT NULL
);


--
-- Name: TABLE run_figures; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.run_figures IS 'What a run that has ended came to, so that nobody has to count it again.';


--
-- Name: progress; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.progress AS
 SELECT r.run_id,
    m.name AS model,
    d.name AS dataset,
    r.state,
    r.priority,
    r.images_expected,
    s.images_done,
    (r.images_expected - s.images_done) AS images_left,
    ((s.images_done)::double precision / (r.images_expected)::double precision) AS fraction,
    s.shards,
    s.shards_pending,
    s.shards_published,
    s.shards_running,
    s.shards_done,
    s.shards_dead,
    r.submitted_at,
    r.started_at,
    r.finished_at,
    ((s.images_done)::double precision / (NULLIF(EXTRACT(epoch FROM (COALESCE(r.finished_at, now()) - r.started_at)), (0)::numeric))::double precision) AS images_per_second,
    s.shards_split,
    s.shards_cancelled,
    s.images_computed
   FROM ((((public.runs r
     JOIN public.models m USING (model_id))
     JOIN public.datasets d USING (dataset_id))
     LEFT JOIN public.run_figures k USING (run_id))
     CROSS JOIN LATERAL ( SELECT k.images_done,
            (k.shards)::bigint AS shards,
            (0)::bigint AS shards_pending,
            (0)::bigint AS shards_published,
            (0)::bigint AS shards_running,
            (k.shards_done)::bigint AS shards_done,
            (k.shards_dead)::bigint AS shards_dead,
            (k.shards_split)::bigint AS shards_split,
            (k.shards_cancelled)::bigint AS shards_cancelled,
            (0)::bigint AS images_computed
          WHERE (k.run_id IS NOT NULL)
        UNION ALL
         SELECT (COALESCE(sum((shards.image_count - shards.images_redone)) FILTER (WHERE (shards.state = ANY (ARRAY['done'::text, 'dead'::text]))), (0)::bigint))::integer AS "coalesce",
            count(*) FILTER (WHERE (shards.state <> 'split'::text)) AS count,
            count(*) FILTER (WHERE (shards.state = 'pending'::text)) AS count,
            count(*) FILTER (WHERE (shards.state = 'published'::text)) AS count,
            count(*) FILTER (WHERE (shards.state = 'running'::text)) AS count,
            count(*) FILTER (WHERE (shards.state = 'done'::text)) AS count,
            count(*) FILTER (WHERE (shards.state = 'dead'::text)) AS count,
            count(*) FILTER (WHERE (shards.state = 'split'::text)) AS count,
            count(*) FILTER (WHERE (shards.state = 'cancelled'::text)) AS count,
            COALESCE(sum(LEAST(shards.images_computed, shards.image_count)) FILTER (WHERE (shards.state = 'running'::text)), (0)::bigint) AS "coalesce"
           FROM public.shards
          WHERE (shards.run_id = r.run_id)
         HAVING (k.run_id IS NULL)) s);


--
-- Name: VIEW progress; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.progress IS 'One row a run: shards by state, images done, images of running shards that are computed and not stored yet, images per second since it started.';


--
-- Name: reports; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.reports (
    run_id bigint NOT NULL,
    report jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: TABLE reports; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.reports IS 'What a run came to, as the coordinator saw it when the run ended.';


--
-- Name: run_accuracy; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.run_accuracy AS
 SELECT r.run_id,
    m.name AS model,
    d.name AS dataset,
    r.engine,
    r.timesteps,
    r.state,
    r.images_expected,
    COALESCE((k.images_evaluated)::bigint, s.images_evaluated) AS images_evaluated,
    COALESCE((k.images_failed)::bigint, s.images_failed) AS images_failed,
    ((r.state = 'finished'::text) AND (COALESCE((k.images_evaluated)::bigint, s.images_evaluated) = r.images_expected)) AS complete,
    COALESCE((k.top1_correct)::bigint, s.top1_correct) AS top1_correct,
    ((COALESCE((k.top1_correct)::bigint, s.top1_correct))::double precision / (NULLIF(COALESCE((k.images_evaluated)::bigint, s.images_evaluated), 0))::double precision) AS top1_accuracy,
    COALESCE((k.top5_correct)::bigint, s.top5_correct) AS top5_correct,
    ((COALESCE((k.top5_correct)::bigint, s.top5_correct))::double precision / (NULLIF(COALESCE((k.images_evaluated)::bigint, s.images_evaluated), 0))::double precision) AS top5_accuracy,
    public.wilson_low(COALESCE((k.top1_correct)::bigint, s.top1_correct), COALESCE((k.images_evaluated)::bigint, s.images_evaluated)) AS top1_low,
    public.wilson_high(COALESCE((k.top1_correct)::bigint, s.top1_correct), COALESCE((k.images_evaluated)::bigint, s.images_evaluated)) AS top1_high,
    public.wilson_low(COALESCE((k.top5_correct)::bigint, s.top5_correct), COALESCE((k.images_evaluated)::bigint, s.images_evaluated)) AS top5_low,
    public.wilson_high(COALESCE((k.top5_correct)::bigint, s.top5_correct), COALESCE((k.images_evaluated)::bigint, s.images_evaluated)) AS top5_high
   FROM ((((public.runs r
     JOIN public.models m USING (model_id))
     JOIN public.datasets d USING (dataset_id))
     LEFT JOIN public.run_figures k USING (run_id))
     LEFT JOIN LATERAL ( SELECT COALESCE(sum(shards.images_evaluated), (0)::bigint) AS images_evaluated,
            COALESCE(sum(shards.top1_correct), (0)::bigint) AS top1_correct,
            COALESCE(sum(shards.top5_correct), (0)::bigint) AS top5_correct,
            ( SELECT count(*) AS count
                   FROM public.image_failures
                  WHERE (image_failures.run_id = r.run_id)) AS images_failed
           FROM public.shards
          WHERE (shards.run_id = r.run_id)) s ON ((k.run_id IS NULL)));


--
-- Name: VIEW run_accuracy; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.run_accuracy IS 'One row a run: images counted, top-1 and top-5 with Wilson intervals. Accuracies are over the evaluated images.';


--
-- Name: run_energy; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.run_energy AS
 SELECT a.run_id,
    e.name AS costs,
    a.timestep,
    public.first_convolution_macs(m.architecture) AS macs_per_image,
    a.synops_per_image,
    e.mac_picojoules,
    e.ac_picojoules,
    (((public.first_convolution_macs(m.architecture))::double precision * e.mac_picojoules) / ('1000000000'::numeric)::double precision) AS mac_millijoules,
    ((a.synops_per_image * e.ac_picojoules) / ('1000000000'::numeric)::double precision) AS ac_millijoules,
    ((((public.first_convolution_macs(m.architecture))::double precision * e.mac_picojoules) + (a.synops_per_image * e.ac_picojoules)) / ('1000000000'::numeric)::double precision) AS millijoules_per_image,
    a.top1_accuracy,
    (((((a.timestep * public.first_convolution_macs(m.architecture)))::double precision * e.mac_picojoules) + (a.synops_per_image * e.ac_picojoules)) / ('1000000000'::numeric)::double precision) AS millijoules_per_image_repeated
   FROM (((public.anytime_accuracy a
     JOIN public.runs r USING (run_id))
     JOIN public.models m USING (model_id))
     CROSS JOIN ( SELECT energy_costs.name,
            max(energy_costs.picojoules) FILTER (WHERE (energy_costs.operation = 'mac'::text)) AS mac_picojoules,
            max(energy_costs.picojoules) FILTER (WHERE (energy_costs.operation = 'ac'::text)) AS ac_picojoules
           FROM public.energy_costs
          GROUP BY energy_costs.name) e)
  WHERE (r.engine <> 'float'::text);


--
-- Name: VIEW run_energy; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.run_energy IS 'Energy per image by table of costs and number of time steps: E = MACs of the first convolution x E_MAC + synaptic operations x E_AC, the first convolution counted once an image, and repeated in each time step as many papers count it. Runs of float, which multiplies, have none.';


--
-- Name: run_provenance; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.run_provenance AS
 SELECT r.run_id,
    m.name AS model,
    m.sha256 AS model_sha256,
    d.name AS dataset,
    d.manifest_sha256,
    r.timesteps,
    r.engine,
    r.preprocessing,
    r.pixel_limit,
    r.version,
    ARRAY( SELECT DISTINCT w.instruction_set
           FROM (public.shards s
             JOIN public.workers w USING (worker_id))
          WHERE ((s.run_id = r.run_id) AND (s.state = 'done'::text))
          ORDER BY w.instruction_set) AS instruction_sets,
    ARRAY( SELECT DISTINCT w.version
           FROM (public.shards s
             JOIN public.workers w USING (worker_id))
          WHERE ((s.run_id = r.run_id) AND (s.state = 'done'::text))
          ORDER BY w.version) AS worker_versions,
    m.network,
    r.only_listed_classes
   FROM ((public.runs r
     JOIN public.models m USING (model_id))
     JOIN public.datasets d USING (dataset_id));


--
-- Name: VIEW run_provenance; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.run_provenance IS 'What a run was made of: hashes of weights and manifest, preprocessing, arithmetic, and the workers that stored it.';


--
-- Name: runs_run_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.runs ALTER COLUMN run_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.runs_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: synaptic_operations; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.synaptic_operations AS
 SELECT r.run_id,
    l.layer,
    l.name,
    ((((a.place - 1) % (r.timesteps)::bigint) + 1))::integer AS timestep,
    a.images,
    a.count AS synops,
    ((a.count)::double precision / (NULLIF(a.images, 0))::double precision) AS synops_per_image,
    ((a.effective)::double precision / (NULLIF(a.images, 0))::double precision) AS effective_per_image
   FROM ((public.runs r
     CROSS JOIN LATERAL ( SELECT u.place,
            sum(s.images) AS images,
            (sum(u.count))::bigint AS count,
                CASE
                    WHEN bool_and((s.effective IS NOT NULL)) THEN (sum(COALESCE(u.effective, u.count)))::bigint
                    ELSE NULL::bigint
                END AS effective
           FROM (public.shard_activity s
             CROSS JOIN LATERAL UNNEST(s.counts, (array_fill(NULL::bigint, ARRAY[(cardinality(s.counts) - COALESCE(cardinality(s.effective), 0))]) || s.effective)) WITH ORDINALITY u(count, effective, place))
          WHERE (s.run_id = r.run_id)
          GROUP BY u.place) a)
     CROSS JOIN LATERAL ( SELECT m.layer,
            m.name
           FROM public.model_layers m
          WHERE ((m.model_id = r.model_id) AND (m.layer = ((a.place - 1) / r.timesteps)) AND (m.kind = 'synapse'::text))
         OFFSET 0) l);


--
-- Name: VIEW synaptic_operations; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.synaptic_operations IS 'Weights added because a spike arrived, by synaptic layer and time step, over all images; effective: each input that is not 0 once, also counts and means.';


--
-- Name: worker_status; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.worker_status AS
 WITH held AS (
         SELECT shards.worker_id AS holder,
            shards.run_id,
            shards.shard
           FROM public.shards
          WHERE (shards.state = 'running'::text)
        UNION
         SELECT shards.backup_worker_id,
            shards.run_id,
            shards.shard
           FROM public.shards
          WHERE ((shards.state = 'running'::text) AND (shards.backup_worker_id IS NOT NULL))
        ), work AS (
         SELECT held.holder,
            string_agg(((held.run_id || '/'::text) || held.shard), ' '::text ORDER BY held.run_id, held.shard) AS shards
           FROM held
          GROUP BY held.holder
        )
 SELECT w.worker_id,
    w.host,
    w.process_id,
    w.version,
    w.instruction_set,
    w.kernels,
    w.threads,
        CASE
            WHEN ((w.state = ANY (ARRAY['running'::text, 'draining'::text])) AND (w.last_heartbeat_at < (now() - '00:00:10'::interval))) THEN 'gone'::text
            ELSE w.state
        END AS state,
    COALESCE(work.shards, ''::text) AS shards,
    w.images_per_second,
    w.started_at,
    w.last_heartbeat_at,
    (EXTRACT(epoch FROM (now() - w.last_heartbeat_at)))::double precision AS seconds_since_heartbeat,
    w.problem
   FROM (public.workers w
     LEFT JOIN work ON ((work.holder = w.worker_id)));


--
-- Name: VIEW worker_status; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.worker_status IS 'One row a worker: what it is, what it does, and whether it still reports.';


--
-- Name: workers_worker_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.workers ALTER COLUMN worker_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.workers_worker_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: prediction_rows_00; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_00 FOR VALUES WITH (modulus 32, remainder 0);


--
-- Name: prediction_rows_01; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_01 FOR VALUES WITH (modulus 32, remainder 1);


--
-- Name: prediction_rows_02; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_02 FOR VALUES WITH (modulus 32, remainder 2);


--
-- Name: prediction_rows_03; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_03 FOR VALUES WITH (modulus 32, remainder 3);


--
-- Name: prediction_rows_04; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_04 FOR VALUES WITH (modulus 32, remainder 4);


--
-- Name: prediction_rows_05; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_05 FOR VALUES WITH (modulus 32, remainder 5);


--
-- Name: prediction_rows_06; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_06 FOR VALUES WITH (modulus 32, remainder 6);


--
-- Name: prediction_rows_07; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_07 FOR VALUES WITH (modulus 32, remainder 7);


--
-- Name: prediction_rows_08; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_08 FOR VALUES WITH (modulus 32, remainder 8);


--
-- Name: prediction_rows_09; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_09 FOR VALUES WITH (modulus 32, remainder 9);


--
-- Name: prediction_rows_10; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_10 FOR VALUES WITH (modulus 32, remainder 10);


--
-- Name: prediction_rows_11; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_11 FOR VALUES WITH (modulus 32, remainder 11);


--
-- Name: prediction_rows_12; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_12 FOR VALUES WITH (modulus 32, remainder 12);


--
-- Name: prediction_rows_13; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_13 FOR VALUES WITH (modulus 32, remainder 13);


--
-- Name: prediction_rows_14; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_14 FOR VALUES WITH (modulus 32, remainder 14);


--
-- Name: prediction_rows_15; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_15 FOR VALUES WITH (modulus 32, remainder 15);


--
-- Name: prediction_rows_16; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_16 FOR VALUES WITH (modulus 32, remainder 16);


--
-- Name: prediction_rows_17; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_17 FOR VALUES WITH (modulus 32, remainder 17);


--
-- Name: prediction_rows_18; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_18 FOR VALUES WITH (modulus 32, remainder 18);


--
-- Name: prediction_rows_19; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_19 FOR VALUES WITH (modulus 32, remainder 19);


--
-- Name: prediction_rows_20; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_20 FOR VALUES WITH (modulus 32, remainder 20);


--
-- Name: prediction_rows_21; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_21 FOR VALUES WITH (modulus 32, remainder 21);


--
-- Name: prediction_rows_22; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_22 FOR VALUES WITH (modulus 32, remainder 22);


--
-- Name: prediction_rows_23; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_23 FOR VALUES WITH (modulus 32, remainder 23);


--
-- Name: prediction_rows_24; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_24 FOR VALUES WITH (modulus 32, remainder 24);


--
-- Name: prediction_rows_25; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_25 FOR VALUES WITH (modulus 32, remainder 25);


--
-- Name: prediction_rows_26; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_26 FOR VALUES WITH (modulus 32, remainder 26);


--
-- Name: prediction_rows_27; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_27 FOR VALUES WITH (modulus 32, remainder 27);


--
-- Name: prediction_rows_28; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_28 FOR VALUES WITH (modulus 32, remainder 28);


--
-- Name: prediction_rows_29; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_29 FOR VALUES WITH (modulus 32, remainder 29);


--
-- Name: prediction_rows_30; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_30 FOR VALUES WITH (modulus 32, remainder 30);


--
-- Name: prediction_rows_31; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.prediction_rows ATTACH PARTITION partitions.prediction_rows_31 FOR VALUES WITH (modulus 32, remainder 31);


--
-- Name: shard_activity_00; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_00 FOR VALUES WITH (modulus 32, remainder 0);


--
-- Name: shard_activity_01; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_01 FOR VALUES WITH (modulus 32, remainder 1);


--
-- Name: shard_activity_02; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_02 FOR VALUES WITH (modulus 32, remainder 2);


--
-- Name: shard_activity_03; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_03 FOR VALUES WITH (modulus 32, remainder 3);


--
-- Name: shard_activity_04; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_04 FOR VALUES WITH (modulus 32, remainder 4);


--
-- Name: shard_activity_05; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_05 FOR VALUES WITH (modulus 32, remainder 5);


--
-- Name: shard_activity_06; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_06 FOR VALUES WITH (modulus 32, remainder 6);


--
-- Name: shard_activity_07; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_07 FOR VALUES WITH (modulus 32, remainder 7);


--
-- Name: shard_activity_08; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_08 FOR VALUES WITH (modulus 32, remainder 8);


--
-- Name: shard_activity_09; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_09 FOR VALUES WITH (modulus 32, remainder 9);


--
-- Name: shard_activity_10; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_10 FOR VALUES WITH (modulus 32, remainder 10);


--
-- Name: shard_activity_11; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_11 FOR VALUES WITH (modulus 32, remainder 11);


--
-- Name: shard_activity_12; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_12 FOR VALUES WITH (modulus 32, remainder 12);


--
-- Name: shard_activity_13; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_13 FOR VALUES WITH (modulus 32, remainder 13);


--
-- Name: shard_activity_14; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_14 FOR VALUES WITH (modulus 32, remainder 14);


--
-- Name: shard_activity_15; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_15 FOR VALUES WITH (modulus 32, remainder 15);


--
-- Name: shard_activity_16; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_16 FOR VALUES WITH (modulus 32, remainder 16);


--
-- Name: shard_activity_17; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_17 FOR VALUES WITH (modulus 32, remainder 17);


--
-- Name: shard_activity_18; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_18 FOR VALUES WITH (modulus 32, remainder 18);


--
-- Name: shard_activity_19; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_19 FOR VALUES WITH (modulus 32, remainder 19);


--
-- Name: shard_activity_20; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_20 FOR VALUES WITH (modulus 32, remainder 20);


--
-- Name: shard_activity_21; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_21 FOR VALUES WITH (modulus 32, remainder 21);


--
-- Name: shard_activity_22; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_22 FOR VALUES WITH (modulus 32, remainder 22);


--
-- Name: shard_activity_23; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_23 FOR VALUES WITH (modulus 32, remainder 23);


--
-- Name: shard_activity_24; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_24 FOR VALUES WITH (modulus 32, remainder 24);


--
-- Name: shard_activity_25; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_25 FOR VALUES WITH (modulus 32, remainder 25);


--
-- Name: shard_activity_26; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_26 FOR VALUES WITH (modulus 32, remainder 26);


--
-- Name: shard_activity_27; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_27 FOR VALUES WITH (modulus 32, remainder 27);


--
-- Name: shard_activity_28; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_28 FOR VALUES WITH (modulus 32, remainder 28);


--
-- Name: shard_activity_29; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_29 FOR VALUES WITH (modulus 32, remainder 29);


--
-- Name: shard_activity_30; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_30 FOR VALUES WITH (modulus 32, remainder 30);


--
-- Name: shard_activity_31; Type: TABLE ATTACH; Schema: partitions; Owner: -
--

ALTER TABLE ONLY public.shard_activity ATTACH PARTITION partitions.shard_activity_31 FOR VALUES WITH (modulus 32, remainder 31);


--
-- Name: prediction_rows prediction_rows_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.prediction_rows
    ADD CONSTRAINT prediction_rows_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_00 prediction_rows_00_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_00
    ADD CONSTRAINT prediction_rows_00_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_01 prediction_rows_01_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_01
    ADD CONSTRAINT prediction_rows_01_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_02 prediction_rows_02_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_02
    ADD CONSTRAINT prediction_rows_02_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_03 prediction_rows_03_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_03
    ADD CONSTRAINT prediction_rows_03_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_04 prediction_rows_04_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_04
    ADD CONSTRAINT prediction_rows_04_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_05 prediction_rows_05_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_05
    ADD CONSTRAINT prediction_rows_05_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_06 prediction_rows_06_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_06
    ADD CONSTRAINT prediction_rows_06_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_07 prediction_rows_07_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_07
    ADD CONSTRAINT prediction_rows_07_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_08 prediction_rows_08_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_08
    ADD CONSTRAINT prediction_rows_08_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_09 prediction_rows_09_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_09
    ADD CONSTRAINT prediction_rows_09_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_10 prediction_rows_10_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_10
    ADD CONSTRAINT prediction_rows_10_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_11 prediction_rows_11_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_11
    ADD CONSTRAINT prediction_rows_11_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_12 prediction_rows_12_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_12
    ADD CONSTRAINT prediction_rows_12_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_13 prediction_rows_13_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_13
    ADD CONSTRAINT prediction_rows_13_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_14 prediction_rows_14_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_14
    ADD CONSTRAINT prediction_rows_14_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_15 prediction_rows_15_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_15
    ADD CONSTRAINT prediction_rows_15_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_16 prediction_rows_16_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_16
    ADD CONSTRAINT prediction_rows_16_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_17 prediction_rows_17_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_17
    ADD CONSTRAINT prediction_rows_17_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_18 prediction_rows_18_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_18
    ADD CONSTRAINT prediction_rows_18_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_19 prediction_rows_19_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_19
    ADD CONSTRAINT prediction_rows_19_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_20 prediction_rows_20_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_20
    ADD CONSTRAINT prediction_rows_20_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_21 prediction_rows_21_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_21
    ADD CONSTRAINT prediction_rows_21_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_22 prediction_rows_22_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_22
    ADD CONSTRAINT prediction_rows_22_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_23 prediction_rows_23_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_23
    ADD CONSTRAINT prediction_rows_23_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_24 prediction_rows_24_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_24
    ADD CONSTRAINT prediction_rows_24_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_25 prediction_rows_25_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_25
    ADD CONSTRAINT prediction_rows_25_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_26 prediction_rows_26_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_26
    ADD CONSTRAINT prediction_rows_26_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_27 prediction_rows_27_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_27
    ADD CONSTRAINT prediction_rows_27_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_28 prediction_rows_28_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_28
    ADD CONSTRAINT prediction_rows_28_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_29 prediction_rows_29_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_29
    ADD CONSTRAINT prediction_rows_29_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_30 prediction_rows_30_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_30
    ADD CONSTRAINT prediction_rows_30_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: prediction_rows_31 prediction_rows_31_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.prediction_rows_31
    ADD CONSTRAINT prediction_rows_31_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: shard_activity shard_activity_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.shard_activity
    ADD CONSTRAINT shard_activity_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_00 shard_activity_00_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_00
    ADD CONSTRAINT shard_activity_00_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_01 shard_activity_01_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_01
    ADD CONSTRAINT shard_activity_01_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_02 shard_activity_02_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_02
    ADD CONSTRAINT shard_activity_02_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_03 shard_activity_03_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_03
    ADD CONSTRAINT shard_activity_03_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_04 shard_activity_04_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_04
    ADD CONSTRAINT shard_activity_04_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_05 shard_activity_05_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_05
    ADD CONSTRAINT shard_activity_05_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_06 shard_activity_06_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_06
    ADD CONSTRAINT shard_activity_06_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_07 shard_activity_07_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_07
    ADD CONSTRAINT shard_activity_07_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_08 shard_activity_08_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_08
    ADD CONSTRAINT shard_activity_08_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_09 shard_activity_09_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_09
    ADD CONSTRAINT shard_activity_09_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_10 shard_activity_10_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_10
    ADD CONSTRAINT shard_activity_10_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_11 shard_activity_11_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_11
    ADD CONSTRAINT shard_activity_11_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_12 shard_activity_12_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_12
    ADD CONSTRAINT shard_activity_12_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_13 shard_activity_13_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_13
    ADD CONSTRAINT shard_activity_13_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_14 shard_activity_14_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_14
    ADD CONSTRAINT shard_activity_14_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_15 shard_activity_15_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_15
    ADD CONSTRAINT shard_activity_15_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_16 shard_activity_16_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_16
    ADD CONSTRAINT shard_activity_16_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_17 shard_activity_17_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_17
    ADD CONSTRAINT shard_activity_17_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_18 shard_activity_18_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_18
    ADD CONSTRAINT shard_activity_18_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_19 shard_activity_19_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_19
    ADD CONSTRAINT shard_activity_19_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_20 shard_activity_20_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_20
    ADD CONSTRAINT shard_activity_20_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_21 shard_activity_21_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_21
    ADD CONSTRAINT shard_activity_21_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_22 shard_activity_22_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_22
    ADD CONSTRAINT shard_activity_22_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_23 shard_activity_23_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_23
    ADD CONSTRAINT shard_activity_23_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_24 shard_activity_24_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_24
    ADD CONSTRAINT shard_activity_24_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_25 shard_activity_25_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_25
    ADD CONSTRAINT shard_activity_25_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_26 shard_activity_26_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_26
    ADD CONSTRAINT shard_activity_26_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_27 shard_activity_27_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_27
    ADD CONSTRAINT shard_activity_27_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_28 shard_activity_28_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_28
    ADD CONSTRAINT shard_activity_28_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_29 shard_activity_29_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_29
    ADD CONSTRAINT shard_activity_29_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_30 shard_activity_30_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_30
    ADD CONSTRAINT shard_activity_30_pkey PRIMARY KEY (run_id, shard);


--
-- Name: shard_activity_31 shard_activity_31_pkey; Type: CONSTRAINT; Schema: partitions; Owner: -
--

ALTER TABLE ONLY partitions.shard_activity_31
    ADD CONSTRAINT shard_activity_31_pkey PRIMARY KEY (run_id, shard);


--
-- Name: certificates certificates_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.certificates
    ADD CONSTRAINT certificates_pkey PRIMARY KEY (model_sha256, network, engine, timesteps, version);


--
-- Name: checkpoint_chunks checkpoint_chunks_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.checkpoint_chunks
    ADD CONSTRAINT checkpoint_chunks_pkey PRIMARY KEY (sha256, ordinal);


--
-- Name: coordinators coordinators_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.coordinators
    ADD CONSTRAINT coordinators_pkey PRIMARY KEY (coordinator_id);


--
-- Name: dataset_classes dataset_classes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.dataset_classes
    ADD CONSTRAINT dataset_classes_pkey PRIMARY KEY (dataset_id, class);


--
-- Name: datasets datasets_name_manifest_sha256_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.datasets
    ADD CONSTRAINT datasets_name_manifest_sha256_key UNIQUE (name, manifest_sha256);


--
-- Name: datasets datasets_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.datasets
    ADD CONSTRAINT datasets_pkey PRIMARY KEY (dataset_id);


--
-- Name: declines declines_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.declines
    ADD CONSTRAINT declines_pkey PRIMARY KEY (run_id, shard);


--
-- Name: energy_costs energy_costs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.energy_costs
    ADD CONSTRAINT energy_costs_pkey PRIMARY KEY (name, operation);


--
-- Name: image_doubts image_doubts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.image_doubts
    ADD CONSTRAINT image_doubts_pkey PRIMARY KEY (dataset_id, ordinal, worker_id);


--
-- Name: image_failures image_failures_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.image_failures
    ADD CONSTRAINT image_failures_pkey PRIMARY KEY (run_id, ordinal);


--
-- Name: images images_path_check; Type: CHECK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE public.images
    ADD CONSTRAINT images_path_check CHECK (((path <> ''::text) AND (path !~ '^/'::text) AND (path !~ '(^|/)\.\.(/|$)'::text))) NOT VALID;


--
-- Name: images images_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.images
    ADD CONSTRAINT images_pkey PRIMARY KEY (dataset_id, ordinal);


--
-- Name: label_set_labels label_set_labels_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.label_set_labels
    ADD CONSTRAINT label_set_labels_pkey PRIMARY KEY (label_set_id, ordinal);


--
-- Name: label_sets label_sets_dataset_id_name_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.label_sets
    ADD CONSTRAINT label_sets_dataset_id_name_key UNIQUE (dataset_id, name);


--
-- Name: label_sets label_sets_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.label_sets
    ADD CONSTRAINT label_sets_pkey PRIMARY KEY (label_set_id);


--
-- Name: leadership leadership_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.leadership
    ADD CONSTRAINT leadership_pkey PRIMARY KEY (singleton);


--
-- Name: message_failures message_failures_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.message_failures
    ADD CONSTRAINT message_failures_pkey PRIMARY KEY (message_failure_id);


--
-- Name: model_layers model_layers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.model_layers
    ADD CONSTRAINT model_layers_pkey PRIMARY KEY (model_id, layer);


--
-- Name: models models_name_sha256_network_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.models
    ADD CONSTRAINT models_name_sha256_network_key UNIQUE (name, sha256, network);


--
-- Name: models models_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.models
    ADD CONSTRAINT models_pkey PRIMARY KEY (model_id);


--
-- Name: reports reports_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reports
    ADD CONSTRAINT reports_pkey PRIMARY KEY (run_id);


--
-- Name: run_figures run_figures_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.run_figures
    ADD CONSTRAINT run_figures_pkey PRIMARY KEY (run_id);


--
-- Name: runs runs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (run_id);


--
-- Name: runs runs_timesteps_check; Type: CHECK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE public.runs
    ADD CONSTRAINT runs_timesteps_check CHECK (((timesteps >= 1) AND (timesteps <= 256))) NOT VALID;


--
-- Name: shard_attempts shard_attempts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.shard_attempts
    ADD CONSTRAINT shard_attempts_pkey PRIMARY KEY (run_id, shard, attempt);


--
-- Name: shards shards_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.shards
    ADD CONSTRAINT shards_pkey PRIMARY KEY (run_id, shard);


--
-- Name: workers workers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (worker_id);


--
-- Name: declines_recent; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX declines_recent ON public.declines USING btree (declined_at);


--
-- Name: image_failures_by_worker; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX image_failures_by_worker ON public.image_failures USING btree (worker_id);


--
-- Name: runs_by_dataset; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX runs_by_dataset ON public.runs USING btree (dataset_id);


--
-- Name: runs_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX runs_newest ON public.runs USING btree (model_id, dataset_id, timesteps, engine, preprocessing, pixel_limit, only_listed_classes) WHERE is_newest;


--
-- Name: runs_unfinished; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX runs_unfinished ON public.runs USING btree (priority DESC, run_id) WHERE (state = ANY (ARRAY['running'::text, 'paused'::text]));


--
-- Name: runs_without_report; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX runs_without_report ON public.runs USING btree (run_id) WHERE ((state = 'finished'::text) AND (pruned_at IS NULL));


--
-- Name: shard_attempts_by_worker; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX shard_attempts_by_worker ON public.shard_attempts USING btree (worker_id);


--
-- Name: shards_by_backup_worker; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX shards_by_backup_worker ON public.shards USING btree (backup_worker_id) WHERE (backup_worker_id IS NOT NULL);


--
-- Name: shards_by_worker; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX shards_by_worker ON public.shards USING btree (worker_id) WHERE (worker_id IS NOT NULL);


--
-- Name: shards_dead; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX shards_dead ON public.shards USING btree (run_id, shard) WHERE (state = 'dead'::text);


--
-- Name: shards_dead_letters; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX shards_dead_letters ON public.shards USING btree (run_id, shard) WHERE ((state = 'dead'::text) AND (dead_letter_sent_at IS NULL));


--
-- Name: shards_out; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX shards_out ON public.shards USING btree (state, run_id, shard) WHERE (state = ANY (ARRAY['published'::text, 'running'::text]));


--
-- Name: shards_parts; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX shards_parts ON public.shards USING btree (run_id, split_from) WHERE (split_from IS NOT NULL);


--
-- Name: shards_waiting; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX shards_waiting ON public.shards USING btree (run_id, shard) WHERE (state = 'pending'::text);


--
-- Name: workers_live; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX workers_live ON public.workers USING btree (worker_id) WHERE (state = ANY (ARRAY['running'::text, 'draining'::text]));


--
-- Name: prediction_rows_00_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_00_pkey;


--
-- Name: prediction_rows_01_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_01_pkey;


--
-- Name: prediction_rows_02_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_02_pkey;


--
-- Name: prediction_rows_03_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_03_pkey;


--
-- Name: prediction_rows_04_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_04_pkey;


--
-- Name: prediction_rows_05_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_05_pkey;


--
-- Name: prediction_rows_06_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_06_pkey;


--
-- Name: prediction_rows_07_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_07_pkey;


--
-- Name: prediction_rows_08_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_08_pkey;


--
-- Name: prediction_rows_09_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_09_pkey;


--
-- Name: prediction_rows_10_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_10_pkey;


--
-- Name: prediction_rows_11_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_11_pkey;


--
-- Name: prediction_rows_12_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_12_pkey;


--
-- Name: prediction_rows_13_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_13_pkey;


--
-- Name: prediction_rows_14_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_14_pkey;


--
-- Name: prediction_rows_15_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_15_pkey;


--
-- Name: prediction_rows_16_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_16_pkey;


--
-- Name: prediction_rows_17_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_17_pkey;


--
-- Name: prediction_rows_18_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_18_pkey;


--
-- Name: prediction_rows_19_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_19_pkey;


--
-- Name: prediction_rows_20_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_20_pkey;


--
-- Name: prediction_rows_21_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_21_pkey;


--
-- Name: prediction_rows_22_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_22_pkey;


--
-- Name: prediction_rows_23_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_23_pkey;


--
-- Name: prediction_rows_24_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_24_pkey;


--
-- Name: prediction_rows_25_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_25_pkey;


--
-- Name: prediction_rows_26_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_26_pkey;


--
-- Name: prediction_rows_27_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_27_pkey;


--
-- Name: prediction_rows_28_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_28_pkey;


--
-- Name: prediction_rows_29_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_29_pkey;


--
-- Name: prediction_rows_30_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_30_pkey;


--
-- Name: prediction_rows_31_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.prediction_rows_pkey ATTACH PARTITION partitions.prediction_rows_31_pkey;


--
-- Name: shard_activity_00_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_00_pkey;


--
-- Name: shard_activity_01_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_01_pkey;


--
-- Name: shard_activity_02_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_02_pkey;


--
-- Name: shard_activity_03_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_03_pkey;


--
-- Name: shard_activity_04_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_04_pkey;


--
-- Name: shard_activity_05_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_05_pkey;


--
-- Name: shard_activity_06_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_06_pkey;


--
-- Name: shard_activity_07_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_07_pkey;


--
-- Name: shard_activity_08_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_08_pkey;


--
-- Name: shard_activity_09_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_09_pkey;


--
-- Name: shard_activity_10_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_10_pkey;


--
-- Name: shard_activity_11_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_11_pkey;


--
-- Name: shard_activity_12_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_12_pkey;


--
-- Name: shard_activity_13_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_13_pkey;


--
-- Name: shard_activity_14_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_14_pkey;


--
-- Name: shard_activity_15_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_15_pkey;


--
-- Name: shard_activity_16_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_16_pkey;


--
-- Name: shard_activity_17_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_17_pkey;


--
-- Name: shard_activity_18_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_18_pkey;


--
-- Name: shard_activity_19_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_19_pkey;


--
-- Name: shard_activity_20_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_20_pkey;


--
-- Name: shard_activity_21_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_21_pkey;


--
-- Name: shard_activity_22_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_22_pkey;


--
-- Name: shard_activity_23_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_23_pkey;


--
-- Name: shard_activity_24_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_24_pkey;


--
-- Name: shard_activity_25_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_25_pkey;


--
-- Name: shard_activity_26_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_26_pkey;


--
-- Name: shard_activity_27_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_27_pkey;


--
-- Name: shard_activity_28_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_28_pkey;


--
-- Name: shard_activity_29_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_29_pkey;


--
-- Name: shard_activity_30_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_30_pkey;


--
-- Name: shard_activity_31_pkey; Type: INDEX ATTACH; Schema: partitions; Owner: -
--

ALTER INDEX public.shard_activity_pkey ATTACH PARTITION partitions.shard_activity_31_pkey;


--
-- Name: runs announce; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER announce AFTER INSERT OR UPDATE OF state ON public.runs FOR EACH STATEMENT EXECUTE FUNCTION public.announce_runs();


--
-- Name: image_failures guard; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard AFTER INSERT ON public.image_failures REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.guard_rows();


--
-- Name: prediction_rows guard; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard AFTER INSERT ON public.prediction_rows REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.guard_rows();


--
-- Name: runs guard; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard BEFORE UPDATE OF started_at ON public.runs FOR EACH ROW WHEN (((old.started_at IS NOT NULL) AND (new.started_at IS DISTINCT FROM old.started_at))) EXECUTE FUNCTION public.guard_start();


--
-- Name: shard_activity guard; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard AFTER INSERT ON public.shard_activity REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.guard_sums();


--
-- Name: shards guard; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard BEFORE UPDATE ON public.shards FOR EACH ROW WHEN ((old.state <> ALL (ARRAY['published'::text, 'running'::text]))) EXECUTE FUNCTION public.guard_shard();


--
-- Name: dataset_classes dataset_classes_dataset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.dataset_classes
    ADD CONSTRAINT dataset_classes_dataset_id_fkey FOREIGN KEY (dataset_id) REFERENCES public.datasets(dataset_id) ON DELETE CASCADE;


--
-- Name: declines declines_run_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.declines
    ADD CONSTRAINT declines_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(run_id) ON DELETE CASCADE;


--
-- Name: declines declines_worker_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.declines
    ADD CONSTRAINT declines_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.workers(worker_id) ON DELETE CASCADE;


--
-- Name: image_doubts image_doubts_dataset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.image_doubts
    ADD CONSTRAINT image_doubts_dataset_id_fkey FOREIGN KEY (dataset_id) REFERENCES public.datasets(dataset_id) ON DELETE CASCADE;


--
-- Name: image_doubts image_doubts_worker_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.image_doubts
    ADD CONSTRAINT image_doubts_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.workers(worker_id) ON DELETE CASCADE;


--
-- Name: image_failures image_failures_run_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.image_failures
    ADD CONSTRAINT image_failures_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(run_id) ON DELETE CASCADE;


--
-- Name: image_failures image_failures_worker_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.image_failures
    ADD CONSTRAINT image_failures_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.workers(worker_id);


--
-- Name: images images_dataset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.images
    ADD CONSTRAINT images_dataset_id_fkey FOREIGN KEY (dataset_id) REFERENCES public.datasets(dataset_id) ON DELETE CASCADE;


--
-- Name: label_set_labels label_set_labels_label_set_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.label_set_labels
    ADD CONSTRAINT label_set_labels_label_set_id_fkey FOREIGN KEY (label_set_id) REFERENCES public.label_sets(label_set_id) ON DELETE CASCADE;


--
-- Name: label_sets label_sets_dataset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.label_sets
    ADD CONSTRAINT label_sets_dataset_id_fkey FOREIGN KEY (dataset_id) REFERENCES public.datasets(dataset_id) ON DELETE CASCADE;


--
-- Name: message_failures message_failures_worker_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.message_failures
    ADD CONSTRAINT message_failures_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.workers(worker_id);


--
-- Name: model_layers model_layers_model_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.model_layers
    ADD CONSTRAINT model_layers_model_id_fkey FOREIGN KEY (model_id) REFERENCES public.models(model_id) ON DELETE CASCADE;


--
-- Name: reports reports_run_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reports
    ADD CONSTRAINT reports_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(run_id) ON DELETE CASCADE;


--
-- Name: run_figures run_figures_run_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.run_figures
    ADD CONSTRAINT run_figures_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(run_id) ON DELETE CASCADE;


--
-- Name: runs runs_dataset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_dataset_id_fkey FOREIGN KEY (dataset_id) REFERENCES public.datasets(dataset_id);


--
-- Name: runs runs_model_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_model_id_fkey FOREIGN KEY (model_id) REFERENCES public.models(model_id);


--
-- Name: shard_attempts shard_attempts_run_id_shard_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.shard_attempts
    ADD CONSTRAINT shard_attempts_run_id_shard_fkey FOREIGN KEY (run_id, shard) REFERENCES public.shards(run_id, shard) ON DELETE CASCADE;


--
-- Name: shard_attempts shard_attempts_worker_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.shard_attempts
    ADD CONSTRAINT shard_attempts_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.workers(worker_id);


--
-- Name: shards shards_backup_worker_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.shards
    ADD CONSTRAINT shards_backup_worker_id_fkey FOREIGN KEY (backup_worker_id) REFERENCES public.workers(worker_id);


--
-- Name: shards shards_run_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.shards
    ADD CONSTRAINT shards_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(run_id) ON DELETE CASCADE;


--
-- Name: shards shards_worker_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.shards
    ADD CONSTRAINT shards_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.workers(worker_id);


--
-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA public TO evalctl_owner;
GRANT USAGE ON SCHEMA public TO evalctl_worker;
GRANT USAGE ON SCHEMA public TO evalctl_coordinator;
GRANT USAGE ON SCHEMA public TO evalctl_reader;


--
-- Name: FUNCTION absolve(worker bigint, run_ids bigint[], shard_numbers integer[], attempt_numbers integer[]); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.absolve(worker bigint, run_ids bigint[], shard_numbers integer[], attempt_numbers integer[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.absolve(worker bigint, run_ids bigint[], shard_numbers integer[], attempt_numbers integer[]) TO evalctl_owner;
GRANT ALL ON FUNCTION public.absolve(worker bigint, run_ids bigint[], shard_numbers integer[], attempt_numbers integer[]) TO evalctl_worker;


--
-- Name: FUNCTION announce_runs(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.announce_runs() FROM PUBLIC;


--
-- Name: FUNCTION doubt_lifetime(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.doubt_lifetime() FROM PUBLIC;
GRANT ALL ON FUNCTION public.doubt_lifetime() TO evalctl_owner;
GRANT ALL ON FUNCTION public.doubt_lifetime() TO evalctl_worker;


--
-- Name: FUNCTION guard_rows(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.guard_rows() FROM PUBLIC;


--
-- Name: FUNCTION guard_shard(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.guard_shard() FROM PUBLIC;


--
-- Name: FUNCTION guard_start(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.guard_start() FROM PUBLIC;


--
-- Name: FUNCTION guard_sums(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.guard_sums() FROM PUBLIC;


--
-- Name: FUNCTION may_steer(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.may_steer() FROM PUBLIC;
GRANT ALL ON FUNCTION public.may_steer() TO evalctl_owner;
GRANT ALL ON FUNCTION public.may_steer() TO evalctl_coordinator;
GRANT ALL ON FUNCTION public.may_steer() TO evalctl_worker;


--
-- Name: FUNCTION remove_coordinator(id bigint); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.remove_coordinator(id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.remove_coordinator(id bigint) TO evalctl_owner;
GRANT ALL ON FUNCTION public.remove_coordinator(id bigint) TO evalctl_coordinator;


--
-- Name: FUNCTION remove_old_doubts(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.remove_old_doubts() FROM PUBLIC;
GRANT ALL ON FUNCTION public.remove_old_doubts() TO evalctl_owner;
GRANT ALL ON FUNCTION public.remove_old_doubts() TO evalctl_coordinator;


--
-- Name: FUNCTION remove_old_message_failures(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.remove_old_message_failures() FROM PUBLIC;
GRANT ALL ON FUNCTION public.remove_old_message_failures() TO evalctl_owner;
GRANT ALL ON FUNCTION public.remove_old_message_failures() TO evalctl_coordinator;


--
-- Name: FUNCTION remove_old_workers(days bigint); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.remove_old_workers(days bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.remove_old_workers(days bigint) TO evalctl_owner;
GRANT ALL ON FUNCTION public.remove_old_workers(days bigint) TO evalctl_coordinator;


--
-- Name: FUNCTION remove_unnamed_checkpoints(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.remove_unnamed_checkpoints() FROM PUBLIC;
GRANT ALL ON FUNCTION public.remove_unnamed_checkpoints() TO evalctl_owner;
GRANT ALL ON FUNCTION public.remove_unnamed_checkpoints() TO evalctl_coordinator;


--
-- Name: TABLE prediction_rows; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.prediction_rows TO evalctl_owner;
GRANT SELECT ON TABLE public.prediction_rows TO evalctl_coordinator;
GRANT SELECT ON TABLE public.prediction_rows TO evalctl_reader;
GRANT INSERT ON TABLE public.prediction_rows TO evalctl_worker;


--
-- Name: TABLE shard_activity; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.shard_activity TO evalctl_owner;
GRANT SELECT ON TABLE public.shard_activity TO evalctl_coordinator;
GRANT SELECT ON TABLE public.shard_activity TO evalctl_reader;
GRANT INSERT ON TABLE public.shard_activity TO evalctl_worker;


--
-- Name: TABLE runs; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.runs TO evalctl_owner;
GRANT SELECT ON TABLE public.runs TO evalctl_coordinator;
GRANT SELECT ON TABLE public.runs TO evalctl_reader;
GRANT SELECT ON TABLE public.runs TO evalctl_worker;


--
-- Name: COLUMN runs.state; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(state) ON TABLE public.runs TO evalctl_coordinator;


--
-- Name: COLUMN runs.started_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(started_at) ON TABLE public.runs TO evalctl_worker;


--
-- Name: COLUMN runs.finished_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(finished_at) ON TABLE public.runs TO evalctl_coordinator;


--
-- Name: COLUMN runs.next_shard; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(next_shard) ON TABLE public.runs TO evalctl_coordinator;


--
-- Name: TABLE anytime_accuracy; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.anytime_accuracy TO evalctl_owner;
GRANT SELECT ON TABLE public.anytime_accuracy TO evalctl_coordinator;
GRANT SELECT ON TABLE public.anytime_accuracy TO evalctl_reader;


--
-- Name: TABLE certificates; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.certificates TO evalctl_owner;
GRANT SELECT ON TABLE public.certificates TO evalctl_coordinator;
GRANT SELECT ON TABLE public.certificates TO evalctl_reader;


--
-- Name: TABLE checkpoint_chunks; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.checkpoint_chunks TO evalctl_owner;
GRANT SELECT ON TABLE public.checkpoint_chunks TO evalctl_coordinator;
GRANT SELECT ON TABLE public.checkpoint_chunks TO evalctl_worker;


--
-- Name: TABLE dataset_classes; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.dataset_classes TO evalctl_owner;
GRANT SELECT ON TABLE public.dataset_classes TO evalctl_coordinator;
GRANT SELECT ON TABLE public.dataset_classes TO evalctl_reader;
GRANT SELECT ON TABLE public.dataset_classes TO evalctl_worker;


--
-- Name: TABLE class_accuracy; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.class_accuracy TO evalctl_owner;
GRANT SELECT ON TABLE public.class_accuracy TO evalctl_coordinator;
GRANT SELECT ON TABLE public.class_accuracy TO evalctl_reader;


--
-- Name: TABLE image_costs; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.image_costs TO evalctl_owner;
GRANT SELECT ON TABLE public.image_costs TO evalctl_coordinator;
GRANT SELECT ON TABLE public.image_costs TO evalctl_reader;


--
-- Name: TABLE class_costs; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.class_costs TO evalctl_owner;
GRANT SELECT ON TABLE public.class_costs TO evalctl_coordinator;
GRANT SELECT ON TABLE public.class_costs TO evalctl_reader;


--
-- Name: TABLE shards; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.shards TO evalctl_owner;
GRANT SELECT ON TABLE public.shards TO evalctl_coordinator;
GRANT SELECT ON TABLE public.shards TO evalctl_reader;
GRANT SELECT ON TABLE public.shards TO evalctl_worker;


--
-- Name: COLUMN shards.run_id; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(run_id) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.shard; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(shard) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.first_ordinal; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(first_ordinal) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.image_count; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(image_count) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.state; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(state) ON TABLE public.shards TO evalctl_worker;
GRANT UPDATE(state) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.attempt; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(attempt) ON TABLE public.shards TO evalctl_worker;
GRANT UPDATE(attempt) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.not_before; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(not_before) ON TABLE public.shards TO evalctl_worker;
GRANT UPDATE(not_before) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.published_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(published_at) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.claimed_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(claimed_at) ON TABLE public.shards TO evalctl_worker;
GRANT UPDATE(claimed_at) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.lease_token; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(lease_token) ON TABLE public.shards TO evalctl_worker;
GRANT UPDATE(lease_token) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.lease_expires_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(lease_expires_at) ON TABLE public.shards TO evalctl_worker;
GRANT UPDATE(lease_expires_at) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.worker_id; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(worker_id) ON TABLE public.shards TO evalctl_worker;
GRANT UPDATE(worker_id) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.speculative; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(speculative) ON TABLE public.shards TO evalctl_worker;
GRANT UPDATE(speculative) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.split_from; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(split_from) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.finished_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(finished_at) ON TABLE public.shards TO evalctl_worker;
GRANT UPDATE(finished_at) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.failures; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(failures) ON TABLE public.shards TO evalctl_worker;
GRANT UPDATE(failures) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.transient_failures; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(transient_failures) ON TABLE public.shards TO evalctl_worker;
GRANT UPDATE(transient_failures) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.publications; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(publications) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.backup_token; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(backup_token) ON TABLE public.shards TO evalctl_worker;
GRANT UPDATE(backup_token) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.backup_worker_id; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(backup_worker_id) ON TABLE public.shards TO evalctl_worker;
GRANT UPDATE(backup_worker_id) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.backup_expires_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(backup_expires_at) ON TABLE public.shards TO evalctl_worker;
GRANT UPDATE(backup_expires_at) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.dead_letter_sent_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(dead_letter_sent_at) ON TABLE public.shards TO evalctl_coordinator;


--
-- Name: COLUMN shards.images_evaluated; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(images_evaluated) ON TABLE public.shards TO evalctl_worker;


--
-- Name: COLUMN shards.top1_correct; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(top1_correct) ON TABLE public.shards TO evalctl_worker;


--
-- Name: COLUMN shards.top5_correct; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(top5_correct) ON TABLE public.shards TO evalctl_worker;


--
-- Name: COLUMN shards.images_computed; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(images_computed) ON TABLE public.shards TO evalctl_worker;


--
-- Name: TABLE predictions; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.predictions TO evalctl_owner;
GRANT SELECT ON TABLE public.predictions TO evalctl_coordinator;
GRANT SELECT ON TABLE public.predictions TO evalctl_reader;


--
-- Name: TABLE confusion; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.confusion TO evalctl_owner;
GRANT SELECT ON TABLE public.confusion TO evalctl_coordinator;
GRANT SELECT ON TABLE public.confusion TO evalctl_reader;


--
-- Name: TABLE confused_pairs; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.confused_pairs TO evalctl_owner;
GRANT SELECT ON TABLE public.confused_pairs TO evalctl_coordinator;
GRANT SELECT ON TABLE public.confused_pairs TO evalctl_reader;


--
-- Name: TABLE coordinators; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.coordinators TO evalctl_owner;
GRANT SELECT,INSERT ON TABLE public.coordinators TO evalctl_coordinator;
GRANT SELECT ON TABLE public.coordinators TO evalctl_reader;


--
-- Name: COLUMN coordinators.last_heartbeat_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(last_heartbeat_at) ON TABLE public.coordinators TO evalctl_coordinator;


--
-- Name: TABLE cost_distribution; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.cost_distribution TO evalctl_owner;
GRANT SELECT ON TABLE public.cost_distribution TO evalctl_coordinator;
GRANT SELECT ON TABLE public.cost_distribution TO evalctl_reader;


--
-- Name: TABLE datasets; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.datasets TO evalctl_owner;
GRANT SELECT ON TABLE public.datasets TO evalctl_coordinator;
GRANT SELECT ON TABLE public.datasets TO evalctl_reader;
GRANT SELECT ON TABLE public.datasets TO evalctl_worker;


--
-- Name: TABLE image_failures; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.image_failures TO evalctl_owner;
GRANT SELECT,INSERT ON TABLE public.image_failures TO evalctl_coordinator;
GRANT SELECT ON TABLE public.image_failures TO evalctl_reader;
GRANT INSERT ON TABLE public.image_failures TO evalctl_worker;


--
-- Name: TABLE images; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.images TO evalctl_owner;
GRANT SELECT ON TABLE public.images TO evalctl_coordinator;
GRANT SELECT ON TABLE public.images TO evalctl_reader;
GRANT SELECT ON TABLE public.images TO evalctl_worker;


--
-- Name: TABLE shard_attempts; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.shard_attempts TO evalctl_owner;
GRANT SELECT,INSERT ON TABLE public.shard_attempts TO evalctl_coordinator;
GRANT SELECT ON TABLE public.shard_attempts TO evalctl_reader;
GRANT INSERT ON TABLE public.shard_attempts TO evalctl_worker;


--
-- Name: TABLE dead_letters; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.dead_letters TO evalctl_owner;
GRANT SELECT ON TABLE public.dead_letters TO evalctl_coordinator;
GRANT SELECT ON TABLE public.dead_letters TO evalctl_reader;


--
-- Name: TABLE declines; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.declines TO evalctl_owner;
GRANT SELECT ON TABLE public.declines TO evalctl_coordinator;
GRANT SELECT,INSERT ON TABLE public.declines TO evalctl_worker;
GRANT SELECT ON TABLE public.declines TO evalctl_reader;


--
-- Name: COLUMN declines.worker_id; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(worker_id) ON TABLE public.declines TO evalctl_worker;


--
-- Name: COLUMN declines.code; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(code) ON TABLE public.declines TO evalctl_worker;


--
-- Name: COLUMN declines.message; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(message) ON TABLE public.declines TO evalctl_worker;


--
-- Name: COLUMN declines.declined_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(declined_at) ON TABLE public.declines TO evalctl_worker;


--
-- Name: TABLE energy_costs; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.energy_costs TO evalctl_owner;
GRANT SELECT ON TABLE public.energy_costs TO evalctl_coordinator;
GRANT SELECT ON TABLE public.energy_costs TO evalctl_reader;


--
-- Name: TABLE workers; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workers TO evalctl_owner;
GRANT SELECT ON TABLE public.workers TO evalctl_coordinator;
GRANT SELECT ON TABLE public.workers TO evalctl_reader;
GRANT SELECT ON TABLE public.workers TO evalctl_worker;


--
-- Name: COLUMN workers.host; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(host) ON TABLE public.workers TO evalctl_worker;


--
-- Name: COLUMN workers.process_id; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(process_id) ON TABLE public.workers TO evalctl_worker;


--
-- Name: COLUMN workers.version; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(version) ON TABLE public.workers TO evalctl_worker;


--
-- Name: COLUMN workers.instruction_set; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(instruction_set) ON TABLE public.workers TO evalctl_worker;


--
-- Name: COLUMN workers.threads; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(threads) ON TABLE public.workers TO evalctl_worker;


--
-- Name: COLUMN workers.state; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(state) ON TABLE public.workers TO evalctl_coordinator;
GRANT INSERT(state),UPDATE(state) ON TABLE public.workers TO evalctl_worker;


--
-- Name: COLUMN workers.images_per_second; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(images_per_second),UPDATE(images_per_second) ON TABLE public.workers TO evalctl_worker;


--
-- Name: COLUMN workers.started_at; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(started_at) ON TABLE public.workers TO evalctl_worker;


--
-- Name: COLUMN workers.last_heartbeat_at; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(last_heartbeat_at),UPDATE(last_heartbeat_at) ON TABLE public.workers TO evalctl_worker;


--
-- Name: COLUMN workers.kernels; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(kernels),UPDATE(kernels) ON TABLE public.workers TO evalctl_worker;


--
-- Name: COLUMN workers.problem; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(problem),UPDATE(problem) ON TABLE public.workers TO evalctl_worker;


--
-- Name: COLUMN workers.can_work; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(can_work),UPDATE(can_work) ON TABLE public.workers TO evalctl_worker;


--
-- Name: COLUMN workers.unfit_datasets; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(unfit_datasets),UPDATE(unfit_datasets) ON TABLE public.workers TO evalctl_worker;


--
-- Name: TABLE failures; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.failures TO evalctl_owner;
GRANT SELECT ON TABLE public.failures TO evalctl_coordinator;
GRANT SELECT ON TABLE public.failures TO evalctl_reader;


--
-- Name: TABLE figures_of_runs; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.figures_of_runs TO evalctl_owner;
GRANT SELECT ON TABLE public.figures_of_runs TO evalctl_coordinator;
GRANT SELECT ON TABLE public.figures_of_runs TO evalctl_reader;


--
-- Name: TABLE model_layers; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.model_layers TO evalctl_owner;
GRANT SELECT ON TABLE public.model_layers TO evalctl_coordinator;
GRANT SELECT ON TABLE public.model_layers TO evalctl_reader;
GRANT SELECT ON TABLE public.model_layers TO evalctl_worker;


--
-- Name: TABLE firing_rates; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.firing_rates TO evalctl_owner;
GRANT SELECT ON TABLE public.firing_rates TO evalctl_coordinator;
GRANT SELECT ON TABLE public.firing_rates TO evalctl_reader;


--
-- Name: TABLE image_doubts; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.image_doubts TO evalctl_owner;
GRANT SELECT ON TABLE public.image_doubts TO evalctl_coordinator;
GRANT SELECT,INSERT ON TABLE public.image_doubts TO evalctl_worker;
GRANT SELECT ON TABLE public.image_doubts TO evalctl_reader;


--
-- Name: COLUMN image_doubts.code; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(code) ON TABLE public.image_doubts TO evalctl_worker;


--
-- Name: COLUMN image_doubts.message; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(message) ON TABLE public.image_doubts TO evalctl_worker;


--
-- Name: COLUMN image_doubts.seen_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(seen_at) ON TABLE public.image_doubts TO evalctl_worker;


--
-- Name: TABLE label_set_labels; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.label_set_labels TO evalctl_owner;
GRANT SELECT ON TABLE public.label_set_labels TO evalctl_coordinator;
GRANT SELECT ON TABLE public.label_set_labels TO evalctl_reader;


--
-- Name: TABLE label_sets; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.label_sets TO evalctl_owner;
GRANT SELECT ON TABLE public.label_sets TO evalctl_coordinator;
GRANT SELECT ON TABLE public.label_sets TO evalctl_reader;


--
-- Name: TABLE label_set_accuracy; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.label_set_accuracy TO evalctl_owner;
GRANT SELECT ON TABLE public.label_set_accuracy TO evalctl_coordinator;
GRANT SELECT ON TABLE public.label_set_accuracy TO evalctl_reader;


--
-- Name: TABLE latency_histogram; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.latency_histogram TO evalctl_owner;
GRANT SELECT ON TABLE public.latency_histogram TO evalctl_coordinator;
GRANT SELECT ON TABLE public.latency_histogram TO evalctl_reader;


--
-- Name: TABLE latency_percentiles; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.latency_percentiles TO evalctl_owner;
GRANT SELECT ON TABLE public.latency_percentiles TO evalctl_coordinator;
GRANT SELECT ON TABLE public.latency_percentiles TO evalctl_reader;


--
-- Name: TABLE layer_activity; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.layer_activity TO evalctl_owner;
GRANT SELECT ON TABLE public.layer_activity TO evalctl_coordinator;
GRANT SELECT ON TABLE public.layer_activity TO evalctl_reader;


--
-- Name: TABLE layer_firing; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.layer_firing TO evalctl_owner;
GRANT SELECT ON TABLE public.layer_firing TO evalctl_coordinator;
GRANT SELECT ON TABLE public.layer_firing TO evalctl_reader;


--
-- Name: TABLE leadership; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.leadership TO evalctl_owner;
GRANT SELECT ON TABLE public.leadership TO evalctl_coordinator;
GRANT SELECT ON TABLE public.leadership TO evalctl_reader;


--
-- Name: COLUMN leadership.coordinator_id; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(coordinator_id) ON TABLE public.leadership TO evalctl_coordinator;


--
-- Name: COLUMN leadership.term; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(term) ON TABLE public.leadership TO evalctl_coordinator;


--
-- Name: COLUMN leadership.expires_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(expires_at) ON TABLE public.leadership TO evalctl_coordinator;


--
-- Name: TABLE message_failures; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.message_failures TO evalctl_owner;
GRANT SELECT ON TABLE public.message_failures TO evalctl_coordinator;
GRANT SELECT ON TABLE public.message_failures TO evalctl_reader;
GRANT INSERT ON TABLE public.message_failures TO evalctl_worker;


--
-- Name: TABLE mistakes; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.mistakes TO evalctl_owner;
GRANT SELECT ON TABLE public.mistakes TO evalctl_coordinator;
GRANT SELECT ON TABLE public.mistakes TO evalctl_reader;


--
-- Name: TABLE models; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.models TO evalctl_owner;
GRANT SELECT ON TABLE public.models TO evalctl_coordinator;
GRANT SELECT ON TABLE public.models TO evalctl_reader;
GRANT SELECT ON TABLE public.models TO evalctl_worker;


--
-- Name: TABLE model_settings; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.model_settings TO evalctl_owner;
GRANT SELECT ON TABLE public.model_settings TO evalctl_coordinator;
GRANT SELECT ON TABLE public.model_settings TO evalctl_reader;


--
-- Name: TABLE run_figures; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.run_figures TO evalctl_owner;
GRANT SELECT,INSERT ON TABLE public.run_figures TO evalctl_coordinator;
GRANT SELECT ON TABLE public.run_figures TO evalctl_reader;


--
-- Name: TABLE progress; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.progress TO evalctl_owner;
GRANT SELECT ON TABLE public.progress TO evalctl_coordinator;
GRANT SELECT ON TABLE public.progress TO evalctl_reader;


--
-- Name: TABLE reports; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reports TO evalctl_owner;
GRANT SELECT,INSERT ON TABLE public.reports TO evalctl_coordinator;
GRANT SELECT ON TABLE public.reports TO evalctl_reader;


--
-- Name: COLUMN reports.report; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(report) ON TABLE public.reports TO evalctl_coordinator;


--
-- Name: COLUMN reports.created_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(created_at) ON TABLE public.reports TO evalctl_coordinator;


--
-- Name: TABLE run_accuracy; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.run_accuracy TO evalctl_owner;
GRANT SELECT ON TABLE public.run_accuracy TO evalctl_coordinator;
GRANT SELECT ON TABLE public.run_accuracy TO evalctl_reader;


--
-- Name: TABLE run_energy; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.run_energy TO evalctl_owner;
GRANT SELECT ON TABLE public.run_energy TO evalctl_coordinator;
GRANT SELECT ON TABLE public.run_energy TO evalctl_reader;


--
-- Name: TABLE run_provenance; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.run_provenance TO evalctl_owner;
GRANT SELECT ON TABLE public.run_provenance TO evalctl_coordinator;
GRANT SELECT ON TABLE public.run_provenance TO evalctl_reader;


--
-- Name: TABLE synaptic_operations; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.synaptic_operations TO evalctl_owner;
GRANT SELECT ON TABLE public.synaptic_operations TO evalctl_coordinator;
GRANT SELECT ON TABLE public.synaptic_operations TO evalctl_reader;


--
-- Name: TABLE worker_status; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.worker_status TO evalctl_owner;
GRANT SELECT ON TABLE public.worker_status TO evalctl_coordinator;
GRANT SELECT ON TABLE public.worker_status TO evalctl_reader;
GRANT SELECT ON TABLE public.worker_status TO evalctl_worker;


--
-- PostgreSQL database dump complete
--


