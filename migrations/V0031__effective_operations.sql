-- A layer that reads counts or means of spikes does a synaptic operation for each spike; other tools count each input that is not 0. Rows that
-- were stored before know nothing of it.

ALTER TABLE shard_activity ADD COLUMN effective bigint[];
COMMENT ON COLUMN shard_activity.effective IS
    'By synaptic layer, then time step: its operations with each input that is not 0 counted once. Empty where no layer reads counts or means, null of older rows.';

CREATE OR REPLACE VIEW synaptic_operations AS
SELECT
    r.run_id,
    l.layer,
    l.name,
    ((a.place - 1) % r.timesteps + 1)::integer AS timestep,
    a.images,
    a.count AS synops,
    a.count::double precision / nullif(a.images, 0) AS synops_per_image,
    a.effective::double precision / nullif(a.images, 0) AS effective_per_image
FROM runs AS r
CROSS JOIN LATERAL (
    SELECT
        u.place, sum(s.images) AS images, sum(u.count)::bigint AS count,
        CASE WHEN bool_and(s.effective IS NOT NULL) THEN sum(coalesce(u.effective, u.count))::bigint END AS effective
    FROM shard_activity AS s
    -- What is effective stands beside the last of the counts, those of synaptic layers.
    CROSS JOIN LATERAL unnest(
        s.counts, array_fill(NULL::bigint, ARRAY[cardinality(s.counts) - coalesce(cardinality(s.effective), 0)]) || s.effective
    ) WITH ORDINALITY AS u (count, effective, place)
    WHERE s.run_id = r.run_id
    GROUP BY u.place
) AS a
CROSS JOIN LATERAL (
    SELECT m.layer, m.name FROM model_layers AS m
    WHERE m.model_id = r.model_id AND m.layer = (a.place - 1) / r.timesteps AND m.kind = 'synapse'
    OFFSET 0
) AS l;

COMMENT ON VIEW synaptic_operations IS
    'Weights added because a spike arrived, by synaptic layer and time step, over all images; effective: each input that is not 0 once, also counts and means.';
