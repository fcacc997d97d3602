package import Evaluation
internal import FoundationEssentials
internal import Postgres

extension Answers {
    /// All that a run's page shows, but for the pictures of its worst images: as the database is at one moment, while workers go on.
    /// - Parameter worstImages: how many mistakes are told.
    /// - Throws: `store.not_found`.
    package func pageContent(of run: RunID, worstImages: Int = 24) throws -> RunPageContent {
        try session.withConnection { connection in
            try connection.transaction(isolation: .repeatableRead, readOnly: true) { _ in
                try gatherPageContent(of: run, worstImages: worstImages)
            }
        }
    }

    private func gatherPageContent(of run: RunID, worstImages: Int) throws -> RunPageContent {
        let stored = try queue.unprunedRun(run)
        let dataset = try catalogue.dataSet(id: stored.specification.datasetID)
        let anytime = try anytime(run)
        let report = try report(stored, anytime: anytime)
        let classes = try classAccuracies(of: run)
        return RunPageContent(
            report: report, anytime: try anytime + earlyExitCurve(of: stored),
            costs: try energyCosts(named: EnergyCosts.defaultName), groups: try layerFiring(of: run),
            synapses: try layerOperations(of: run),
            classes: classes, confusion: try confusionExcerpt(of: run, classes: classes), latency: try latencyHistogram(of: run),
            throughput: try workerThroughput(of: run),
            certificate: try report.certificate.flatMap { _ in
                try wholeCertificate(
                    of: catalogue.model(id: stored.specification.modelID), engine: report.engine, timeSteps: report.timeSteps,
                    version: report.provenance.version)
            },
            worst: try self.worstImages(of: stored, limit: worstImages), dataSetFolder: dataset.root,
            pixelLimit: stored.specification.pixelLimit)
    }

    /// Images by time, by phase and rising time.
    package func latencyHistogram(of run: RunID) throws -> [LatencyBin] {
        try rows(
            "SELECT phase, bin, low_us, high_us, images FROM latency_histogram WHERE run_id = $1 ORDER BY phase, bin",
            [.int64(run.rawValue)]
        ).map { row in
            LatencyBin(
                phase: try row.text("phase"), bin: try row.int("bin"), lowMicroseconds: try row.double("low_us"),
                highMicroseconds: try row.double("high_us"), images: try row.int("images"))
        }
    }

    /// What each worker did over the run's time, the one with the most images first.
    /// - Parameter intervals: how many equal parts the time is cut into.
    package func workerThroughput(of run: RunID, intervals: Int = 60) throws -> [WorkerThroughput] {
        var workers: [Int64: WorkerThroughput] = [:]
        let found = try rows(
            """
            SELECT worker_id, host, part, to_seconds - from_seconds AS seconds, images, images_per_second FROM worker_throughput($1, $2::integer)
            """, [.int64(run.rawValue), .int(intervals)])
        for row in found {
            let id = try row.int64("worker_id")
            var worker =
                try workers[id]
                ?? WorkerThroughput(
                    worker: id, host: row.text("host"), images: 0, intervalSeconds: row.double("seconds"),
                    rates: Array(repeating: 0, count: intervals))
            worker.images += try row.double("images")
            worker.rates[try row.int("part")] = try row.double("images_per_second")
            workers[id] = worker
        }
        return workers.values.sorted { ($1.images, $0.worker) < ($0.images, $1.worker) }
    }

    /// The most confident mistakes, with what the manifest says of their files.
    private func worstImages(of run: StoredRun, limit: Int) throws -> [WorstImage] {
        guard limit > 0 else { return [] }
        let mistakes = try mistakes(of: run.id, by: .margin, limit: limit)
        let files = try rows(
            "SELECT ordinal, container, byte_offset, bytes, sha256 FROM images WHERE dataset_id = $1 AND ordinal = ANY ($2)",
            [.int64(run.specification.datasetID), .int32Array(mistakes.map { Int32(clamping: $0.ordinal) })])
        let known = Dictionary(try files.map { (try $0.int("ordinal"), $0) }) { first, _ in first }
        return try mistakes.compactMap { mistake in
            try known[mistake.ordinal].map { row in
                WorstImage(
                    mistake: mistake, container: try row.textIfPresent("container"), offset: try row.intIfPresent("byte_offset"),
                    bytes: try row.int("bytes"), sha256: try row.bytes("sha256"))
            }
        }
    }
}

extension Answers {
    /// Up to this many classes are shown as a whole matrix.
    private static let wholeMatrixClasses = 40
    /// As many classes a block of a larger matrix has, and as many pairs are told.
    private static let blockClasses = 24

    /// The confusion matrix where it is small; else the block of the classes that are most often taken for each other.
    private func confusionExcerpt(of run: RunID, classes: [ClassAccuracy]) throws -> ConfusionExcerpt {
        let pairs = try confusedPairs(of: run, limit: Self.blockClasses)
        if let all = try labelsOfSmallMatrix(of: run, classes: classes) {
            return ConfusionExcerpt(labels: all, cells: try confusion(of: run), pairs: pairs, isWhole: true)
        }
        var block: Set<Int> = []
        for label in pairs.flatMap({ [$0.label, $0.other] }) where block.count < Self.blockClasses { block.insert(label) }
        let labels = block.sorted()
        let cells = try rows(
            """
            SELECT label, predicted, images FROM confusion
            WHERE run_id = $1 AND label = ANY ($2) AND predicted = ANY ($2) ORDER BY label, predicted
            """, [.int64(run.rawValue), .int32Array(labels.map { Int32(clamping: $0) })]
        ).map { ConfusionCell(label: try $0.int("label"), predicted: try $0.int("predicted"), images: try $0.int("images")) }
        return ConfusionExcerpt(labels: labels, cells: cells, pairs: pairs, isWhole: false)
    }

    /// All classes that occur as label or prediction; nil where they are too many for one matrix.
    private func labelsOfSmallMatrix(of run: RunID, classes: [ClassAccuracy]) throws -> [Int]? {
        guard classes.count <= Self.wholeMatrixClasses else { return nil }
        let predicted = try rows(
            "SELECT DISTINCT predicted FROM confusion WHERE run_id = $1 LIMIT $2",
            [.int64(run.rawValue), .int(Self.wholeMatrixClasses + 1)]
        ).map { try $0.int("predicted") }
        let all = Set(classes.map(\.label)).union(predicted)
        return all.count <= Self.wholeMatrixClasses ? all.sorted() : nil
    }

    /// A stored certificate as it was made; nil where there is none, or one that this version does not read.
    private func wholeCertificate(of model: StoredModel, engine: String, timeSteps: Int, version: String) throws -> Certificate? {
        try rows(
            """
            SELECT certificate::text AS certificate FROM certificates
            WHERE model_sha256 = decode($1, 'hex') AND network = $2 AND engine = $3 AND timesteps = $4 AND version = $5
            """, [.text(model.sha256), .text(model.network), .text(engine), .int(timeSteps), .text(version)]
        ).first.flatMap { try? JSONDecoder().decode(Certificate.self, from: Data(try $0.text("certificate").utf8)) }
    }
}
