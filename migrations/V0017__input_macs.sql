-- A model of any family says itself how often its first layers multiply pixels; older spiking MLPs only have their sizes.
CREATE OR REPLACE FUNCTION first_convolution_macs(architecture jsonb) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce((architecture ->> 'input_macs')::bigint, (image / patch) * (image / patch) * dim * 3 * patch * patch)
    FROM (SELECT (architecture ->> 'image')::bigint AS image, nullif((architecture ->> 'patch')::bigint, 0) AS patch,
                 (architecture ->> 'dim')::bigint AS dim) AS a
$$;
COMMENT ON FUNCTION first_convolution_macs IS
    'Multiply-accumulates of the layers that read pixels: once per image, whatever the number of time steps.';
