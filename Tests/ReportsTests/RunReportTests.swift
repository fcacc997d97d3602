import Evaluation
import Foundation
import Reports
import Testing

@Suite struct RunReportTests {
    static func report(evaluated: Int = 499, failed: Int = 1) -> RunReport {
        RunReport(
            run: RunID(7), model: "demo", dataset: "val", engine: "fixed32", timeSteps: 2, state: .finished,
            complete: failed == 0 && evaluated == 500, images: .init(expected: 500, evaluated: evaluated, failed: failed),
            failures: failed > 0 ? [FailureCount(code: "image.truncated", images: failed, example: "cat/3.jpg")] : [],
            top1: .init(correct: min(487, evaluated), evaluated: evaluated),
            top5: .init(correct: min(497, evaluated), evaluated: evaluated),
            top1ByTimeStep: evaluated > 0 ? [0.5, 0.974] : [nil, nil],
            top1ByTimeStepIntervals: evaluated > 0 ? [.init(low: 0.45, high: 0.55), .init(low: 0.95, high: 0.98)] : [nil, nil],
            labelSets: [LabelSetAccuracy(name: "real", images: 490, top1Correct: 480, top5Correct: 489)],
            latency: evaluated > 0 ? .init(decode: .init(p50: 100, p90: 200, p99: 300, max: 1400)) : .init(),
            spikesPerImage: evaluated > 0 ? 34803.25 : nil, firingRate: evaluated > 0 ? 0.068 : nil,
            synapticOperationsPerImage: evaluated > 0 ? 1_234_567.4 : nil,
            energy: evaluated > 0
                ? EnergyEstimate(
                    costs: EnergyCosts(name: "45nm-float32", ac: 0.9, mac: 4.6), macsPerImage: 1000,
                    synapticOperationsPerImage: 1_234_567.4, timeSteps: 2) : nil,
            imagesPerSecond: evaluated > 0 ? 101.26 : nil, workers: 2,
            provenance: .init(
                modelSHA256: "ab", manifestSHA256: "cd", preprocessing: "pillow-bicubic-73-crop-64", version: "0.1.0",
                instructionSets: ["x86-64"], kernels: ["v3", "v4"], shards: 34, submittedAt: "2026-01-01T00:00:00Z", finishedAt: nil))
    }

    @Test func `the JSON form has the documented keys`() throws {
        let text = try Self.report().rendered(as: .json)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(
            Set(object.keys) == [
                "run", "model", "dataset", "engine", "timesteps", "state", "complete", "images", "failures", "top1", "top5",
                "top1_by_timestep",
                "top1_by_timestep_ci95", "label_sets", "energy", "latency_us", "spikes_per_image", "firing_rate", "synops_per_image",
                "images_per_second", "workers", "provenance",
            ])
        #expect(object["run"] as? Int == 7)
        #expect((object["images"] as? [String: Int]) == ["expected": 500, "evaluated": 499, "failed": 1])
        let latency = try #require(object["latency_us"] as? [String: [String: Any]])
        #expect(latency["decode"] as? [String: Int] == ["p50": 100, "p90": 200, "p99": 300, "max": 1400])
        #expect(Set(latency.keys) == ["decode", "preprocess", "inference", "total"])
        #expect(try JSONDecoder().decode(RunReport.self, from: Data(text.utf8)) == Self.report())
    }

    @Test func `where nothing was evaluated, the JSON form has nulls and no zeros, and the same keys`() throws {
        let report = Self.report(evaluated: 0, failed: 500)
        let text = try report.rendered(as: .json)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        for key in ["spikes_per_image", "firing_rate", "synops_per_image", "images_per_second"] { #expect(object[key] is NSNull, "\(key)") }
        for key in ["top1", "top5"] {
            let accuracy = try #require(object[key] as? [String: Any])
            #expect(accuracy["accuracy"] is NSNull && accuracy["ci95"] is NSNull && accuracy["correct"] as? Int == 0)
        }
        #expect((object["top1_by_timestep"] as? [Any])?.allSatisfy { $0 is NSNull } == true)
        #expect((object["top1_by_timestep_ci95"] as? [Any])?.allSatisfy { $0 is NSNull } == true)
        let latency = try #require(object["latency_us"] as? [String: [String: Any]])
        #expect(latency.values.allSatisfy { Set($0.keys) == ["p50", "p90", "p99", "max"] && $0.values.allSatisfy { $0 is NSNull } })
        #expect(try JSONDecoder().decode(RunReport.self, from: Data(text.utf8)) == report)
    }

    @Test func `an incomplete run says so before any figure`() throws {
        #expect(try Self.report().rendered(as: .table).contains("\nINCOMPLETE (499 of 500): 1 failed\n"))
        #expect(try Self.report().rendered(as: .markdown).contains("\nINCOMPLETE (499 of 500): 1 failed\n"))
        #expect(try Self.report(evaluated: 500, failed: 0).rendered(as: .table).contains("\n500 of 500 images\n"))
    }

    @Test func `every accuracy of a report has its interval, and energy its formula`() throws {
        let text = try Self.report().rendered(as: .table)
        #expect(text.contains("97.60 %  (487 of 499; 95 % interval 95.84 to 98.62 %)"))
        #expect(text.contains("top-1 by real                  97.96 %  (480 of 490; 95 % interval 96.28 to 98.89 %)"))
        #expect(text.contains("50.00 % (45.00 to 55.00 %), 97.40 % (95.00 to 98.00 %)"))
        #expect(text.contains("0.001116 mJ = 1,000 MACs x 4.6 pJ + 1,234,567 ACs x 0.9 pJ (45nm-float32)"))
    }

    @Test func `accuracy is a fraction of the evaluated images, and 0 of none`() {
        #expect(RunReport.Accuracy(correct: 487, evaluated: 500).accuracy == 0.974)
        #expect(RunReport.Accuracy(correct: 0, evaluated: 0).accuracy == 0)
    }
}
