import Evaluation
import Foundation
import Reports
import Testing

@Suite struct AnswerRenderingTests {
    static let comparison = RunComparison(
        a: (RunID(1), "demo"), b: (RunID(2), "other"), counts: PairedCounts(both: 474, aOnly: 13, bOnly: 3, neither: 10),
        costs: [CostDifference(quantity: "spikes", a: 10, b: 8.5, difference: 1.5, ci95: Interval(low: 1, high: 2))],
        classes: [
            ClassChange(
                label: 3, name: "star", images: 25, aCorrect: 25, bCorrect: 22, aOnly: 3, bOnly: 0, difference: 0.12, mcnemarExactP: 0.25,
                holmP: 1),
            ClassChange(
                label: 4, name: "disc", images: 25, aCorrect: 25, bCorrect: 25, aOnly: 0, bOnly: 0, difference: 0, mcnemarExactP: 1,
                holmP: 1),
        ])

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func `a comparison's JSON has the documented keys, and the difference is A less B`() throws {
        let json = try object(Self.comparison.rendered(as: .json))
        #expect(
            Set(json.keys) == [
                "images", "pairing", "a", "b", "both", "neither", "a_only", "b_only", "difference", "difference_ci95", "mcnemar_exact_p",
                "resolvable_difference", "costs", "classes",
            ])
        #expect(json["images"] as? Int == 500)
        #expect(json["difference"] as? Double == 0.02)
        let a = try #require(json["a"] as? [String: Any])
        #expect(a["run"] as? Int == 1)
        #expect(a["correct"] as? Int == 487)
        #expect(a["accuracy"] as? Double == 0.974)
        #expect((a["ci95"] as? [Double])?.count == 2)
        #expect((json["classes"] as? [[String: Any]])?.map { $0["name"] as? String } == ["star"])
    }

    @Test func `a comparison says in words how sure it is and what it could resolve`() throws {
        let text = try Self.comparison.rendered(as: .table)
        #expect(text.contains("difference +2.00 points, 95 % interval +0.38 to +3.87 (run 1 less run 2; Newcombe's paired score interval)"))
        #expect(text.contains("exact McNemar test p = 0.0213, on 16 images that one run alone has right"))
        #expect(text.contains("show a difference of 2.28 points or more at the 5 % level four times in five"))
    }

    @Test func `more than two runs are corrected by Holm's method`() throws {
        let table = RunComparisonTable([Self.comparison, Self.comparison, Self.comparison])
        #expect(table.pairs.map(\.holmP) == Array(repeating: 3 * Self.comparison.mcnemarExactP, count: 3))
        let pairs = try #require(try object(table.rendered(as: .json))["pairs"] as? [[String: Any]])
        #expect(pairs.count == 3)
        #expect(pairs.allSatisfy { $0["holm_p"] != nil && $0["difference_ci95"] != nil })
    }

    @Test func `energy is the formula that is printed`() throws {
        let estimate = EnergyEstimate(
            costs: EnergyCosts(name: "45nm-float32", ac: 0.9, mac: 4.6), macsPerImage: 11_741_184,
            synapticOperationsPerImage: 1_280_000_000,
            timeSteps: 4)
        #expect(abs(estimate.millijoulesPerImage - (11_741_184 * 4.6 + 1_280_000_000 * 0.9) / 1e9) < 1e-12)
        #expect(estimate.formula == "11,741,184 MACs x 4.6 pJ + 1,280,000,000 ACs x 0.9 pJ (45nm-float32)")
    }

    @Test func `the accuracy-energy curve keeps what nothing else beats in both`() throws {
        func point(_ rule: ExitRule, _ correct: Int, _ operations: Double) -> AnytimePoint {
            AnytimePoint(
                rule: rule, images: 100, top1Correct: correct, top5Correct: nil, timeStepsPerImage: 1, spikesPerImage: 1,
                synapticOperationsPerImage: operations)
        }
        let report = AnytimeReport(
            run: RunID(1), engine: "fixed32",
            points: [
                point(.timeSteps(1), 60, 10), point(.timeSteps(2), 90, 20), point(.margin(1), 91, 15), point(.stable(2), 91, 16),
                point(.margin(9), 95, 40),
            ], costs: EnergyCosts(name: "c", ac: 1, mac: 1), macsPerImage: 5)
        #expect(report.frontier.map(\.point.rule) == [.timeSteps(1), .margin(1), .margin(9)])
        #expect(report.points.first?.millijoules == 15e-9)
    }

    @Test func `rows for papers escape what their format would read`() {
        var report = RunReportTests.report()
        report.model = "mlp_spe|50%"
        #expect(
            report.latexRow(header: false).hasPrefix(
                "mlp\\_spe|50\\% & fixed32 & 2 & 499 of 500~(1 image.truncated) & 97.60\\%~(95.84-98.62) & "))
        #expect(report.latexRow(header: false).hasSuffix(" \\\\\n"))
        #expect(
            report.markdownRow(header: false).hasPrefix(
                "| mlp_spe\\|50% | fixed32 | 2 | 499 of 500 (1 image.truncated) | 97.60 % (95.84-98.62) |"))
        #expect(report.markdownRow(header: true).split(separator: "\n").count == 3)
    }

    @Test func `a reference holds up to its tolerance, the end included`() {
        let report = RunReportTests.report(evaluated: 500, failed: 0)
        #expect(AccuracyReference(percent: 97.2, tolerance: 0.2).holds(for: report))
        #expect(AccuracyReference(percent: 97.6, tolerance: 0.2).holds(for: report))
        #expect(!AccuracyReference(percent: 97.19, tolerance: 0.2).holds(for: report))
        #expect(AccuracyReference(percent: 97.19, tolerance: 0.2).verdict(for: report).contains("NOT within the tolerance of 0.20"))
    }

    @Test func `p values keep their order of magnitude`() {
        #expect(NumberText.probability(0.02127) == "0.0213")
        #expect(NumberText.probability(5.527e-76) == "5.5e-76")
        #expect(NumberText.probability(9.99e-7) == "1.0e-6")
        #expect(NumberText.probability(0) == "< 1e-290")
    }
}
