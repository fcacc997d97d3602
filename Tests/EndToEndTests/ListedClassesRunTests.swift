import Foundation
import TestSupport
import Testing

/// `evalctl run` on a data set with images of some of the model's classes.
@Suite(.requiresPostgres) struct ListedClassesRunTests {
    /// Demo images, of which those of the first line are taken for classes that this data set has no image of.
    private static let files = [
        "s00_disc/val_00000240.JPEG", "s00_disc/val_00000360.JPEG", "s16_waves/val_00000116.JPEG", "s19_noise/val_00000379.JPEG",
        "s00_disc/val_00000000.JPEG",
    ]
    private static let classes = ["0", "16", "19"]

    @Test func `with only the listed classes the best of them is the answer, in rows, report and comparisons`() throws {
        try Program.withFolder { folder in
            for file in Self.files {
                let target = folder.appending(path: "few/\(file)")
                try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
                try FileManager.default.copyItem(atPath: "\(Program.demoImages)/\(file)", toPath: target.path)
            }
            try "s00_disc 0\ns16_waves 16\ns19_noise 19\n".write(
                to: folder.appending(path: "map.txt"), atomically: true, encoding: .utf8)
            let state = folder.appending(path: "state").path
            func run(_ options: [String]) throws -> (report: [String: Any], errors: String) {
                let outcome = try Program(
                    "evalctl",
                    [
                        "run", "--model", Program.demoModel, "--dataset", folder.appending(path: "few").path, "--class-map",
                        folder.appending(path: "map.txt").path, "--data-dir", state,
                    ] + options
                        + ["--format", "json"], in: folder
                ).wait()
                #expect(outcome.status == 0, "\(outcome.errors)")
                return (try Program.json(outcome.output), outcome.errors)
            }
            let all = try run([])
            #expect(all.errors.contains("its other 17 count as wrong answers; --only-listed-classes leaves their logits out"))
            let listed = try run(["--only-listed-classes"])
            #expect(listed.errors.contains("the logits of the other 17 are left out"))
            for (report, run, onlyListed) in [(all.report, 1, false), (listed.report, 2, true)] {
                #expect(report["run"] as? Int == run)
                let classes = try #require(report["classes"] as? [String: Any])
                #expect(classes["model"] as? Int == 20 && classes["listed"] as? Int == 3 && classes["only_listed"] as? Bool == onlyListed)
            }

            func evalctl(_ arguments: String...) throws -> Program.Outcome {
                try Program("evalctl", arguments + ["--data-dir", state], in: folder).wait()
            }
            func rows(_ run: String) throws -> [[String]] {
                try evalctl("predictions", run).output.split(separator: "\n").dropFirst().map {
                    $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                }
            }
            let expected = try String(contentsOfFile: Program.root.appending(path: "pipeline/demo/expected.csv").path, encoding: .utf8)
                .split(whereSeparator: \.isNewline).map { $0.split(separator: ",").map(String.init) }
            var correct = 0
            let pairs = zip(try rows("1"), try rows("2"))
            #expect(Array(pairs).count == Self.files.count)
            for (row, few) in pairs {
                let five = try #require(expected.first { $0[0] == row[0] })
                #expect(Array(row[2..<7]) == Array(five[2..<7]))
                let ranked = few[2..<7].filter { !$0.isEmpty }
                #expect(ranked.sorted() == Self.classes)
                let known = five[2..<7].filter(Self.classes.contains)
                #expect(Array(ranked.prefix(known.count)) == known)
                #expect(few[7..<11].allSatisfy(Self.classes.contains))
                correct += few[1] == few[2] ? 1 : 0
            }
            #expect((all.report["top1"] as? [String: Any])?["correct"] as? Int == 1)
            #expect(correct == 4 && (listed.report["top1"] as? [String: Any])?["correct"] as? Int == correct)

            #expect(try evalctl("compare", "1", "2").errors.contains("in run 2 only classes that the data set has images of rank"))
            let difference = try evalctl("diff", "1", "2")
            #expect(difference.output.contains("classes that rank    DIFFERS  all"), "\(difference.output)")
            #expect(difference.output.contains("both rows reproduced"))
        }
    }
}
