-- A run's activity is read once, also where nothing is known yet of how many layers a model has: a plan that took the layers first read it
-- again for each of them. The layer is looked up for each place, so that no plan can.

CREATE OR REPLACE VIEW layer_activity AS
SELECT
    a.run_id,
    a.shard,
    l.layer,
    ((u.place - 1) % r.timesteps + 1)::integer AS timestep,
    a.images,
    CASE l.kind WHEN 'lif' THEN u.count ELSE 0 END AS spikes,
    CASE l.kind WHEN 'lif' THEN l.neurons * a.images ELSE 0 END AS neurons,
    CASE l.kind WHEN 'lif' THEN 0 ELSE u.count END AS synops
FROM shard_activity AS a
JOIN runs AS r ON r.run_id = a.run_id
CROSS JOIN LATERAL unnest(a.counts) WITH ORDINALITY AS u (count, place)
CROSS JOIN LATERAL (
    SELECT m.layer, m.kind, m.neurons FROM model_layers AS m
    WHERE m.model_id = r.model_id AND m.layer = (u.place - 1) / r.timesteps
    OFFSET 0
) AS l;

CREATE OR REPLACE VIEW firing_rates AS
SELECT
    r.run_id,
    l.layer,
    l.name,
    ((a.place - 1) % r.timesteps + 1)::integer AS timestep,
    a.images,
    a.count AS spikes,
    a.images * l.neurons AS neurons,
    a.count::double precision / nullif(a.images * l.neurons, 0) AS firing_rate
FROM runs AS r
CROSS JOIN LATERAL (
    SELECT u.place, sum(s.images) AS images, sum(u.count)::bigint AS count
    FROM shard_activity AS s CROSS JOIN LATERAL unnest(s.counts) WITH ORDINALITY AS u (count, place)
    WHERE s.run_id = r.run_id
    GROUP BY u.place
) AS a
CROSS JOIN LATERAL (
    SELECT m.layer, m.name, m.neurons FROM model_layers AS m
    WHERE m.model_id = r.model_id AND m.layer = (a.place - 1) / r.timesteps AND m.kind = 'lif'
    OFFSET 0
) AS l;

CREATE OR REPLACE VIEW synaptic_operations AS
SELECT
    r.run_id,
    l.layer,
    l.name,
    ((a.place - 1) % r.timesteps + 1)::integer AS timestep,
    a.images,
    a.count AS synops,
    a.count::double precision / nullif(a.images, 0) AS synops_per_image
FROM runs AS r
CROSS JOIN LATERAL (
    SELECT u.place, sum(s.images) AS images, sum(u.count)::bigint AS count
    FROM shard_activity AS s CROSS JOIN LATERAL unnest(s.counts) WITH ORDINALITY AS u (count, place)
    WHERE s.run_id = r.run_id
    GROUP BY u.place
) AS a
CROSS JOIN LATERAL (
    SELECT m.layer, m.name FROM model_layers AS m
    WHERE m.model_id = r.model_id AND m.layer = (a.place - 1) / r.timesteps AND m.kind = 'synapse'
    OFFSET 0
) AS l;

CREATE OR REPLACE FUNCTION activity_changes(a bigint, b bigint)
RETURNS TABLE (
    a_shard integer, b_shard integer, first_ordinal integer, images integer, timestep integer, layer integer, name text, a_spikes bigint,
    b_spikes bigint
) LANGUAGE sql STABLE AS $$
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
