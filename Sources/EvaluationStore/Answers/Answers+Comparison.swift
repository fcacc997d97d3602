internal import Diagnostics
package import Evaluation
internal import Postgres

extension Answers {
    /// How two runs fared on the images that both evaluated.
    /// - Throws: `store.not_found`; `compare.no_common_images`.
    package func pairedCounts(_ a: RunID, _ b: RunID) throws -> PairedCounts {
        for run in [a, b] { _ = try queue.unprunedRun(run) }
        let row = try rows(
            "SELECT images, a_correct, b_correct, a_only, b_only FROM run_comparison($1, $2)", [.int64(a.rawValue), .int64(b.rawValue)]
        ).single()
        let counts = PairedCounts(
            both: try row.int("a_correct") - row.int("a_only"), aOnly: try row.int("a_only"), bOnly: try row.int("b_only"),
            neither: try row.int("images") - row.int("a_correct") - row.int("b_only"))
        guard counts.images > 0 else {
            throw Failure(
                Failure.Code("compare.no_common_images"), "runs \(a) and \(b) have evaluated no image in common",
                remedy: "compare runs of the same data set, or of data sets that share images")
        }
        return counts
    }

    /// Lets `body` pair the images of two data sets so.
    package func paired<Result>(by pairing: Pairing, _ body: () throws -> Result) throws -> Result {
        guard pairing == .path else { return try body() }
        return try session.withConnection { connection in
            try connection.transaction(readOnly: true) { connection in
                try connection.executeScript("SET LOCAL evalctl.pairing = 'path'")
                return try body()
            }
        }
    }

    /// - Throws: `compare.different_images` where an image of one run's data set has other bytes or another label in the other's.
    package func requireSameImages(_ a: RunID, _ b: RunID) throws {
        for run in [a, b] { _ = try queue.unprunedRun(run) }
        let key: [PostgresValue] = [.int64(a.rawValue), .int64(b.rawValue)]
        let counted = try rows(
            "SELECT count(*) AS images, count(*) FILTER (WHERE NOT same_bytes) AS files FROM different_images($1, $2)", key
        ).single()
        let (images, files) = (try counted.int("images"), try counted.int("files"))
        guard images > 0,
            let example = try rows("SELECT a_path, b_path, a_label, b_label, same_bytes FROM different_images($1, $2) LIMIT 1", key).first
        else { return }
        let difference =
            try example.bool("same_bytes")
            ? "\(example.text("a_path")) has label \(example.int("a_label")) in one and \(example.int("b_label")) in the other"
            : "\(example.text("a_path")) has other bytes"
        throw Failure(
            .differentImages,
            "the data sets of runs \(a) and \(b) have different images: \(files) with other bytes under the same path, "
                + "\(images - files) with another label for the same bytes; \(difference)",
            remedy: "--pair-by-path pairs images by their path alone")
    }

    /// How the images are paired that both runs evaluated. To be called within ``paired(by:_:)``.
    package func pairedImages(_ a: RunID, _ b: RunID, by pairing: Pairing) throws -> PairedImages {
        guard pairing == .path else { return PairedImages() }
        let row = try rows(
            """
            SELECT count(*) FILTER (WHERE NOT same_bytes) AS files, count(*) FILTER (WHERE NOT same_label) AS labels
            FROM paired_images($1, $2) i
            JOIN prediction_rows p ON p.run_id = $1 AND p.ordinal = i.a_ordinal
            JOIN prediction_rows q ON q.run_id = $2 AND q.ordinal = i.b_ordinal
            """, [.int64(a.rawValue), .int64(b.rawValue)]
        ).single()
        return PairedImages(pairing: .path, otherBytes: try row.int("files"), otherLabels: try row.int("labels"))
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
    package func modelName(of run: RunID) throws -> String { try catalogue.model(id: queue.unprunedRun(run).specification.modelID).name }
}
