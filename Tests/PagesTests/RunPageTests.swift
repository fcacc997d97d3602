import Evaluation
import Foundation
import ImageInput
import Pages
import Reports
import TestSupport
import Testing

@Suite struct RunPageTests {
    /// A run of `classes` classes of 50 images, `steps` time steps and `blocks` blocks.
    static func content(classes: Int = 4, steps: Int = 4, blocks: Int = 3, evaluated: Bool = true) -> RunPageContent {
        let images = evaluated ? classes * 50 : 0
        let correct = classes * 40
        let accuracies = (1...steps).map { step in evaluated ? correct * step / steps : 0 }
        func name(_ label: Int) -> String { "class \(label)" }
        let report = RunReport(
            run: RunID(7), model: "m", dataset: "d", engine: "fixed32", timeSteps: steps, state: .finished, complete: evaluated,
            images: .init(expected: classes * 50, evaluated: images, failed: 0),
            top1: .init(correct: evaluated ? correct : 0, evaluated: images), top5: .init(correct: images, evaluated: images),
            top1ByTimeStep: accuracies.map { images == 0 ? 0 : Double($0) / Double(images) },
            latency: .init(total: .init(p50: 900, p90: 2000, p99: 3000, max: 4000)),
            spikesPerImage: 30, firingRate: 0.1, synapticOperationsPerImage: 1000,
            energy: EnergyEstimate(costs: EnergyCosts.published[0], macsPerImage: 500, synapticOperationsPerImage: 1000, timeSteps: steps),
            imagesPerSecond: 12.5, workers: 2,
            provenance: .init(
                modelSHA256: "ab", manifestSHA256: "cd", preprocessing: "pillow13-bicubic-4-crop-4", version: "0.1.0",
                instructionSets: ["x86-64"], shards: 3, submittedAt: "2026-01-01T00:00:00Z", finishedAt: nil))
        guard evaluated else { return RunPageContent(report: report, costs: EnergyCosts.published[0]) }
        let points = (1...steps).map { step in
            AnytimePoint(
                rule: .timeSteps(step), images: images, top1Correct: accuracies[step - 1], top5Correct: images,
                timeStepsPerImage: Double(step), spikesPerImage: Double(step), synapticOperationsPerImage: 250 * Double(step))
        }
        let exit = AnytimePoint(
            rule: .margin(0.5), images: images, top1Correct: correct, top5Correct: nil, timeStepsPerImage: 1.5, spikesPerImage: 9,
            synapticOperationsPerImage: 400)
        return RunPageContent(
            report: report, anytime: points + [exit], costs: EnergyCosts.published[0],
            groups: (0..<blocks).map { block in
                LayerFiring(
                    layer: block, name: "token_mix_lif.\(block)", neurons: 100, spikesPerImage: 5, firingRate: 0.05,
                    firingRateByTimeStep: (0..<steps).map { Double($0 % 7) / 10 }, silentTimeSteps: [1],
                    state: block == 1 ? .silent : .active)
            },
            synapses: (0..<blocks).map { block in
                LayerOperations(
                    layer: block, name: "token_mix.\(block).fuse.0", operationsByTimeStep: (0..<steps).map { Double($0 * 100) },
                    effectivePerImage: nil)
            },
            classes: (0..<classes).map { label in
                ClassAccuracy(label: label, name: name(label), images: 50, top1Correct: 30 + label % 21, top5Correct: 50)
            },
            confusion: ConfusionExcerpt(
                labels: [0, 1, 2],
                cells: [
                    .init(label: 0, predicted: 0, images: 30), .init(label: 0, predicted: 1, images: 20),
                    .init(label: 1, predicted: 1, images: 31),
                ],
                pairs: [.init(label: 0, name: name(0), other: 1, otherName: name(1), images: 20, asOther: 20, otherAsClass: 0)],
                isWhole: classes <= 40),
            latency: [.init(phase: "total", bin: 59, lowMicroseconds: 891.3, highMicroseconds: 1000, images: images)],
            throughput: (1...12).map {
                .init(worker: Int64($0), host: "host-\($0)", images: 100, intervalSeconds: 2, rates: [0, 12.5, Double($0)])
            },
            worst: [
                WorstImage(
                    mistake: Mistake(
                        ordinal: 3, path: "c/3.png", label: 0, labelName: name(0), labelPlace: 11, margin: 2.25,
                        top5: [.init(label: 1, name: name(1), score: 4.5)]), bytes: 1, sha256: [])
            ])
    }

    @Test func `what was assumed of the network stands before the figures, and all of it in the provenance`() throws {
        var content = Self.content()
        content.report.network = NetworkQuote(
            family: "sew-resnet",
            settings: [.init(key: "connect", value: "add", origin: "assumed"), .init(key: "tau", value: "2", origin: "told")],
            published: [.init(top1: 63.18, timeSteps: 4, source: "NeurIPS 2021")], recipe: "pillow13-bicubic-4-crop-4")
        let page = try PageReader(RunPage(content).html)
        page.expectGoodManners()
        #expect(page.texts("p").contains("Assumed of the network, which its checkpoint does not tell: connect=add."))
        let facts = zip(page.texts("dt"), page.texts("dd")).map { "\($0) | \($1)" }
        for row in [
            "assumed of the network | connect=add", "told of the network | tau=2", "network | of the family sew-resnet",
            "published top-1 | 63.18 % with T = 4 (NeurIPS 2021)",
            "preprocessing | pillow13-bicubic-4-crop-4, as published for sew-resnet",
        ] { #expect(facts.contains(row), "\(row)") }
    }

    @Test func `the page is well-formed, has every figure, and its numbers are the report's`() throws {
        let content = Self.content()
        let page = try PageReader(RunPage(content).html)
        page.expectGoodManners()
        #expect(
            page.texts("h2") == [
                "Accuracy and energy", "Activity", "Classes and confusion", "Worst mistakes", "Speed", "Multiplication-free inference",
                "Provenance",
            ])
        let captions = page.texts("figcaption")
        for figure in [
            "Accuracy by time step.", "Accuracy against energy.", "Firing rate by layer and time step.",
            "Synaptic operations by layer and time step.", "Accuracy by class.", "Confusion matrix.", "Time per image.",
            "Throughput over time, by worker.",
        ] { #expect(captions.contains { $0.hasPrefix(figure) }, "\(figure)") }
        #expect(page.texts("b").contains(NumberText.percent(content.report.top1.accuracy)))
        // T, top-1, its interval, top-5, its interval, spikes, synops, energy.
        #expect(page.rows.contains("2 | 40.00 % | 33.46 to 46.92 % | 100.00 % | 98.12 to 100.00 % | 2 | 500 | 0.000002750"))
        #expect(page.rows.contains("margin 0.5000 | 0.000002660 | 80.00 % | 73.91 to 84.95 % | 1.50 | 400 | yes"))
        #expect(page.rows.contains("class 3 | 50 | 33 | 66.00 % | 52.15 to 77.56 % | 100.00 % | 92.87 to 100.00 %"))
        #expect(page.rows.contains("class 0 | class 1 | 20 | 20 | 0"))
        #expect(page.rows.contains("token_mix_lif.1 | 100 | 0.0000 | 0.1000 | 0.2000 | 0.3000 | 0.0500 | silent"))
        let tips = Set(page.texts("title"))
        #expect(tips.contains("class 0 taken for class 1: 20 of 50 images, 40.0 %"))
        #expect(tips.contains("token_mix_lif.2, t = 4: 0.3000") && tips.contains("token_mix.0.fuse.0, t = 2: 100"))
        #expect(tips.contains("total, 0.8913 to 1.000 ms: 200 images"))
        // Seven of twelve workers, those that did the most, have areas of their own.
        #expect(tips.contains("worker 7 on host-7") && tips.contains("5 others") && !tips.contains("worker 8 on host-8"))
        #expect(page.all("span").contains { $0.attributes["class"] == "missing" && $0.text.hasPrefix("no picture") })
        #expect(page.all("li").first?.text.contains("the label came 11th") == true)
    }

    @Test func `names from outside are text and nothing else`() throws {
        let hostile = "</title></svg><script>alert(1)</script>\"'&\u{0}\u{202E}<img src=x onerror=alert(1)>"
        var content = Self.content()
        content.report.model = hostile
        content.report.labelSets = [LabelSetAccuracy(name: hostile, images: 10, top1Correct: 1, top5Correct: 2)]
        content.report.failures = [FailureCount(code: hostile, images: 1, example: hostile)]
        for index in content.classes.indices { content.classes[index].name = hostile }
        content.confusion.pairs[0].name = hostile
        content.groups[0].name = hostile
        content.throughput[0].host = hostile
        content.worst[0].mistake.path = hostile
        content.worst[0].mistake.labelName = hostile
        content.worst[0].mistake.top5[0].name = hostile
        content.worst[0].picture = .missing(hostile)
        let html = RunPage(content).html
        #expect(!html.contains("<script") && !html.contains("<img src=x"))
        let page = try PageReader(html)
        page.expectGoodManners()
        let shown = hostile.replacing("\u{0}", with: "\u{FFFD}").replacing("\u{202E}", with: "\u{FFFD}")
        #expect(page.texts("h1").first == "Run 7: \(shown) on d")
        #expect(page.rows.contains { $0.hasPrefix("\(shown) | 50 | ") })
    }

    @Test func `a run without any prediction has a page that says so`() throws {
        let page = try PageReader(RunPage(Self.content(evaluated: false)).html)
        page.expectGoodManners()
        #expect(page.texts("p").first == "INCOMPLETE (0 of 200)")
        #expect(page.texts("h2") == ["Multiplication-free inference", "Provenance"])
    }

    @Test func `a thousand classes are summed up, and a thousand time steps are averaged, within two megabytes`() throws {
        let html = RunPage(Self.content(classes: 1000, steps: 1024, blocks: 38)).html
        #expect(html.utf8.count < 2_000_000)
        let page = try PageReader(html)
        page.expectGoodManners()
        let captions = page.texts("figcaption")
        for figure in ["Classes by accuracy.", "Distribution of the classes.", "The hardest classes.", "The easiest classes."] {
            #expect(captions.contains { $0.hasPrefix(figure) }, "\(figure)")
        }
        #expect(captions.contains { $0.contains("The block of the 3 classes that are most often taken for each other, of 1000") })
        #expect(page.texts("summary").contains("All 1000 classes"))
        // Another class is what is left of the label's images.
        #expect(page.texts("title").contains("class 0 taken for another class: 0"))
        #expect(page.texts("title").contains("class 1 taken for another class: 19"))
        #expect(page.texts("title").contains { $0.hasPrefix("token_mix_lif.37, t = 897 to 1024: ") })
    }

    @Test func `endless names do not make an endless page`() throws {
        var content = Self.content(classes: 40)
        let name = String(repeating: "x", count: 100_000)
        for index in content.classes.indices { content.classes[index].name = name }
        content.confusion.pairs[0].name = name
        content.throughput[0].host = name
        content.worst[0].mistake.labelName = name
        content.report.failures = [FailureCount(code: name, images: 1, example: name)]
        #expect(RunPage(content).html.utf8.count < 1_000_000)
    }

    @Test func `one class, one time step and one image make a page`() throws {
        var content = Self.content(classes: 1, steps: 1, blocks: 1)
        content.confusion = ConfusionExcerpt()
        content.throughput = []
        try PageReader(RunPage(content).html).expectGoodManners()
    }

    @Test func `pictures are what the network saw; a missing, changed or broken file is told in its place`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pages-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let pixels = (0..<48).map { UInt8($0 * 5) }
        let good = try PNGEncoder.encode(pixels, width: 4, height: 4)
        var content = Self.content()
        let template = content.worst[0]
        func image(_ name: String, _ bytes: [UInt8]?, expected: [UInt8]? = nil) throws -> WorstImage {
            if let bytes { try Data(bytes).write(to: folder.appending(path: name)) }
            var image = template
            image.mistake.path = name
            image.bytes = (expected ?? bytes ?? []).count
            image.sha256 = ContentHash(of: expected ?? bytes ?? []).bytes
            return image
        }
        let broken = Array(good.prefix(60))
        content.worst = [
            try image("good.png", good), try image("missing.png", nil), try image("changed.png", good, expected: [1, 2]),
            try image("broken.png", broken), try image("text.png", Array("no image".utf8)), try image("empty.png", []),
        ]
        content.readPictures(in: folder.path)
        guard case .png(let file, 4, 4) = content.worst[0].picture else {
            Issue.record("\(content.worst[0].picture)")
            return
        }
        #expect(try ImageLoader(Preprocessing(imageSize: 4)).load(bytes: file, name: "picture").pixels == pixels)
        let page = try PageReader(RunPage(content).html)
        page.expectGoodManners()
        #expect(page.all("img").map { $0.attributes["src"] } == ["data:image/png;base64,\(Data(file).base64EncodedString())"])
        let reasons = page.all("span").filter { $0.attributes["class"] == "missing" }.map(\.text)
        #expect(reasons.count == 5)
        for (reason, cause) in zip(reasons, ["No such file", "has changed", "truncated", "no image format", "is empty"]) {
            #expect(reason.contains(cause), "\(reason)")
        }
    }
}
