internal import Diagnostics
package import Evaluation
internal import Postgres

extension EvaluationStore {
    /// How two runs fared on the images that both evaluated.
    /// - Throws: `store.not_found`; `compare.no_common_images`.
    package func pairedCounts(_ a: RunID, _ b: RunID) throws -> PairedCounts {
        for run in [a, b] { _ = try self.run(run) }
        let row = try rows(
            "SELECT images, a_correct, b_correct, a_only, b_only FROM run_comparison($1, $2)", [.int64(a.rawValue), .int64(b.rawValue)]
        ).single()
        let counts = PairedCounts(
            both: try row.int("a_correct") - row.int("a_only"), aOnly: try row.int("a_only"), bOnly: try row.int("b_only"),
            neither: try row.int("images") - row.int("a_correct") - row.int("b_only"))
        guard counts.images > 0 else {
            throw Failure(
                Failure.Code("compare.no_common_images"), "runs \(a) and \(b) have evaluated no image in common",
                remedy: "compare runs of the same data set, or of data sets with the same file names")
        }
        return counts
    }

    /// Spikes, synaptic operations and inference time per image of two runs.
    package func costDifferences(_ a: RunID, _ b: RunID) throws -> [CostDifference] {
        try rows(
            "SELECT quantity, a_mean, b_mean, difference, difference_low, difference_high FROM cost_comparison($1, $2)",
            [.int64(a.rawValue), .int64(b.rawValue)]
        ).map { row in
            let low = try row.doubleIfPresent("difference_low")
            let high = try row.doubleIfPresent("difference_high")
            return CostDifference(
                quantity: try row.text("quantity"), a: try row.double("a_mean"), b: try row.double("b_mean"),
                difference: try row.double("difference"), ci95: low.flatMap { low in high.map { Interval(low: low, high: $0) } })
        }
    }

    /// Two runs by class, the most changed first.
    package func classChanges(_ a: RunID, _ b: RunID) throws -> [ClassChange] {
        try rows(
            """
            SELECT class, class_name, images, a_correct, b_correct, a_only, b_only, difference, mcnemar_exact_p, holm_p
            FROM class_changes($1, $2)
            """, [.int64(a.rawValue), .int64(b.rawValue)]
        ).map { row in
            ClassChange(
                label: try row.int("class"), name: try row.textIfPresent("class_name"), images: try row.int("images"),
                aCorrect: try row.int("a_correct"), bCorrect: try row.int("b_correct"), aOnly: try row.int("a_only"),
                bOnly: try row.int("b_only"), difference: try row.double("difference"), mcnemarExactP: try row.double("mcnemar_exact_p"),
                holmP: try row.double("holm_p"))
        }
    }

    /// The model's name of a run.
    package func modelName(of run: RunID) throws -> String { try model(id: self.run(run).specification.modelID).name }
}
