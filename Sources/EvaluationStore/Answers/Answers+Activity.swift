package import Evaluation
internal import Postgres

extension Answers {
    /// How much each LIF group fires, in the model's order.
    package func layerFiring(of run: RunID) throws -> [LayerFiring] {
        try rows(
            """
            SELECT layer, name, coalesce(neurons, 0) AS neurons, coalesce(spikes_per_image, 0) AS spikes_per_image,
                   coalesce(firing_rate, 0) AS firing_rate, timestep_firing_rate, silent_timesteps, state
            FROM layer_firing WHERE run_id = $1 AND neurons > 0 ORDER BY layer
            """, [.int64(run.rawValue)]
        ).map { row in
            LayerFiring(
                layer: try row.int("layer"), name: try row.text("name"), neurons: try row.int("neurons"),
                spikesPerImage: try row.double("spikes_per_image"), firingRate: try row.double("firing_rate"),
                firingRateByTimeStep: try row.doubles("timestep_firing_rate"), silentTimeSteps: try row.ints("silent_timesteps"),
                state: LayerFiring.State(rawValue: try row.text("state")) ?? .active)
        }
    }

    /// What each synaptic layer adds, in the model's order.
    package func layerOperations(of run: RunID) throws -> [LayerOperations] {
        try rows(
            """
            SELECT layer, name, array_agg(coalesce(synops_per_image, 0) ORDER BY timestep) AS synops,
                   CASE WHEN bool_and(effective_per_image IS NOT NULL) THEN sum(effective_per_image) END AS effective
            FROM synaptic_operations WHERE run_id = $1 GROUP BY layer, name ORDER BY layer
            """, [.int64(run.rawValue)]
        ).map { row in
            LayerOperations(
                layer: try row.int("layer"), name: try row.text("name"), operationsByTimeStep: try row.doubles("synops"),
                effectivePerImage: try row.isNull("effective") ? nil : row.double("effective"))
        }
    }
}
