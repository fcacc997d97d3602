internal import Diagnostics
package import Evaluation
internal import FoundationEssentials
internal import Postgres

extension Answers {
    /// What a run came to so far; of a pruned run what was kept of it, with the certificate that its model has now.
    /// - Throws: `store.not_found`.
    package func report(_ id: RunID) throws -> RunReport {
        let run = try queue.run(id)
        return try run.isPruned ? keptReport(of: run) : report(run, anytime: anytime(id))
    }

    private func keptReport(of run: StoredRun) throws -> RunReport {
        let kept = try rows("SELECT report::text AS report FROM reports WHERE run_id = $1", [.int64(run.id.rawValue)]).first
        guard let text = try kept?.text("report") else {
            throw Failure(.runState, "run \(run.id) was pruned, and had no report", remedy: "submit it anew")
        }
        var report = try StoredJSON.decode(RunReport.self, from: text, what: "the report that was kept of run \(run.id)")
        report.certificate = try certificate(of: run, catalogue.model(id: run.specification.modelID))
        return report
    }

    /// - Parameter anytime: what ``anytime(_:)`` gives for the run.
    func report(_ run: StoredRun, anytime: [AnytimePoint]) throws -> RunReport {
        let id = run.id
        let model = try catalogue.model(id: run.specification.modelID)
        let dataset = try catalogue.dataSet(id: run.specification.datasetID)
        let key: [PostgresValue] = [.int64(id.rawValue)]
        guard
            let accuracy = try rows(
                "SELECT images_evaluated, images_failed, complete, top1_correct, top5_correct FROM run_accuracy WHERE run_id = $1", key
            ).first,
            let totals = try rows(
                """
                SELECT shards, images_per_second,
                       \(Self.time("submitted_at")) AS submitted_at,
                       \(Self.time("finished_at")) AS finished_at
                FROM progress WHERE run_id = $1
                """, key
            ).first
        else {
            throw Failure(.notFound, "there is no run \(id)", remedy: "`evalctl run list` shows the runs of this database")
        }
        let evaluated = try accuracy.int("images_evaluated")
        let top1ByTimeStep = anytime.map { RunReport.Accuracy(correct: $0.top1Correct, evaluated: $0.images) }
        let last = evaluated > 0 ? anytime.last : nil
        let firing = try rows(
            """
            SELECT sum(spikes)::double precision / nullif(sum(neurons), 0) AS firing_rate FROM firing_rates WHERE run_id = $1
            """, key
        ).first
        let workers = try rows(
            """
            SELECT count(*) AS workers, coalesce(array_to_string(array_agg(DISTINCT instruction_set ORDER BY instruction_set), ','), '') AS sets,
                   coalesce(array_to_string(array_agg(DISTINCT kernels ORDER BY kernels), ','), '') AS kernels
            FROM workers WHERE worker_id IN (SELECT worker_id FROM shards WHERE run_id = $1 AND state = 'done')
            """, key
        ).first
        let isComplete = try accuracy.bool("complete")
        let network = try StoredJSON.decode(NetworkQuote.self, from: model.architecture, what: "the network of model \(model.name)")
            .compared(with: top1ByTimeStep, images: dataset.images, classes: dataset.classes, isComplete: isComplete)
        return RunReport(
            run: id, model: model.name, network: network, dataset: dataset.name, engine: run.specification.engine,
            timeSteps: run.specification.timeSteps, state: run.state, complete: isComplete,
            images: .init(expected: run.imagesExpected, evaluated: evaluated, failed: try accuracy.int("images_failed")),
            failures: try queue.failureCounts(of: id), classes: try classFit(run, dataset),
            top1: .init(correct: try accuracy.int("top1_correct"), evaluated: evaluated),
            top5: .init(correct: try accuracy.int("top5_correct"), evaluated: evaluated),
            top1ByTimeStep: top1ByTimeStep.map { $0.ifKnown($0.accuracy) },
            top1ByTimeStepIntervals: top1ByTimeStep.map { $0.ifKnown($0.ci95) },
            labelSets: try labelSetAccuracies(of: id), latency: try latency(id),
            spikesPerImage: last?.spikesPerImage, firingRate: evaluated > 0 ? try firing?.doubleIfPresent("firing_rate") : nil,
            synapticOperationsPerImage: last?.synapticOperationsPerImage,
            energy: try last.flatMap { try energyEstimate(of: run, synapticOperations: $0.synapticOperationsPerImage) },
            imagesPerSecond: evaluated > 0 ? try totals.doubleIfPresent("images_per_second") : nil,
            workers: try workers?.int("workers") ?? 0,
            provenance: .init(
                modelSHA256: model.sha256, manifestSHA256: dataset.manifestSHA256,
                preprocessing: run.specification.preprocessing, version: run.specification.version,
                instructionSets: try workers?.text("sets").split(separator: ",").map(String.init) ?? [],
                kernels: try workers?.text("kernels").split(separator: ",").map(String.init) ?? [], shards: try totals.int("shards"),
                submittedAt: try totals.text("submitted_at"),
                finishedAt: try totals.textIfPresent("finished_at")),
            certificate: try certificate(of: run, model))
    }

    private func certificate(of run: StoredRun, _ model: StoredModel) throws -> CertificateQuote? {
        try catalogue.certificate(
            of: model, engine: run.specification.engine, timeSteps: run.specification.timeSteps, version: run.specification.version)
    }

    /// Nil where the model's architecture does not tell its classes.
    private func classFit(_ run: StoredRun, _ dataset: StoredDataSet) throws -> ClassFit? {
        let architecture = try rows(
            "SELECT (architecture ->> 'classes')::bigint AS classes FROM models WHERE model_id = $1", [.int64(run.specification.modelID)]
        ).first
        guard let classes = try architecture?.intIfPresent("classes") else { return nil }
        return ClassFit(
            model: classes, names: [], listed: try catalogue.listedClasses(ofDataSet: dataset.id).count,
            onlyListed: run.specification.onlyListedClasses)
    }

    private func latency(_ id: RunID) throws -> RunReport.Latency {
        var latency = RunReport.Latency()
        let found = try rows(
            "SELECT phase, p50_us, p90_us, p99_us, max_us FROM latency_percentiles WHERE run_id = $1", [.int64(id.rawValue)])
        for row in found {
            let percentiles = RunReport.Percentiles(
                p50: try row.int("p50_us"), p90: try row.int("p90_us"), p99: try row.int("p99_us"), max: try row.int("max_us"))
            switch try row.text("phase") {
            case "decode": latency.decode = percentiles
            case "preprocess": latency.preprocess = percentiles
            case "inference": latency.inference = percentiles
            default: latency.total = percentiles
            }
        }
        return latency
    }

    /// A run's predictions with their files, in the manifest's order, read in pieces so that memory stays bounded.
    package func forEachPrediction(of id: RunID, _ body: (Prediction, String) throws -> Void) throws {
        let run = try queue.unprunedRun(id)
        let piece = 2000
        var first = 0
        while first < run.imagesExpected {
            let found = try rows(
                """
                SELECT \(PredictionRow.columns), i.path
                FROM prediction_rows p JOIN images i ON i.dataset_id = $2 AND i.ordinal = p.ordinal
                WHERE p.run_id = $1 AND p.ordinal >= $3 AND p.ordinal < $4 ORDER BY p.ordinal
                """, [.int64(id.rawValue), .int64(run.specification.datasetID), .int(first), .int(first + piece)])
            for row in found { try body(try PredictionRow.prediction(row), try row.text("path")) }
            first += piece
        }
    }
}
