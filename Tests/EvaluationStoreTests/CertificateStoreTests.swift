import Diagnostics
import Evaluation
import EvaluationStore
import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.requiresPostgres) struct CertificateStoreTests {
    private func certificate(engine: String = "float", timeSteps: Int = 2, version: String = "test", products: Int = 7) -> Certificate {
        Certificate(
            modelSHA256: String(repeating: "ab", count: 32), engine: engine, kernels: "v3", version: version, timeSteps: timeSteps,
            images: 3, imageSource: "generated", equality: engine == "float" ? nil : (true, nil),
            layers: [
                .init(name: "input", part: "input", operations: .init(multiplications: 100)),
                .init(name: "linear", part: "linear", operations: .init(multiplications: products)),
            ], multiplied: [], costs: EnergyCosts.published)
    }

    private func store(_ certificate: Certificate, in store: EvaluationStore, network: String = "") throws {
        let model = StoredModel(
            name: "m", sha256: certificate.modelSHA256, network: network, format: "torch", bytes: 1, architecture: "{}", parameters: 1,
            paperName: nil)
        try store.catalogue.store(certificate, of: model, json: String(decoding: JSONEncoder().encode(certificate), as: UTF8.self))
    }

    @Test func `a report quotes the certificate of its model, its reading, engine, time steps and version, and the newest of them`() throws
    {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            #expect(try fixture.store.answers.report(run).certificate == nil)
            for other in [certificate(engine: "fixed32"), certificate(timeSteps: 4), certificate(version: "other")] {
                try store(other, in: fixture.store)
            }
            try store(certificate(products: 3), in: fixture.store, network: "sew-resnet,connect=and")
            #expect(try fixture.store.answers.report(run).certificate == nil)
            try store(certificate(products: 7), in: fixture.store)
            try store(certificate(products: 9), in: fixture.store)
            let quote = try #require(try fixture.store.answers.report(run).certificate)
            #expect(quote.grade == .multiplying)
            #expect(quote.spikePathMultiplications == 9)
            #expect(quote.inputLayerMultiplications == 100)
            #expect(quote.equalToEngine == nil)
            #expect(quote.images == 3)
            #expect(quote.kernels == "v3")
            #expect(quote.madeAt.hasSuffix("Z"))
            let connection = try PostgresConnection(fixture.address)
            #expect(try connection.execute("SELECT count(*) AS n FROM certificates").single().int("n") == 5)
        }
    }

    @Test func `a pruned run's report quotes a certificate that was made later`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            try fixture.store.queue.steer(run, .cancel)
            _ = try fixture.store.queue.pruneRun(run)
            #expect(try fixture.store.answers.report(run).certificate == nil)
            try store(certificate(), in: fixture.store)
            #expect(try fixture.store.answers.report(run).certificate?.grade == .multiplying)
        }
    }

    @Test func `readers see certificates, only the owner makes them`() throws {
        try StoreFixture.withStore { fixture in
            try store(certificate(engine: "fixed32", products: 0), in: fixture.store)
            let connection = try PostgresConnection(fixture.address)
            try connection.executeScript("SET ROLE evalctl_reader")
            #expect(try connection.execute("SELECT grade FROM certificates").single().text("grade") == "strict")
            let failure = #expect(throws: Failure.self) { try connection.executeScript("DELETE FROM certificates") }
            #expect(failure?.nativeCode == "42501")
            try connection.executeScript("SET ROLE evalctl_owner")
            try connection.executeScript("DELETE FROM certificates")
        }
    }
}
