import Evaluation
import Reports
import Testing

@Suite struct TextTests {
    @Test func `numbers print the same text everywhere`() {
        #expect(NumberText.fixed(1.005, 2) == "1.00")
        #expect(NumberText.fixed(-0.001, 2) == "0.00")
        #expect(NumberText.fixed(2.5, 0) == "3")
        #expect(NumberText.percent(0.974) == "97.40 %")
        #expect(NumberText.fixed(.nan, 2) == "-")
        #expect(NumberText.grouped(1_234_567) == "1,234,567")
        #expect(NumberText.grouped(-100) == "-100")
        #expect(NumberText.duration(seconds: 3725) == "1 h 02 min")
        #expect(NumberText.duration(seconds: 59.7) == "1 min 00 s")
        #expect(NumberText.milliseconds(1234) == "1.234 ms")
    }

    @Test func `a table pads its columns and leaves no trailing spaces`() {
        let table = TextTable([.init("name"), .init("images", .right)], rows: [["a", "1"], ["longer", "1000"]])
        #expect(table.plain() == "name    images\na            1\nlonger    1000\n")
        #expect(table.markdown() == "| name   | images |\n| ------ | -----: |\n| a      |      1 |\n| longer |   1000 |\n")
    }

    @Test func `a prediction's row has the documented columns and quotes what CSV must`() throws {
        let prediction = Prediction(
            ordinal: 0, label: 3, top5: [3, 1], scores: [2, 1], topByTimeStep: [1, 3], labelRankByTimeStep: [1, 0],
            marginByTimeStep: [0.1, 1], spikesByTimeStep: [10, 20], synapticOperationsByTimeStep: [100, 200],
            latency: Latency(decode: 1, preprocess: 2, inference: 3, total: 7))
        let export = PredictionExport(timeSteps: 2, isWhole: false)
        var text = ""
        var writer = try ExportWriter(export.columns, as: .csv) { text += String(decoding: $0, as: UTF8.self) }
        for path in ["a/b.jpg", "a,\"b\".jpg"] { try writer.write(export.row(prediction, path: path)) }
        try writer.finish()
        #expect(
            text == """
                file,label,top1,top2,top3,top4,top5,pred_t1,pred_t2,spikes,synops
                a/b.jpg,3,3,1,,,,1,3,30,300
                "a,""b"".jpg",3,3,1,,,,1,3,30,300

                """)
    }
}
