import Evaluation
import Foundation
import Reports
import Testing

@Suite struct EngineNotesTests {
    private func report(_ engine: String, certificate: CertificateQuote? = nil) -> RunReport {
        var report = RunReportTests.report()
        report.engine = engine
        report.certificate = certificate
        return report
    }

    @Test(arguments: [OutputFormat.table, .markdown])
    func `an accuracy of fixed16 or of few weight bits says so beside it`(format: OutputFormat) throws {
        let narrow = try report("fixed16").rendered(as: format)
        #expect(narrow.contains(")  with fixed16"))
        #expect(narrow.contains("fixed16: 16-bit lanes are coarser than the reference"))
        let rounded = try report("fixed16-w8").rendered(as: format)
        #expect(rounded.contains(")  with fixed16-w8"))
        #expect(rounded.contains("16-bit lanes are coarser than the reference, weights are rounded to 8 bits"))
        #expect(try report("fixed32-w6").rendered(as: format).contains("fixed32-w6: weights are rounded to 6 bits"))
        for faithful in ["fixed32", "float"] {
            let text = try report(faithful).rendered(as: format)
            #expect(!text.contains("with \(faithful)"))
            #expect(!text.contains("coarser"))
        }
    }

    @Test func `a report quotes its certificate, or says how to make one`() throws {
        let without = try report("fixed16-w8").rendered(as: .table)
        #expect(without.contains("none; make one with `evalctl audit demo --engine fixed16 --weight-bits 8 --timesteps 2`"))
        let json = try report("fixed32").rendered(as: .json)
        #expect(!json.contains("certificate"))
        let quote = CertificateQuote(
            grade: .strict, spikePathMultiplications: 0, inputLayerMultiplications: 12_345, equalToEngine: true, kernels: "v4", images: 2,
            version: "0.1.0", madeAt: "2026-01-01T00:00:00Z")
        let with = report("fixed32", certificate: quote)
        for format in [OutputFormat.table, .markdown] {
            #expect(
                try with.rendered(as: format).contains(
                    "strict: 0 multiplications on spike paths, 12,345 in the first convolution; counted run equal to kernels v4 on 2 images "
                        + "(evalctl 0.1.0, 2026-01-01T00:00:00Z)"))
        }
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(with.rendered(as: .json).utf8)) as? [String: Any])
        #expect((object["certificate"] as? [String: Any])?["grade"] as? String == "strict")
        #expect((object["certificate"] as? [String: Any])?["spike_path_multiplications"] as? Int == 0)
    }
}
