-- A run's activity is added up once, also where nothing is known yet of how many layers a model has: a plan that took the layers first added it up
-- again for each of them. The layer is looked up for each place, so that no plan can.

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
