import Evaluation
import Foundation
import Reports
import Testing

@Suite struct RunReportNetworkTests {
    private static let network = NetworkQuote(
        family: "sew-resnet", name: "sew-resnet-34",
        settings: [
            .init(key: "neuron", value: "if", origin: "assumed"), .init(key: "connect", value: "add", origin: "told"),
            .init(key: "size", value: "96", origin: "given"), .init(key: "reset", value: "hard", origin: "assumed"),
        ],
        published: [.init(top1: 67.04, timeSteps: 2, source: "NeurIPS 2021"), .init(top1: 68, timeSteps: 9, source: "elsewhere")],
        recipe: "pillow13-bilinear-256-crop-224")

    private func report(_ change: (inout RunReport) -> Void = { _ in }) -> RunReport {
        var report = RunReportTests.report(evaluated: 500, failed: 0)
        report.network = Self.network
        change(&report)
        return report
    }

    @Test func `every format says what was assumed of the network`() throws {
        let report = report()
        let assumed = "neuron=if, reset=hard"
        for format in [OutputFormat.table, .markdown] {
            let text = try report.rendered(as: format)
            #expect(text.contains("assumed of the network") && text.contains(assumed))
            #expect(text.contains("told of the network") && text.contains("connect=add"))
            #expect(text.contains("given of the network") && text.contains("size=96"))
            #expect(text.contains("sew-resnet-34, of the family sew-resnet"))
        }
        let object = try #require(try JSONSerialization.jsonObject(with: Data(report.rendered(as: .json).utf8)) as? [String: Any])
        let settings = (object["network"] as? [String: Any])?["settings"] as? [[String: String]]
        #expect(settings?.first == ["key": "neuron", "value": "if", "origin": "assumed"])
        #expect(report.latexRow(header: false).hasSuffix(" \\\\ % assumed of the network: neuron=if, reset=hard\n"))
        #expect(report.markdownRow(header: false).hasPrefix("| demo (assumed: neuron=if, reset=hard) |"))
        #expect(try JSONDecoder().decode(RunReport.self, from: Data(report.rendered(as: .json).utf8)) == report)
    }

    @Test func `the recipe is named, and whether it is the published one`() throws {
        #expect(
            try report().rendered(as: .table)
                .contains("pillow-bicubic-73-crop-64, where sew-resnet was published with pillow13-bilinear-256-crop-224"))
        let published = report { $0.provenance.preprocessing = "pillow13-bilinear-256-crop-224" }
        #expect(try published.rendered(as: .table).contains("pillow13-bilinear-256-crop-224, as published for sew-resnet\n"))
    }

    @Test func `of a complete run of ImageNet-1K, measured and published accuracy stand side by side`() throws {
        let steps = [RunReport.Accuracy(correct: 25_000, evaluated: 50_000), .init(correct: 33_500, evaluated: 50_000)]
        func compared(images: Int = 50_000, classes: Int = 1000, isComplete: Bool = true) -> NetworkQuote {
            Self.network.compared(with: steps, images: images, classes: classes, isComplete: isComplete)
        }
        for other in [compared(images: 49_999), compared(classes: 1001), compared(isComplete: false)] { #expect(other == Self.network) }
        let network = compared()
        #expect(network.published.map(\.measured) == [0.67, nil])
        let text = try report { $0.network = network }.rendered(as: .table)
        #expect(
            text.contains(
                "67.04 % with T = 2 (NeurIPS 2021); measured 67.00 %, 95 % interval 66.59 to 67.41 %: -0.04 points, inside the interval\n"))
        #expect(text.contains("68.00 % with T = 9 (elsewhere)\n"))
        let below = Self.network.compared(
            with: [.init(correct: 1, evaluated: 50_000), .init(correct: 30_000, evaluated: 50_000)], images: 50_000, classes: 1000,
            isComplete: true)
        #expect(try report { $0.network = below }.rendered(as: .markdown).contains("-7.04 points, OUTSIDE the interval"))
    }

    @Test func `what was kept of models before settings were reads as nothing known`() throws {
        let quote = try JSONDecoder().decode(NetworkQuote.self, from: Data(#"{"family":"spe","dim":78}"#.utf8))
        #expect(quote == NetworkQuote(family: "spe"))
    }
}
