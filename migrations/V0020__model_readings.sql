-- What a file's tensors do not tell of its network is part of a model: one file may be read in several ways.

ALTER TABLE models ADD COLUMN network text NOT NULL DEFAULT '';
COMMENT ON COLUMN models.network IS
    'What was said of the network beside the file (--network, --size), a description by its hash; empty where the file was taken as it is.';
UPDATE models SET network = concat_ws(
    ',', architecture ->> 'network',
    (SELECT 'size=' || (s ->> 'value') FROM jsonb_array_elements(coalesce(architecture -> 'settings', '[]')) AS s
     WHERE s ->> 'key' = 'size' AND s ->> 'origin' = 'given'));
ALTER TABLE models DROP CONSTRAINT models_name_sha256_key;
ALTER TABLE models ADD CONSTRAINT models_name_sha256_network_key UNIQUE (name, sha256, network);

ALTER TABLE certificates ADD COLUMN network text NOT NULL DEFAULT '';
COMMENT ON COLUMN certificates.network IS 'As models.network: which reading of the weights was audited.';
-- Before, a certificate did not tell readings apart: where there is but one, it is that one's.
UPDATE certificates c SET network = m.network
FROM (SELECT sha256, min(network) AS network FROM models GROUP BY sha256 HAVING count(DISTINCT network) = 1) AS m
WHERE m.sha256 = c.model_sha256;
ALTER TABLE certificates DROP CONSTRAINT certificates_pkey;
ALTER TABLE certificates ADD PRIMARY KEY (model_sha256, network, engine, timesteps, version);

CREATE OR REPLACE VIEW run_provenance AS
SELECT r.run_id, m.name AS model, m.sha256 AS model_sha256, d.name AS dataset, d.manifest_sha256, r.timesteps, r.engine, r.preprocessing,
       r.pixel_limit, r.version,
       ARRAY(SELECT DISTINCT w.instruction_set FROM shards s JOIN workers w USING (worker_id)
             WHERE s.run_id = r.run_id AND s.state = 'done' ORDER BY 1) AS instruction_sets,
       ARRAY(SELECT DISTINCT w.version FROM shards s JOIN workers w USING (worker_id)
             WHERE s.run_id = r.run_id AND s.state = 'done' ORDER BY 1) AS worker_versions,
       m.network
FROM runs r JOIN models m USING (model_id) JOIN datasets d USING (dataset_id);

CREATE VIEW model_settings AS
SELECT m.model_id, m.name AS model, s.setting ->> 'key' AS key, s.setting ->> 'value' AS value, s.setting ->> 'origin' AS origin
FROM models m, jsonb_array_elements(coalesce(m.architecture -> 'settings', '[]')) WITH ORDINALITY AS s (setting, place)
ORDER BY m.model_id, s.place;
COMMENT ON VIEW model_settings IS
    'What tensors do not tell of a model''s network: told by the checkpoint, given by the user, or assumed because all published weights agree.';
GRANT SELECT ON model_settings TO evalctl_owner, evalctl_coordinator, evalctl_reader;
