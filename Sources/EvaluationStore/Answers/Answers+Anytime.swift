package import Evaluation
internal import Postgres

extension Answers {
    /// What the run would have come to with each number of time steps.
    package func anytime(_ run: RunID) throws -> [AnytimePoint] {
        try rows(
            """
            SELECT timestep, images, top1_correct, top5_correct, coalesce(spikes_per_image, 0) AS spikes, coalesce(synops_per_image, 0) AS synops
            FROM anytime_accuracy WHERE run_id = $1 ORDER BY timestep
            """, [.int64(run.rawValue)]
        ).map { row in
            AnytimePoint(
                rule: .timeSteps(try row.int("timestep")), images: try row.int("images"), top1Correct: try row.int("top1_correct"),
                top5Correct: try row.int("top5_correct"), timeStepsPerImage: try row.double("timestep"),
                spikesPerImage: try row.double("spikes"), synapticOperationsPerImage: try row.double("synops"))
        }
    }

    /// What the run would have come to, exactly, had each image stopped at one of these margins.
    package func earlyExits(_ run: RunID, margins: [Double]) throws -> [AnytimePoint] {
        try earlyExits(run, "margin", margins) { .margin($0) }
    }

    /// What the run would have come to, exactly, had each image stopped after so many equal predictions in a row.
    package func earlyExits(_ run: RunID, stable lengths: [Int]) throws -> [AnytimePoint] {
        try earlyExits(run, "stable", lengths.map { Double($0) }) { .stable(Int($0)) }
    }

    private func earlyExits(_ run: RunID, _ rule: String, _ parameters: [Double], _ name: (Double) -> ExitRule) throws -> [AnytimePoint] {
        try rows(
            """
            SELECT parameter, images, top1_correct, timesteps_per_image, spikes_per_image, synops_per_image FROM early_exit($1, $2, $3)
            """, [.int64(run.rawValue), .text(rule), .float64Array(parameters)]
        ).map { row in
            AnytimePoint(
                rule: name(try row.double("parameter")), images: try row.int("images"), top1Correct: try row.int("top1_correct"),
                top5Correct: nil, timeStepsPerImage: try row.double("timesteps_per_image"),
                spikesPerImage: try row.double("spikes_per_image"), synapticOperationsPerImage: try row.double("synops_per_image"))
        }
    }

    /// Accuracy and cost of all ways of stopping: every number of time steps, margins and stable predictions.
    /// - Parameters:
    ///   - margins: where none are given, the deciles of those that occur.
    ///   - lengths: equal predictions in a row; where none are given, 2 to at most 9.
    package func anytimeCurve(of run: StoredRun, margins: [Double] = [], stable lengths: [Int] = []) throws -> [AnytimePoint] {
        try anytime(run.id) + earlyExitCurve(of: run, margins: margins, stable: lengths)
    }

    /// The early exits of ``anytimeCurve(of:margins:stable:)``.
    func earlyExitCurve(of run: StoredRun, margins: [Double] = [], stable lengths: [Int] = []) throws -> [AnytimePoint] {
        let deciles = (1...9).map { Double($0) / 10 }
        let margins = try margins.isEmpty ? marginQuantiles(run.id, deciles) : margins
        let lengths = lengths.isEmpty ? Array((1...max(run.specification.timeSteps, 1)).dropFirst().prefix(8)) : lengths
        return try earlyExits(run.id, margins: Set(margins).sorted()) + earlyExits(run.id, stable: Set(lengths).sorted())
    }

    /// Margins that occur in a run, at these fractions of all its images and time steps.
    package func marginQuantiles(_ run: RunID, _ fractions: [Double]) throws -> [Double] {
        try rows("SELECT margin_quantiles($1, $2) AS margins", [.int64(run.rawValue), .float64Array(fractions)]).single()
            .doublesIfPresent("margins") ?? []
    }
}
