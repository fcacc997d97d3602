import Evaluation
import EvaluationStore
import TestSupport
import Testing

@Suite(.requiresPostgres) struct ListedClassesTests {
    /// A data set of four classes by name, with images of the first and the last.
    private func submit(_ store: EvaluationStore, onlyListed: Bool) throws -> RunID {
        let model = try store.catalogue.addModel(
            StoredModel(
                name: "m", sha256: String(repeating: "ab", count: 32), format: "torch", bytes: 3, architecture: #"{"classes": 5}"#,
                parameters: 7, paperName: nil),
            layers: [StoredLayer(name: "linear", isLIF: false, neurons: 5)]
        ) { $0 == 0 ? [1, 2, 3] : nil }
        let dataset = try store.catalogue.addDataSet(
            StoredDataSet(
                name: "d", root: "/images", labels: "folders", images: 3, classes: 4, manifestSHA256: String(repeating: "cd", count: 32)),
            classNames: ["cat", "dog", "fox", "owl"],
            images: [0, 3, 3].enumerated().map {
                StoredImage(ordinal: $0, path: "\($0).jpg", label: $1, bytes: 5, sha256: [UInt8](repeating: UInt8($0), count: 32))
            })
        #expect(try store.catalogue.listedClasses(ofDataSet: dataset.id) == [0, 3])
        let specification = RunSpecification(
            modelID: model.id, datasetID: dataset.id, timeSteps: 2, engine: "float", preprocessing: "p", pixelLimit: 1000,
            onlyListedClasses: onlyListed, version: "test")
        return try store.queue.submitOnce(specification, plan: RunPlan(shardSize: 4), images: 3).run
    }

    @Test func `a run keeps whether classes without images rank, is another run by it, and its report counts them`() throws {
        try StoreFixture.withStore { fixture in
            let all = try submit(fixture.store, onlyListed: false)
            let listed = try submit(fixture.store, onlyListed: true)
            #expect(listed != all)
            #expect(try submit(fixture.store, onlyListed: true) == listed)
            for (run, onlyListed) in [(all, false), (listed, true)] {
                #expect(try fixture.store.queue.run(run).specification.onlyListedClasses == onlyListed)
                #expect(try fixture.store.answers.provenance(of: run).onlyListedClasses == onlyListed)
                #expect(try fixture.store.answers.report(run).classes == ClassFit(model: 5, names: [], listed: 2, onlyListed: onlyListed))
            }
        }
    }
}
