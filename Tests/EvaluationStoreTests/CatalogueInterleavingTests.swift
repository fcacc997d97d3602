import Diagnostics
import Evaluation
import EvaluationStore
import Postgres
import TestSupport
import Testing

/// Everything that adds to the catalogue or removes from it beside everything else that does, on the same model and data set.
@Suite(.requiresPostgres) struct CatalogueInterleavingTests {
    private struct Action: Sendable {
        let name: String
        let body: @Sendable (EvaluationStore, RunSpecification) throws -> Void

        init(_ name: String, _ body: @escaping @Sendable (EvaluationStore, RunSpecification) throws -> Void) {
            (self.name, self.body) = (name, body)
        }
    }

    private static let checkpoint = String(repeating: "ab", count: 32)

    private static func addModel(_ name: String, _ store: EvaluationStore) throws {
        _ = try store.catalogue.addModel(
            StoredModel(
                name: name, sha256: checkpoint, format: "torch", bytes: 3, architecture: "{}", parameters: 7, paperName: nil),
            layers: [StoredLayer(name: "lif", isLIF: true, neurons: 100)]
        ) { $0 == 0 ? [1, 2, 3] : nil }
    }

    private static func addDataSet(_ store: EvaluationStore) throws {
        let images = (0..<4).map {
            StoredImage(ordinal: $0, path: "cat/\($0).jpg", label: $0 % 2, bytes: 5, sha256: [UInt8](repeating: 1, count: 32))
        }
        _ = try store.catalogue.addDataSet(
            StoredDataSet(
                name: "d", root: "/images", labels: "folders", images: 4, classes: 2, manifestSHA256: String(repeating: "cd", count: 32)),
            classNames: ["cat", "dog"], images: images)
    }

    private static func model(_ store: EvaluationStore) throws -> StoredModel {
        guard let model = try store.catalogue.models(named: "m").first else { throw Failure(.notFound, "the model was deleted") }
        return model
    }

    private static func dataSet(_ store: EvaluationStore) throws -> StoredDataSet {
        guard let dataset = try store.catalogue.dataSets(named: "d").first else { throw Failure(.notFound, "the data set was deleted") }
        return dataset
    }

    private static let actions = [
        Action("add model") { store, _ in try addModel("m", store) },
        Action("add another model of the file") { store, _ in try addModel("n", store) },
        Action("delete model") { store, _ in try store.catalogue.deleteModel(named: "m") },
        Action("remove checkpoints") { store, _ in try store.catalogue.removeUnnamedCheckpoints() },
        Action("add data set") { store, _ in try addDataSet(store) },
        Action("delete data set") { store, _ in try store.catalogue.deleteDataSet(named: "d") },
        Action("add labels") { store, _ in
            try store.catalogue.addLabelSet(
                "real", toDataSet: dataSet(store), sha256: [UInt8](repeating: 2, count: 32), labels: [(0, [0]), (1, [1])])
        },
        Action("remove labels") { store, _ in try store.catalogue.removeLabelSet("real", ofDataSet: dataSet(store)) },
        Action("name classes") { store, _ in
            _ = try store.catalogue.setClassTitles(["cat": "a cat", "dog": "a dog"], ofDataSet: dataSet(store).id)
        },
        Action("audit") { store, _ in
            let certificate = Certificate(
                modelSHA256: checkpoint, engine: "float", kernels: "v3", version: "test", timeSteps: 2, images: 1, imageSource: "generated",
                equality: nil, layers: [], multiplied: [], costs: EnergyCosts.published)
            try store.catalogue.store(certificate, of: model(store), json: "{}")
        },
        Action("submit") { store, run in _ = try store.queue.submitOnce(run, plan: RunPlan(shardSize: 2), images: 4) },
        Action("submit anew") { store, run in _ = try store.queue.submit(run, plan: RunPlan(shardSize: 2), images: 4) },
    ]

    /// What holds for a catalogue at all times.
    private static let violations = """
        SELECT 'model ' || name || ' has no checkpoint' AS violation FROM models m
            WHERE NOT EXISTS (SELECT FROM checkpoint_chunks c WHERE c.sha256 = m.sha256 AND c.ordinal = 0 AND data = '\\x010203')
        UNION ALL SELECT 'model ' || name || ' has no layers' FROM models m WHERE NOT EXISTS (SELECT FROM model_layers l WHERE l.model_id = m.model_id)
        UNION ALL SELECT 'data set ' || name || ' lacks images' FROM datasets d
            WHERE images <> (SELECT count(*) FROM images i WHERE i.dataset_id = d.dataset_id)
        UNION ALL SELECT 'labels ' || name || ' are not whole' FROM label_sets s
            WHERE 2 <> (SELECT count(*) FROM label_set_labels l WHERE l.label_set_id = s.label_set_id)
        UNION ALL SELECT 'run ' || run_id || ' lacks shards' FROM runs r WHERE 4 <> (SELECT sum(image_count) FROM shards s WHERE s.run_id = r.run_id)
        UNION ALL SELECT 'so many newest runs: ' || count(*) FROM runs WHERE is_newest HAVING count(*) > 1
        """

    @Test(arguments: [Interleaving.Place.models, .datasets, .labels, .runs])
    func `the catalogue is whole whatever two do to it at once, and each is told in the catalogue's own words`(place: Interleaving.Place)
        throws
    {
        var met: Set<Interleaving.Meeting> = []
        for first in Self.actions {
            try StoreFixture.withStore { fixture in
                let interleaving = try Interleaving(fixture.address)
                let observer = try PostgresConnection(fixture.address)
                for second in Self.actions {
                    try Self.addModel("m", fixture.store)
                    try Self.addDataSet(fixture.store)
                    let specification = RunSpecification(
                        modelID: try Self.model(fixture.store).id, datasetID: try Self.dataSet(fixture.store).id, timeSteps: 2,
                        engine: "float", preprocessing: "p", pixelLimit: 1000, version: "test")
                    let result = try interleaving.meet(
                        at: place, first: { try first.body($0, specification) }, second: { try second.body($0, specification) })
                    met.insert(result.meeting)
                    let pair = "\(first.name) beside \(second.name), held at \(place)"
                    let unexpected = result.failures.filter { error in
                        (error as? Failure).map { ![.notFound, .inUse, .conflict].contains($0.code) } ?? true
                    }
                    #expect(unexpected.isEmpty, "\(pair): \(unexpected)")
                    #expect(try observer.execute(Self.violations).map { try $0.text("violation") } == [], "\(pair)")
                    try observer.executeScript(
                        "DELETE FROM runs; DELETE FROM models; DELETE FROM datasets; DELETE FROM checkpoint_chunks")
                    // It does not write there, and would come before each of the others.
                    if result.meeting == .none { break }
                }
            }
        }
        #expect(met.contains(.waited))
    }
}
