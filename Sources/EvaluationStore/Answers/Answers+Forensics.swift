internal import Diagnostics
package import Evaluation
internal import Postgres

extension Answers {
    /// What a run's rows depend on.
    /// - Throws: `store.not_found`.
    package func provenance(of run: RunID) throws -> RunProvenance {
        _ = try queue.unprunedRun(run)
        let row = try rows(
            """
            SELECT model, encode(model_sha256, 'hex') AS model_sha256, network, dataset, encode(manifest_sha256, 'hex') AS manifest_sha256, timesteps,
                   engine, preprocessing, pixel_limit, only_listed_classes, version, instruction_sets, worker_versions
            FROM run_provenance WHERE run_id = $1
            """, [.int64(run.rawValue)]
        ).single()
        return RunProvenance(
            run: run, model: try row.text("model"), modelSHA256: try row.text("model_sha256"), network: try row.text("network"),
            dataset: try row.text("dataset"),
            manifestSHA256: try row.text("manifest_sha256"), timeSteps: try row.int("timesteps"), engine: try row.text("engine"),
            preprocessing: try row.text("preprocessing"), pixelLimit: try row.int("pixel_limit"),
            onlyListedClasses: try row.bool("only_listed_classes"), version: try row.text("version"),
            instructionSets: try row.texts("instruction_sets"), workerVersions: try row.texts("worker_versions"))
    }

    /// How many images of two runs differ, and the first of them: those whose prediction does, then those whose spike counts do.
    /// - Parameter limit: how many images are told.
    package func differences(
        _ a: RunID, _ b: RunID, pairing: Pairing = .content, limit: Int
    ) throws -> (counts: RowDifferences, changes: [PredictionChange]) {
        try paired(by: pairing) { try pairedDifferences(a, b, pairing: pairing, limit: limit) }
    }

    private func pairedDifferences(
        _ a: RunID, _ b: RunID, pairing: Pairing, limit: Int
    ) throws -> (counts: RowDifferences, changes: [PredictionChange]) {
        let images = try pairedCounts(a, b).images
        let steps = min(try queue.unprunedRun(a).specification.timeSteps, try queue.unprunedRun(b).specification.timeSteps)
        let key: [PostgresValue] = [.int64(a.rawValue), .int64(b.rawValue)]
        let pairs = try pairedImages(a, b, by: pairing)
        var counts = RowDifferences(
            images: images, rows: 0, predictions: 0, files: pairs.otherBytes, labels: pairs.otherLabels,
            firstSpikeDifference: [Int](repeating: 0, count: steps))
        var ordinals: [Int] = []
        let changed = try rows(
            """
            SELECT a_ordinal, prediction_changed, spikes_timestep FROM prediction_changes($1, $2)
            ORDER BY prediction_changed DESC, spikes_timestep IS NULL, a_ordinal
            """, key)
        for row in changed {
            counts.rows += 1
            if try row.bool("prediction_changed") { counts.predictions += 1 }
            if let step = try row.intIfPresent("spikes_timestep") { counts.firstSpikeDifference[step - 1] += 1 }
            if ordinals.count < limit { ordinals.append(try row.int("a_ordinal")) }
        }
        return (counts, try predictionChanges(a, b, ordinals: ordinals))
    }

    /// What differs of the images at these places of A's manifest, in their order.
    private func predictionChanges(_ a: RunID, _ b: RunID, ordinals: [Int]) throws -> [PredictionChange] {
        let places = Dictionary(ordinals.enumerated().map { ($1, $0) }) { first, _ in first }
        return try rows(
            """
            SELECT a_ordinal, b_ordinal, path, label, label_name, a_predicted, a_name, b_predicted, b_name, a_margin, b_margin, same_bytes,
                   top1_timestep, spikes_timestep
            FROM prediction_changes($1, $2) WHERE a_ordinal = ANY ($3)
            """, [.int64(a.rawValue), .int64(b.rawValue), .int32Array(ordinals.map { Int32(clamping: $0) })]
        ).map { row in
            PredictionChange(
                path: try row.text("path"), label: try row.int("label"), labelName: try row.textIfPresent("label_name"),
                a: .init(
                    ordinal: try row.int("a_ordinal"), predicted: try row.int("a_predicted"), name: try row.textIfPresent("a_name"),
                    margin: try row.double("a_margin")),
                b: .init(
                    ordinal: try row.int("b_ordinal"), predicted: try row.int("b_predicted"), name: try row.textIfPresent("b_name"),
                    margin: try row.double("b_margin")),
                hasSameBytes: try row.bool("same_bytes"), predictionTimeStep: try row.intIfPresent("top1_timestep"),
                spikesTimeStep: try row.intIfPresent("spikes_timestep"))
        }.sorted { places[$0.a.ordinal] ?? 0 < places[$1.a.ordinal] ?? 0 }
    }

    /// Layers and time steps in which sums over a shard's images differ between two runs, and in how many shards.
    package func activityDifferences(_ a: RunID, _ b: RunID) throws -> [(layer: Int, timeStep: Int, shards: Int)] {
        try rows(
            "SELECT layer, timestep, count(*) AS shards FROM activity_changes($1, $2) GROUP BY layer, timestep ORDER BY timestep, layer",
            [.int64(a.rawValue), .int64(b.rawValue)]
        ).map { (try $0.int("layer"), try $0.int("timestep"), try $0.int("shards")) }
    }

    /// Places in the manifest of the images that have a prediction, ascending.
    package func evaluatedOrdinals(of run: RunID) throws -> [Int] {
        try rows("SELECT ordinal FROM prediction_rows WHERE run_id = $1 ORDER BY ordinal", [.int64(run.rawValue)]).map {
            try $0.int("ordinal")
        }
    }

    /// Stored predictions and images at these places, in order.
    package func stored(of run: RunID, ordinals: [Int]) throws -> [(prediction: Prediction, image: StoredImage)] {
        try rows(
            """
            SELECT \(PredictionRow.columns), i.path, i.container, i.byte_offset, i.label AS image_label, i.bytes, i.sha256
            FROM prediction_rows p JOIN images i ON i.dataset_id = $2 AND i.ordinal = p.ordinal
            WHERE p.run_id = $1 AND p.ordinal = ANY ($3) ORDER BY p.ordinal
            """,
            [
                .int64(run.rawValue), .int64(try queue.unprunedRun(run).specification.datasetID),
                .int32Array(ordinals.map { Int32(clamping: $0) }),
            ]
        ).map { row in
            (
                try PredictionRow.prediction(row),
                StoredImage(
                    ordinal: try row.int("ordinal"), path: try row.text("path"), container: try row.textIfPresent("container"),
                    offset: try row.intIfPresent("byte_offset"), label: try row.int("image_label"), bytes: try row.int("bytes"),
                    sha256: try row.bytes("sha256"))
            )
        }
    }
}
