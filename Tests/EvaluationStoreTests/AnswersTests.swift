import Diagnostics
import Evaluation
import EvaluationStore
import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.requiresPostgres) struct AnswersTests {
    typealias Row = AnswersFixture.Row

    @Test func `two runs are compared image by image`() throws {
        try AnswersFixture.withStore { fixture in
            let a = try fixture.run([
                Row(top: [0]), Row(top: [0]), Row(label: 1, top: [1]), Row(label: 1, top: [0]), Row(label: 2, top: [2]),
            ])
            let b = try fixture.run([
                Row(top: [0]), Row(top: [1]), Row(label: 1, top: [1]), Row(label: 1, top: [1]), Row(label: 2, top: [3]),
            ])
            #expect(try fixture.store.answers.pairedCounts(a, b) == PairedCounts(both: 2, aOnly: 2, bOnly: 1, neither: 0))
            #expect(try fixture.store.answers.pairedCounts(b, a) == PairedCounts(both: 2, aOnly: 1, bOnly: 2, neither: 0))
            let classes = try fixture.store.answers.classChanges(a, b)
            #expect(classes.map(\.label) == [0, 1, 2])
            #expect(classes.map(\.name) == ["cat", "dog", "fox"])
            #expect(classes.map(\.difference) == [0.5, -0.5, 1])
            #expect(classes.allSatisfy { $0.mcnemarExactP == 1 && $0.holmP == 1 })
        }
    }

    @Test func `images of different data sets belong together by bytes and label, wherever they lie`() throws {
        try AnswersFixture.withStore { fixture in
            let a = try fixture.run(
                [Row(top: [0]), Row(top: [1]), Row(label: 1, top: [1]), Row(label: 1, top: [1])],
                files: [("x/1", 1), ("x/2", 2), ("x/3", 3), ("x/4", 4)])
            let b = try fixture.run(
                [Row(top: [0]), Row(top: [1]), Row(label: 1, top: [0])], dataset: "other", files: [("2", 2), ("1", 1), ("3", 3)])
            // Of the bytes 2, 1 and 3, A has 1 and 3 right, B has 2.
            #expect(try fixture.store.answers.pairedCounts(a, b) == PairedCounts(both: 0, aOnly: 2, bOnly: 1, neither: 0))
            try fixture.store.answers.requireSameImages(a, b)
            let copies = try fixture.run([Row(top: [0]), Row(top: [1])], dataset: "copies", files: [("p", 1), ("q", 1)])
            #expect(try fixture.store.answers.pairedCounts(a, copies) == PairedCounts(both: 1, aOnly: 0, bOnly: 0, neither: 0))
            #expect(try fixture.store.answers.pairedCounts(copies, copies).images == 2)
        }
    }

    @Test func `images with other bytes or labels are refused, and paired by path where that is asked for`() throws {
        try AnswersFixture.withStore { fixture in
            let a = try fixture.run([Row(top: [0]), Row(top: [0]), Row(top: [0])], files: [("0", 1), ("1", 2), ("2", 3)])
            let bytes = try fixture.run([Row(top: [0]), Row(top: [1])], dataset: "bytes", files: [("0", 1), ("1", 9)])
            let other = #expect(throws: Failure.self) { try fixture.store.answers.requireSameImages(a, bytes) }
            #expect(other?.code == .differentImages && other?.message.contains("1 with other bytes") == true)
            #expect(try fixture.store.answers.pairedCounts(a, bytes).images == 1)
            let labels = try fixture.run([Row(top: [0]), Row(label: 1, top: [1])], dataset: "labels", files: [("0", 1), ("1", 2)])
            let relabelled = #expect(throws: Failure.self) { try fixture.store.answers.requireSameImages(labels, a) }
            #expect(relabelled?.message.contains("1 has label 1 in one and 0 in the other") == true)
            let byPath = try fixture.store.answers.paired(by: .path) {
                (
                    counts: try fixture.store.answers.pairedCounts(a, bytes),
                    bytes: try fixture.store.answers.pairedImages(a, bytes, by: .path),
                    labels: try fixture.store.answers.pairedImages(a, labels, by: .path)
                )
            }
            #expect(byPath.counts == PairedCounts(both: 1, aOnly: 1, bOnly: 0, neither: 0))
            #expect(byPath.bytes == PairedImages(pairing: .path, otherBytes: 1, otherLabels: 0))
            #expect(byPath.labels == PairedImages(pairing: .path, otherBytes: 0, otherLabels: 1))
            #expect(try fixture.store.answers.pairedCounts(a, bytes).images == 1)
            let differences = try fixture.store.answers.differences(a, bytes, pairing: .path, limit: 0).counts
            #expect(differences == RowDifferences(images: 2, rows: 1, predictions: 1, files: 1, firstSpikeDifference: [0]))
        }
    }

    @Test func `costs are compared pair by pair, with an interval`() throws {
        try AnswersFixture.withStore { fixture in
            let a = try fixture.run([Row(top: [0], spikes: [10], synops: [100]), Row(top: [0], spikes: [14], synops: [120])])
            let b = try fixture.run([Row(top: [0], spikes: [9], synops: [100]), Row(top: [0], spikes: [11], synops: [120])])
            let costs = try fixture.store.answers.costDifferences(a, b)
            #expect(costs.map(\.quantity) == ["spikes", "synops", "inference_us"])
            #expect(costs[0].a == 12 && costs[0].b == 10 && costs[0].difference == 2)
            // Differences 1 and 3: standard deviation sqrt(2), of two.
            let interval = try #require(costs[0].ci95)
            #expect(abs(interval.low - (2 - Interval.z)) < 1e-12 && abs(interval.high - (2 + Interval.z)) < 1e-12)
            #expect(costs[1].ci95 == Interval(low: 0, high: 0))
        }
    }

    @Test func `early exits are exact: the rule is applied to each image's own time steps`() throws {
        try AnswersFixture.withStore { fixture in
            var random = SeededGenerator(seed: 7)
            let images = (0..<200).map { _ in
                Row(
                    label: random.integer(below: 3), top: (0..<5).map { _ in random.integer(below: 3) },
                    margins: (0..<5).map { _ in Float(random.integer(below: 40)) / 8 },
                    spikes: (0..<5).map { _ in random.integer(below: 100) }, synops: (0..<5).map { _ in random.integer(below: 1000) })
            }
            let run = try fixture.run(images)
            let margins = [0.0, 0.125, 1, 2.5, 4.875, 100]
            for (margin, found) in zip(margins, try fixture.store.answers.earlyExits(run, margins: margins)) {
                #expect(found == expected(images, .margin(margin)) { $0.margins[$1] >= Float(margin) })
            }
            for (length, found) in zip(1...6, try fixture.store.answers.earlyExits(run, stable: Array(1...6))) {
                #expect(
                    found
                        == expected(images, .stable(length)) { image, step in
                            step + 1 >= length && (step + 1 - length...step).allSatisfy { image.top[$0] == image.top[step] }
                        })
            }
            for point in try fixture.store.answers.anytime(run) {
                guard case .timeSteps(let steps) = point.rule else { continue }
                var wanted = expected(images, point.rule) { $1 + 1 == steps }
                wanted.top5Correct = point.top5Correct
                #expect(point == wanted)
            }
        }
    }

    /// What `rule` comes to when it is applied image by image.
    private func expected(_ images: [Row], _ rule: ExitRule, holds: (Row, Int) -> Bool) -> AnytimePoint {
        let exits = images.map { image in image.top.indices.first { holds(image, $0) } ?? image.top.count - 1 }
        func mean(_ value: (Row, Int) -> Int) -> Double {
            Double(zip(images, exits).reduce(0) { $0 + value($1.0, $1.1) }) / Double(images.count)
        }
        return AnytimePoint(
            rule: rule, images: images.count, top1Correct: zip(images, exits).count { $0.top[$1] == $0.label }, top5Correct: nil,
            timeStepsPerImage: mean { $1 + 1 }, spikesPerImage: mean { $0.spikes[0...$1].reduce(0, +) },
            synapticOperationsPerImage: mean { $0.synops[0...$1].reduce(0, +) })
    }

    @Test func `layers that never or nearly always fire are named`() throws {
        try AnswersFixture.withStore { fixture in
            let silent = try fixture.run([Row(top: [0, 0])], spikes: [0, 0])
            let saturated = try fixture.run([Row(top: [0, 0])], spikes: [99, 90])
            let half = try fixture.run([Row(top: [0, 0])], spikes: [0, 50])
            #expect(try fixture.store.answers.layerFiring(of: silent).map(\.state) == [.silent])
            #expect(try fixture.store.answers.layerFiring(of: saturated).map(\.state) == [.saturated])
            let layer = try #require(try fixture.store.answers.layerFiring(of: half).first)
            #expect(layer.state == .active)
            #expect(layer.silentTimeSteps == [1])
            #expect(layer.firingRateByTimeStep == [0, 0.5])
            #expect(layer.firingRate == 0.25)
            #expect(layer.spikesPerImage == 50)
            let operations = try fixture.store.answers.layerOperations(of: half)
            #expect(operations.map(\.operationsByTimeStep) == [[40, 40]])
            #expect(operations.map(\.effectivePerImage) == [60])
            // Where no layer reads counts, they are the operations; rows of an earlier release know nothing of them.
            let connection = try PostgresConnection(fixture.address)
            try connection.executeScript("UPDATE shard_activity SET effective = '{}' WHERE run_id = \(half)")
            #expect(try fixture.store.answers.layerOperations(of: half).map(\.effectivePerImage) == [80])
            try connection.executeScript("UPDATE shard_activity SET effective = NULL WHERE run_id = \(half)")
            #expect(try fixture.store.answers.layerOperations(of: half).map(\.effectivePerImage) == [nil])
            #expect(try fixture.store.answers.layerOperations(of: half).map(\.operationsByTimeStep) == [[40, 40]])
        }
    }

    @Test func `energy counts the first convolution's multiplications and every synaptic operation`() throws {
        try AnswersFixture.withStore { fixture in
            let run = try fixture.run([Row(top: [0, 0], synops: [1_000_000, 2_000_000]), Row(top: [0, 0], synops: [0, 0])])
            let energy = try #require(try fixture.store.answers.report(run).energy)
            #expect(energy.macsPerImage == 11_741_184)
            #expect(energy.synapticOperationsPerImage == 1_500_000)
            #expect(abs(energy.millijoulesPerImage - (11_741_184 * 4.6 + 1_500_000 * 0.9) / 1e9) < 1e-12)
            let connection = try PostgresConnection(fixture.address)
            let stored = try connection.execute(
                "SELECT millijoules_per_image AS mj FROM run_energy WHERE run_id = \(run) AND costs = '45nm-float32' AND timestep = 2"
            ).single().double("mj")
            #expect(abs(stored - energy.millijoulesPerImage) < 1e-12)
            #expect(try fixture.store.answers.energyCosts().map(\.name) == ["45nm-float16", "45nm-float32", "45nm-int32", "45nm-int8"])
            let failure = #expect(throws: Failure.self) { try fixture.store.answers.energyCosts(named: "7nm") }
            #expect(failure?.remedy?.contains("45nm-float32") == true)
            let spread = try fixture.store.answers.costDistributions(of: run)
            #expect(spread.map(\.quantity) == ["spikes", "synops"])
            #expect(spread[1].minimum == 0 && spread[1].maximum == 3_000_000 && spread[1].mean == 1_500_000)
        }
    }

    @Test func `images without an accepted class leave the denominator`() throws {
        try AnswersFixture.withStore { fixture in
            let run = try fixture.run([Row(top: [0]), Row(top: [1]), Row(label: 1, top: [1]), Row(label: 1, top: [0])])
            let dataset = try #require(try fixture.store.catalogue.dataSets(named: "d").first)
            try fixture.store.catalogue.addLabelSet(
                "real", toDataSet: dataset, sha256: [UInt8](repeating: 1, count: 32),
                labels: [(0, [0, 2]), (1, [0, 1]), (2, []), (3, [3])])
            let accuracy = try fixture.store.answers.labelSetAccuracies(of: run)
            #expect(accuracy == [LabelSetAccuracy(name: "real", images: 3, top1Correct: 2, top5Correct: 2)])
            #expect(try fixture.store.answers.report(run).labelSets == accuracy)
            #expect(try fixture.store.catalogue.labelSets(ofDataSet: dataset.id).map { [$0.images, $0.labelled] } == [[4, 3]])
            let failure = #expect(throws: Failure.self) {
                try fixture.store.catalogue.addLabelSet("real", toDataSet: dataset, sha256: [UInt8](repeating: 1, count: 32), labels: [])
            }
            #expect(failure?.code == .conflict)
            try fixture.store.catalogue.removeLabelSet("real", ofDataSet: dataset)
            #expect(try fixture.store.answers.labelSetAccuracies(of: run).isEmpty)
        }
    }

    @Test func `titles of classes stand in for their names`() throws {
        try AnswersFixture.withStore { fixture in
            let run = try fixture.run([Row(top: [1]), Row(top: [1]), Row(label: 1, top: [0])])
            let dataset = try #require(try fixture.store.catalogue.dataSets(named: "d").first)
            #expect(try fixture.store.catalogue.setClassTitles(["cat": "a cat", "bird": "a bird"], ofDataSet: dataset.id) == 1)
            #expect(try fixture.store.answers.classAccuracies(of: run).map(\.name) == ["a cat", "dog"])
            let pair = try #require(try fixture.store.answers.confusedPairs(of: run, limit: 5).first)
            #expect(pair == ConfusedPair(label: 0, name: "a cat", other: 1, otherName: "dog", images: 3, asOther: 2, otherAsClass: 1))
            let mistakes = try fixture.store.answers.mistakes(of: run, by: .place, limit: 2)
            #expect(mistakes.map(\.path) == ["0.jpg", "1.jpg"])
            #expect(mistakes[0].top5.map(\.name) == ["dog", "9"])
            #expect(mistakes[0].labelPlace == 6)
        }
    }

    @Test func `where two runs part is found in rows and in sums over shards`() throws {
        try AnswersFixture.withStore { fixture in
            let a = try fixture.run([Row(top: [0, 0], spikes: [1, 2]), Row(top: [0, 0], spikes: [3, 4])], spikes: [4, 6])
            let b = try fixture.run(
                [Row(top: [0, 1], spikes: [1, 3]), Row(top: [0, 0], spikes: [3, 4])], spikes: [4, 7], engine: "fixed16")
            let (counts, changes) = try fixture.store.answers.differences(a, b, limit: 10)
            #expect(changes.count == 1)
            #expect(changes[0].path == "0.jpg" && changes[0].predictionTimeStep == 2 && changes[0].spikesTimeStep == 2)
            #expect(changes[0].hasSameBytes)
            #expect(counts.firstSpikeDifference == [0, 1])
            let activity = try fixture.store.answers.activityDifferences(a, b)
            #expect(activity.count == 1 && activity[0].layer == 0 && activity[0].timeStep == 2 && activity[0].shards == 1)
            #expect(try fixture.store.answers.provenance(of: b).engine == "fixed16")
            #expect(try fixture.store.answers.provenance(of: a).instructionSets == ["x86-64"])
            #expect(try fixture.store.answers.stored(of: a, ordinals: [1]).map(\.image.path) == ["1.jpg"])
        }
    }

    @Test func `a run without rows has answers too, and none of them is a crash`() throws {
        try AnswersFixture.withStore { fixture in
            let full = try fixture.run([Row(top: [0, 1])])
            let specification = try fixture.store.queue.run(full).specification
            let empty = try fixture.store.queue.submit(specification, plan: RunPlan(shardSize: 1), images: 1)
            #expect(try fixture.store.answers.anytime(empty).map(\.images) == [0, 0])
            #expect(try fixture.store.answers.earlyExits(empty, margins: [1]).isEmpty)
            #expect(try fixture.store.answers.marginQuantiles(empty, [0.5]).isEmpty)
            #expect(try fixture.store.answers.costDistributions(of: empty).isEmpty)
            #expect(try fixture.store.answers.layerFiring(of: empty).isEmpty)
            let report = try fixture.store.answers.report(empty)
            #expect(report.spikesPerImage == nil && report.firingRate == nil && report.synapticOperationsPerImage == nil)
            #expect(report.imagesPerSecond == nil && report.energy == nil && report.latency.total.p50 == nil)
            #expect(report.top1ByTimeStep == [nil, nil] && report.top1ByTimeStepIntervals == [nil, nil])
            let failure = #expect(throws: Failure.self) { try fixture.store.answers.pairedCounts(full, empty) }
            #expect(failure?.code.rawValue == "compare.no_common_images")
        }
    }
}
