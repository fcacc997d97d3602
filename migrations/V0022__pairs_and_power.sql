-- Two runs are compared on the same images: those of the same bytes and label, wherever they lie.

DROP FUNCTION paired_images(bigint, bigint);
CREATE FUNCTION paired_images(a bigint, b bigint)
RETURNS TABLE (a_ordinal integer, b_ordinal integer, path text, same_bytes boolean, same_label boolean)
    LANGUAGE sql STABLE AS $$
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
COMMENT ON FUNCTION paired_images IS
    'Images of two runs'' data sets that belong together: by place where the manifests are the same, else by bytes and label, or by path where the setting evalctl.pairing is path. Of images with the same bytes and label the first belongs to the first.';

CREATE FUNCTION different_images(a bigint, b bigint)
RETURNS TABLE (a_path text, b_path text, a_label integer, b_label integer, same_bytes boolean)
    LANGUAGE sql STABLE AS $$
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
COMMENT ON FUNCTION different_images IS
    'Images of two runs'' data sets that have no partner of the same bytes and label, but one of the same path with other bytes, or of the same bytes with another label.';

-- What a test shows four times in five is asked of the test itself: Connor's approximation promises too much with few images.

CREATE FUNCTION mcnemar_power(images bigint, discordant_rate double precision, difference double precision) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
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
COMMENT ON FUNCTION mcnemar_power IS
    'The probability that the exact two-sided McNemar test at the 5 % level finds a difference of accuracy between runs of so many images, so much of which one run alone has right.';

CREATE OR REPLACE FUNCTION resolvable_difference(images bigint, discordant bigint) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
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
COMMENT ON FUNCTION resolvable_difference IS
    'The least difference of accuracy that the exact McNemar test at the 5 % level finds four times in five, with so many paired images, so many of them discordant; more are taken to be where the difference has to be larger. Null below six images, which can show none.';

-- Energies by both habits, and none of additions for the engine that multiplies.

CREATE OR REPLACE VIEW run_energy AS
SELECT a.run_id, e.name AS costs, a.timestep, first_convolution_macs(m.architecture) AS macs_per_image, a.synops_per_image,
       e.mac_picojoules, e.ac_picojoules,
       first_convolution_macs(m.architecture) * e.mac_picojoules / 1e9 AS mac_millijoules,
       a.synops_per_image * e.ac_picojoules / 1e9 AS ac_millijoules,
       (first_convolution_macs(m.architecture) * e.mac_picojoules + a.synops_per_image * e.ac_picojoules) / 1e9 AS millijoules_per_image,
       a.top1_accuracy,
       (a.timestep * first_convolution_macs(m.architecture) * e.mac_picojoules + a.synops_per_image * e.ac_picojoules) / 1e9
           AS millijoules_per_image_repeated
FROM anytime_accuracy a
JOIN runs r USING (run_id)
JOIN models m USING (model_id)
CROSS JOIN (
    SELECT name, max(picojoules) FILTER (WHERE operation = 'mac') AS mac_picojoules,
           max(picojoules) FILTER (WHERE operation = 'ac') AS ac_picojoules
    FROM energy_costs GROUP BY name) e
WHERE r.engine <> 'float';
COMMENT ON VIEW run_energy IS
    'Energy per image by table of costs and number of time steps: E = MACs of the first convolution x E_MAC + synaptic operations x E_AC, the first convolution counted once an image, and repeated in each time step as many papers count it. Runs of float, which multiplies, have none.';

-- Progress counts images, also those of shards that are under way.

ALTER TABLE shards ADD COLUMN images_computed integer NOT NULL DEFAULT 0 CHECK (images_computed >= 0);
COMMENT ON COLUMN shards.images_computed IS 'Images that the present attempt has computed and not stored yet, as its worker says with each renewal of the lease.';
GRANT UPDATE (images_computed) ON shards TO evalctl_worker;

CREATE OR REPLACE VIEW progress AS
SELECT r.run_id, m.name AS model, d.name AS dataset, r.state, r.priority, r.images_expected, s.images_done,
       r.images_expected - s.images_done AS images_left,
       s.images_done::double precision / r.images_expected AS fraction,
       s.shards, s.shards_pending, s.shards_published, s.shards_running, s.shards_done, s.shards_dead,
       r.submitted_at, r.started_at, r.finished_at,
       s.images_done / nullif(extract(epoch FROM coalesce(r.finished_at, now()) - r.started_at), 0)::double precision AS images_per_second,
       s.shards_split, s.shards_cancelled, s.images_computed
FROM runs r
JOIN models m USING (model_id)
JOIN datasets d USING (dataset_id)
LEFT JOIN run_figures k USING (run_id)
CROSS JOIN LATERAL (
    SELECT k.images_done, k.shards::bigint AS shards, 0::bigint AS shards_pending, 0::bigint AS shards_published, 0::bigint AS shards_running,
           k.shards_done::bigint AS shards_done, k.shards_dead::bigint AS shards_dead, k.shards_split::bigint AS shards_split,
           k.shards_cancelled::bigint AS shards_cancelled, 0::bigint AS images_computed
    WHERE k.run_id IS NOT NULL
    UNION ALL
    SELECT coalesce(sum(image_count - images_redone) FILTER (WHERE shards.state IN ('done', 'dead')), 0)::integer,
           count(*) FILTER (WHERE shards.state <> 'split'), count(*) FILTER (WHERE shards.state = 'pending'),
           count(*) FILTER (WHERE shards.state = 'published'), count(*) FILTER (WHERE shards.state = 'running'),
           count(*) FILTER (WHERE shards.state = 'done'), count(*) FILTER (WHERE shards.state = 'dead'),
           count(*) FILTER (WHERE shards.state = 'split'), count(*) FILTER (WHERE shards.state = 'cancelled'),
           coalesce(sum(least(shards.images_computed, image_count)) FILTER (WHERE shards.state = 'running'), 0)::bigint
    FROM shards WHERE shards.run_id = r.run_id HAVING k.run_id IS NULL) s;
COMMENT ON VIEW progress IS
    'One row a run: shards by state, images done, images of running shards that are computed and not stored yet, images per second since it started.';
