-- What a run's page shows beside the answers there are: times as histograms, and who did how much when.

CREATE VIEW latency_histogram AS
SELECT r.run_id, p.phase, p.bin, power(10, p.bin / 20.0::double precision) AS low_us,
       power(10, (p.bin + 1) / 20.0::double precision) AS high_us, p.images
FROM runs r
CROSS JOIN LATERAL (
    SELECT q.phase, floor(20 * log(greatest(q.us, 1)::double precision))::integer AS bin, count(*) AS images
    FROM predictions
    CROSS JOIN LATERAL (
        VALUES ('decode', decode_us), ('preprocess', preprocess_us), ('inference', inference_us), ('total', total_us)) AS q (phase, us)
    WHERE predictions.run_id = r.run_id GROUP BY 1, 2) p;
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

GRANT SELECT ON latency_histogram TO evalctl_owner, evalctl_coordinator, evalctl_reader;
