internal import Diagnostics
package import Evaluation
internal import Postgres

extension Answers {
    /// All complete tables of energy costs, by name.
    package func energyCosts() throws -> [EnergyCosts] {
        try rows(
            """
            SELECT name, max(picojoules) FILTER (WHERE operation = 'ac') AS ac, max(picojoules) FILTER (WHERE operation = 'mac') AS mac
            FROM energy_costs GROUP BY name HAVING count(*) = 2 ORDER BY name
            """
        ).map { EnergyCosts(name: try $0.text("name"), ac: try $0.double("ac"), mac: try $0.double("mac")) }
    }

    /// The table of energy costs of that name.
    /// - Throws: `energy.unknown_costs`.
    package func energyCosts(named name: String) throws -> EnergyCosts {
        let all = try energyCosts()
        guard let costs = all.first(where: { $0.name == name }) else {
            throw Failure(
                Failure.Code("energy.unknown_costs"), "there is no table of energy costs named \(name)",
                remedy: "choose one of \(all.map(\.name).joined(separator: ", ")), or add its two rows to the table energy_costs")
        }
        return costs
    }

    /// Multiply-accumulates of a run's first convolution; nil where the stored architecture does not tell, and for the engine that multiplies.
    package func firstConvolutionOperations(of run: StoredRun) throws -> Int? {
        guard EnergyEstimate.isOf(engine: run.specification.engine) else { return nil }
        return try rows(
            "SELECT first_convolution_macs(architecture) AS macs FROM models WHERE model_id = $1", [.int64(run.specification.modelID)]
        ).single().intIfPresent("macs")
    }

    /// Energy per image by the default table of costs; nil where the stored architecture or the table does not tell.
    func energyEstimate(of run: StoredRun, synapticOperations: Double) throws -> EnergyEstimate? {
        guard let macs = try firstConvolutionOperations(of: run),
            let costs = try energyCosts().first(where: { $0.name == EnergyCosts.defaultName })
        else { return nil }
        return EnergyEstimate(
            costs: costs, macsPerImage: macs, synapticOperationsPerImage: synapticOperations,
            timeSteps: run.specification.timeSteps)
    }

    /// Spikes and synaptic operations per image: mean and percentiles.
    package func costDistributions(of run: RunID) throws -> [CostDistribution] {
        try rows(
            """
            SELECT quantity, images, mean, coalesce(deviation, 0) AS deviation, minimum, p5, p25, p50, p75, p95, maximum
            FROM cost_distribution WHERE run_id = $1
            """, [.int64(run.rawValue)]
        ).map { row in
            CostDistribution(
                quantity: try row.text("quantity"), images: try row.int("images"), mean: try row.double("mean"),
                deviation: try row.double("deviation"), minimum: try row.int("minimum"), p5: try row.int("p5"), p25: try row.int("p25"),
                p50: try row.int("p50"), p75: try row.int("p75"), p95: try row.int("p95"), maximum: try row.int("maximum"))
        }
    }

    /// What an image of each class costs, the most costly class first.
    package func classCosts(of run: RunID) throws -> [ClassCost] {
        try rows(
            """
            SELECT class, class_name, images, spikes_per_image, synops_per_image, top1_accuracy FROM class_costs
            WHERE run_id = $1 ORDER BY synops_per_image DESC, class
            """, [.int64(run.rawValue)]
        ).map { row in
            ClassCost(
                label: try row.int("class"), name: try row.textIfPresent("class_name"), images: try row.int("images"),
                spikesPerImage: try row.double("spikes_per_image"), synapticOperationsPerImage: try row.double("synops_per_image"),
                top1Accuracy: try row.double("top1_accuracy"))
        }
    }
}
