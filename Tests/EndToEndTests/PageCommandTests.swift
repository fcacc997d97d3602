import Foundation
import TestSupport
import Testing

/// Reports and models as pages, by the built programs on the demo.
@Suite(.requiresPostgres, .serialized) struct PageCommandTests {
    private static let hostile = "s00 <img src=x onerror=alert(1)>&\"'"

    /// A run of the demo's first images with one time step, which leaves many of them wrong; one class has a hostile name.
    private func withRun(_ body: (_ folder: URL, _ images: URL, _ evalctl: (String...) throws -> Program.Outcome) throws -> Void) throws {
        try Program.withFolder { folder in
            let images = folder.appending(path: "val")
            try Program.copyDemoImages(perClass: 3, to: images)
            try FileManager.default.moveItem(at: images.appending(path: "s00_disc"), to: images.appending(path: Self.hostile))
            let state = folder.appending(path: "state").path
            let run = try Program.evalctl(
                "run", "--model", Program.demoModel, "--dataset", images.path, "--timesteps", "1", "--data-dir", state, in: folder)
            try #require(run.status == 0, "\(run.errors)")
            try body(folder, images) { arguments in
                try Program("evalctl", Array(arguments) + ["--data-dir", state], in: folder).wait()
            }
        }
    }

    @Test func `the page has the figures of the other reports, and pictures of the mistakes whose files are as they were`() throws {
        try withRun { folder, images, evalctl in
            let report = try Program.json(try evalctl("report", "1", "--format", "json").output)
            let top1 = try #require(report["top1"] as? [String: Any])
            let wrong = 60 - (try #require(top1["correct"] as? Int))
            try #require(wrong > 5)
            let mistakes = try #require(
                try Program.json(try evalctl("mistakes", "1", "--limit", "100", "--format", "json").output)["mistakes"] as? [[String: Any]])

            let outcome = try evalctl("report", "1", "--format", "html", "--mistakes", "100")
            #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
            let page = try PageReader(outcome.output)
            page.expectGoodManners()
            #expect(page.texts("h1") == ["Run 1: demo on val"])
            let shown = try percent(top1["accuracy"])
            #expect(page.texts("b").contains(shown))
            #expect(page.rows.contains { $0.hasPrefix("1 | \(shown) | ") })
            // What `evalctl report` prints, word by word.
            let text = try evalctl("report", "1").output
            for row in page.rows where row.hasPrefix("1 | \(shown) | ") {
                #expect(text.contains("\(shown) (\(row.split(separator: " | ")[2]))"))
            }
            #expect(page.rows.contains { $0.hasPrefix("\(Self.hostile) | 3 | ") })
            #expect(!outcome.output.contains("<img src=x"))
            #expect(page.all("img").count == wrong)
            #expect(page.all("li").map(\.text).enumerated().allSatisfy { $1.contains(mistakes[$0]["path"] as? String ?? "?") })
            let energy = try #require((report["energy"] as? [String: Any])?["synops_per_image"] as? Double)
            #expect(page.texts("b").contains { $0.replacing(",", with: "") == String(Int(energy.rounded())) })
            let hash = try #require((report["provenance"] as? [String: Any])?["model_sha256"] as? String)
            #expect(page.texts("code").contains(hash))

            // One file is gone, one is another, and the page is made all the same.
            let paths = try mistakes.prefix(2).map { try #require($0["path"] as? String) }
            try FileManager.default.removeItem(at: images.appending(path: paths[0]))
            try Data("no image".utf8).write(to: images.appending(path: paths[1]))
            let file = folder.appending(path: "run.html")
            let again = try evalctl("report", "1", "--format", "html", "--mistakes", "3", "--output", file.path)
            #expect(again.status == 0 && again.output.isEmpty)
            let second = try PageReader(String(contentsOf: file, encoding: .utf8))
            second.expectGoodManners()
            #expect(second.all("img").count == 1 && second.all("li").count == 3)
            let reasons = second.all("span").filter { $0.attributes["class"] == "missing" }.map(\.text)
            #expect(reasons.count == 2 && reasons[0].contains("No such file") && reasons[1].contains("has changed"))
            let elsewhere = try evalctl("report", "1", "--format", "html", "--mistakes", "3", "--dataset-root", "val=/nowhere")
            #expect(try PageReader(elsewhere.output).all("img").isEmpty)
        }
    }

    private func percent(_ fraction: Any?) throws -> String {
        let hundredths = Int(((try #require(fraction as? Double)) * 10_000).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) %"
    }

    @Test func `a file that cannot be written is named, and what was there stays`() throws {
        try withRun { folder, _, evalctl in
            let nowhere = try evalctl("report", "1", "--format", "html", "--output", "/nowhere/run.html")
            #expect(nowhere.status == 1 && nowhere.errors.contains("/nowhere/run.html cannot be written"), "\(nowhere.errors)")
            let there = folder.appending(path: "there.html")
            try Data("before".utf8).write(to: there)
            let missing = try evalctl("report", "99", "--format", "html", "--output", there.path)
            #expect(missing.status == 1)
            #expect(try String(contentsOf: there, encoding: .utf8) == "before")
            #expect(try evalctl("report", "1", "--format", "html", "--mistakes", "201").status == 64)
            for root in ["val=", "=/images", "val"] {
                #expect(try evalctl("report", "1", "--format", "html", "--dataset-root", root).status == 64)
            }
            // The table goes to a file as well.
            #expect(try evalctl("report", "1", "--output", there.path).output.isEmpty)
            #expect(try String(contentsOf: there, encoding: .utf8).hasPrefix("Run 1: demo on val\n"))
        }
    }

    @Test func `a checkpoint has the same page from its file and from the database`() throws {
        try withRun { folder, _, evalctl in
            let stored = try evalctl("model", "show", "demo", "--format", "html", "--rows", "2")
            #expect(stored.status == 0, "\(stored.errors)")
            let page = try PageReader(stored.output)
            page.expectGoodManners()
            #expect(page.texts("h1") == ["Model demo"])
            #expect(page.rows.contains { $0.hasPrefix("token_mix.0.proj_w.1 | 16 x 16 x 1 x 1 | 256 | 1,024 | ") })
            #expect(page.all("img").filter { $0.attributes["alt"]?.hasPrefix("filter ") == true }.count == 24)
            #expect(page.all("img").filter { $0.attributes["alt"]?.contains("receptive field") == true }.count == 12)
            let fromFile = try evalctl("model", "show", Program.demoModel, "--format", "html", "--rows", "2")
            #expect(
                fromFile.output
                    == stored.output.replacing("Model demo<", with: "Model demo.pth<").replacing(">demo</dd>", with: ">demo.pth</dd>"))
            #expect(try evalctl("model", "show", "demo", "--format", "html", "--rows", "-1").status == 64)
        }
    }
}
