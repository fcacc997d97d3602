import Diagnostics
import Evaluation
import EvaluationStore
import Postgres
import TestSupport
import Testing

@Suite(.requiresPostgres) struct ReportStoreTests {
    @Test func `a report counts what was stored`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 10, size: 4)
            let worker = try fixture.worker()
            for attempt in try fixture.publish(run, limit: 3) {
                let lease = try #require(try fixture.store.queue.claim(attempt, worker: worker, leaseSeconds: 30))
                try fixture.store.queue.store(StoreFixture.result(for: lease, failing: [5]), lease: lease, worker: worker)
            }
            #expect(try fixture.store.queue.finishRuns() == [run])
            let report = try fixture.store.answers.report(run)
            #expect(report.images == .init(expected: 10, evaluated: 9, failed: 1))
            #expect(report.top1.correct == 5)
            #expect(report.top1.accuracy == 5.0 / 9)
            #expect(report.top5.correct == 9)
            #expect(report.top1ByTimeStep == [4.0 / 9, 5.0 / 9])
            #expect(report.spikesPerImage == 30)
            #expect(report.synapticOperationsPerImage == 300)
            #expect(report.firingRate == 0.1)
            #expect(report.latency.inference == .init(p50: 7, p90: 12, p99: 12, max: 12))
            #expect(report.workers == 1)
            #expect(report.state == .finished)
            #expect(!report.complete)
            var files: [String] = []
            try fixture.store.answers.forEachPrediction(of: run) { prediction, path in
                files.append(path)
                #expect(prediction.top5 == [0, 1])
                #expect(prediction.scores == [2.5, 1])
            }
            #expect(files == (0..<10).filter { $0 != 5 }.map { "cat/\($0).jpg" })
        }
    }

    @Test func `the same model and manifest are not added twice, another one under the name is the newest`() throws {
        try StoreFixture.withStore { fixture in
            _ = try fixture.submit()
            _ = try fixture.submit()
            #expect(try fixture.store.catalogue.models().count == 1)
            #expect(try fixture.store.catalogue.dataSets().count == 1)
            var file: [UInt8] = []
            try fixture.store.catalogue.forEachChunk(ofCheckpoint: String(repeating: "ab", count: 32)) { file += $0 }
            #expect(file == [1, 2, 3])
            let changed = try fixture.store.catalogue.addDataSet(
                StoredDataSet(
                    name: "d", root: "/images", labels: "folders", images: 1, classes: 2,
                    manifestSHA256: String(repeating: "ef", count: 32)),
                classNames: ["cat", "dog"],
                images: [StoredImage(ordinal: 0, path: "a", label: 0, bytes: 1, sha256: [UInt8](repeating: 2, count: 32))])
            #expect(changed.isNew)
            #expect(try fixture.store.catalogue.dataSets(named: "d").first?.id == changed.id)
        }
    }

    @Test(arguments: [
        "DELETE FROM checkpoint_chunks WHERE ordinal = 1", "UPDATE checkpoint_chunks SET data = 'x' WHERE ordinal = 0",
        "INSERT INTO checkpoint_chunks SELECT sha256, 7, 'x' FROM models", "DELETE FROM checkpoint_chunks",
    ])
    func `adding a model again puts its damaged checkpoint right`(damage: String) throws {
        try StoreFixture.withStore { fixture in
            let model = StoredModel(
                name: "m", sha256: String(repeating: "ab", count: 32), format: "torch", bytes: 5, architecture: "{}", parameters: 7,
                paperName: nil)
            func add() throws -> Bool { try fixture.store.catalogue.addModel(model, layers: []) { [[1, 2, 3], [4, 5], nil][$0] }.isNew }
            func stored() throws -> [[UInt8]] {
                var chunks: [[UInt8]] = []
                try fixture.store.catalogue.forEachChunk(ofCheckpoint: model.sha256) { chunks.append($0) }
                return chunks
            }
            #expect(try add())
            try PostgresConnection(fixture.address).executeScript(damage)
            #expect(try stored() != [[1, 2, 3], [4, 5]])
            #expect(try !add())
            #expect(try stored() == [[1, 2, 3], [4, 5]])
        }
    }

    @Test func `one file read in two ways is two models, and what they share is kept once`() throws {
        try StoreFixture.withStore { fixture in
            func add(_ network: String) throws -> (id: Int64, isNew: Bool) {
                let model = StoredModel(
                    name: "m", sha256: String(repeating: "ab", count: 32), network: network, format: "torch", bytes: 3,
                    architecture: #"{"settings":[{"key":"connect","value":"\#(network)","origin":"given"}]}"#, parameters: 7, paperName: nil
                )
                return try fixture.store.catalogue.addModel(model, layers: []) { $0 == 0 ? [1, 2, 3] : nil }
            }
            let first = try add("add")
            let second = try add("iand")
            #expect(first.isNew && second.isNew && first.id != second.id)
            #expect(try add("add") == (first.id, false))
            #expect(try fixture.store.catalogue.model(id: second.id).network == "iand")
            let connection = try PostgresConnection(fixture.address)
            #expect(try connection.execute("SELECT count(*) AS n FROM checkpoint_chunks").single().int("n") == 1)
            let settings = try connection.execute("SELECT value FROM model_settings WHERE model_id = $1", [.int64(second.id)])
            #expect(try settings.single().text("value") == "iand")
        }
    }

    @Test func `a report tells what is kept of the model's network`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            #expect(try fixture.store.answers.report(run).network == NetworkQuote())
            try PostgresConnection(fixture.address).executeScript(
                #"""
                UPDATE models SET architecture = '{"family": "sew-resnet", "name": null, "recipe": "p",
                    "settings": [{"key": "connect", "value": "add", "origin": "assumed"}]}'
                """#)
            let network = try #require(try fixture.store.answers.report(run).network)
            #expect(network.family == "sew-resnet" && network.recipe == "p" && network.settings("assumed") == "connect=add")
        }
    }

    @Test func `what is not there is named with a way to find what is`() throws {
        try StoreFixture.withStore { fixture in
            for body: () throws -> Void in [
                { _ = try fixture.store.answers.report(RunID(99)) }, { _ = try fixture.store.catalogue.deletionOfModel(named: "nope") },
                { _ = try fixture.store.catalogue.deletionOfDataSet(named: "nope") }, { _ = try fixture.store.queue.progress(RunID(99)) },
            ] {
                let failure = #expect(throws: Failure.self) { try body() }
                #expect(failure?.code == .notFound)
                #expect(failure?.remedy?.contains("evalctl") == true)
            }
        }
    }

    @Test func `every view a person would ask answers for a run`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let worker = try fixture.worker()
            for attempt in try fixture.publish(run, limit: 3) {
                let lease = try #require(try fixture.store.queue.claim(attempt, worker: worker, leaseSeconds: 30))
                try fixture.store.queue.store(StoreFixture.result(for: lease, failing: [5]), lease: lease, worker: worker)
            }
            let connection = try PostgresConnection(fixture.address)
            let expected = [
                "run_accuracy": 1, "class_accuracy": 2, "confusion": 2, "latency_percentiles": 4, "firing_rates": 2,
                "synaptic_operations": 2, "anytime_accuracy": 2, "progress": 1, "failures": 1, "run_energy": 0, "image_costs": 9,
                "cost_distribution": 2, "class_costs": 2, "layer_firing": 1, "run_provenance": 1, "confused_pairs": 1, "mistakes": 4,
            ]
            for (view, rows) in expected.sorted(by: { $0.key < $1.key }) {
                #expect(try connection.execute("SELECT * FROM \(view) WHERE run_id = \(run)").count == rows, "\(view)")
            }
        }
    }

    @Test func `a run's activity is read once, also where the database has no statistics`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let worker = try fixture.worker()
            for attempt in try fixture.publish(run, limit: 3) {
                let lease = try #require(try fixture.store.queue.claim(attempt, worker: worker, leaseSeconds: 30))
                try fixture.store.queue.store(StoreFixture.result(for: lease), lease: lease, worker: worker)
            }
            let connection = try PostgresConnection(fixture.address)
            for kind in ["lif", "synapse"] {
                let first = kind == "lif" ? 100 : 500
                try connection.executeScript(
                    "INSERT INTO model_layers SELECT 1, n, 'l' || n, '\(kind)', 1 FROM generate_series(\(first), \(first + 300)) AS n")
            }
            for view in ["firing_rates", "synaptic_operations", "layer_activity"] {
                let plan = try connection.execute("EXPLAIN (ANALYZE, TIMING OFF) SELECT * FROM \(view) WHERE run_id = \(run)")
                    .map { try $0.text("QUERY PLAN") }
                let unnested = plan.filter { $0.contains("Function Scan on ") }
                #expect(unnested.count == 1 && unnested[0].contains("loops=3)"), "\(view): \(plan.joined(separator: "\n"))")
            }
        }
    }

    @Test func `the reader role sees everything and changes nothing`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            let connection = try PostgresConnection(fixture.address)
            let relations = try connection.execute(
                """
                SELECT relname::text AS name FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') AND NOT relispartition ORDER BY relname
                """
            ).map { try $0.text("name") }
            try connection.executeScript("SET ROLE evalctl_reader")
            #expect(try connection.execute("SELECT * FROM run_accuracy").count == 1)
            #expect(try connection.execute("SELECT * FROM predictions WHERE run_id = \(run)").isEmpty)
            // The checkpoints themselves are the one thing that no question is about.
            for name in relations where name != "checkpoint_chunks" {
                #expect(throws: Never.self, "\(name)") { try connection.executeScript("SELECT * FROM \(name) LIMIT 1") }
            }
            for call in [
                "run_comparison(\(run), \(run))", "comparison_table(ARRAY[\(run), \(run)])", "cost_comparison(\(run), \(run))",
                "class_changes(\(run), \(run))", "prediction_changes(\(run), \(run))", "activity_changes(\(run), \(run))",
                "early_exit(\(run), 'margin', ARRAY[1.0])", "margin_quantiles(\(run), ARRAY[0.5])", "energy_millijoules(1, 1)",
            ] {
                #expect(throws: Never.self, "\(call)") { try connection.executeScript("SELECT * FROM \(call)") }
            }
            for statement in [
                "DELETE FROM runs", "UPDATE shards SET state = 'done'", "DROP TABLE run_figures", "DELETE FROM energy_costs",
                "SELECT FROM leadership FOR SHARE", "UPDATE leadership SET term = 9", "DELETE FROM shards",
                "INSERT INTO label_sets (dataset_id, name, sha256) VALUES (1, 'x', '')", "UPDATE dataset_classes SET title = ''",
            ] {
                let failure = #expect(throws: Failure.self) { try connection.executeScript(statement) }
                #expect(failure?.nativeCode == "42501")
            }
        }
    }
}
