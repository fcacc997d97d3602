-- A run may leave out the logits of the classes that its data set has no image of: a subset of what the model knows.
ALTER TABLE runs ADD only_listed_classes boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN runs.only_listed_classes IS 'Logits of classes that the data set has no image of were left out.';
DROP INDEX runs_newest;
CREATE UNIQUE INDEX runs_newest ON runs (model_id, dataset_id, timesteps, engine, preprocessing, pixel_limit, only_listed_classes)
    WHERE is_newest;

CREATE OR REPLACE VIEW run_provenance AS
SELECT r.run_id, m.name AS model, m.sha256 AS model_sha256, d.name AS dataset, d.manifest_sha256, r.timesteps, r.engine, r.preprocessing,
       r.pixel_limit, r.version,
       ARRAY(SELECT DISTINCT w.instruction_set FROM shards s JOIN workers w USING (worker_id)
             WHERE s.run_id = r.run_id AND s.state = 'done' ORDER BY 1) AS instruction_sets,
       ARRAY(SELECT DISTINCT w.version FROM shards s JOIN workers w USING (worker_id)
             WHERE s.run_id = r.run_id AND s.state = 'done' ORDER BY 1) AS worker_versions,
       m.network, r.only_listed_classes
FROM runs r
JOIN models m USING (model_id)
JOIN datasets d USING (dataset_id);
