import Foundation
import Postgres
import TestSupport
import Testing

/// The commands that answer questions, with the built programs on the demo.
@Suite(.requiresPostgres, .serialized) struct AnswerCommandTests {
    /// A database with two runs of the demo's first images: one of four time steps, one of two.
    private struct Stack {
        var folder: URL
        var images: URL
        var cluster: EmbeddedCluster
        var address: DatabaseAddress

        func evalctl(_ arguments: String..., status: Int32 = 0) throws -> Program.Outcome {
            try evalctl(arguments, status: status)
        }

        func evalctl(_ arguments: [String], status: Int32) throws -> Program.Outcome {
            let outcome = try Program(
                "evalctl", arguments + ["--database", address.exposedURI], environment: ["XDG_CACHE_HOME": folder.path], in: folder
            ).wait()
            #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
            return outcome
        }

        func json(_ arguments: String..., status: Int32 = 0) throws -> [String: Any] {
            let outcome = try Program(
                "evalctl", arguments + ["--format", "json", "--database", address.exposedURI], environment: ["XDG_CACHE_HOME": folder.path],
                in: folder
            ).wait()
            #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
            return try Program.json(outcome.output)
        }

        static func with(_ body: (Stack) throws -> Void) throws {
            try Program.withFolder { folder in
                let images = folder.appending(path: "val")
                try Program.copyDemoImages(perClass: 3, to: images)
                let state = folder.appending(path: "state").path
                for steps in ["4", "2"] {
                    let run = try Program.evalctl(
                        "run", "--model", Program.demoModel, "--dataset", images.path, "--timesteps", steps, "--data-dir", state, in: folder
                    )
                    try #require(run.status == 0, "\(run.errors)")
                }
                let cluster = EmbeddedCluster(directory: state + "/postgres")
                let address = try cluster.start()
                defer { _ = try? cluster.stop() }
                try body(Stack(folder: folder, images: images, cluster: cluster, address: address))
            }
        }
    }

    @Test func `runs are compared, their energy, classes and mistakes shown, and every format has the same figures`() throws {
        try Stack.with { stack in
            let comparison = try stack.json("compare", "1", "2")
            let report = try stack.json("report", "1")
            let top1 = try #require(report["top1"] as? [String: Any])
            let a = try #require(comparison["a"] as? [String: Any])
            #expect(comparison["images"] as? Int == 60)
            #expect(a["correct"] as? Int == top1["correct"] as? Int)
            #expect(a["ci95"] as? [Double] == top1["ci95"] as? [Double])
            let both = try #require(comparison["both"] as? Int)
            #expect(try #require(comparison["a_only"] as? Int) + both == a["correct"] as? Int)

            // Two time steps are the first two of four, to the last operation.
            let anytime = try #require(try stack.json("anytime", "1")["points"] as? [[String: Any]])
            let shorter = try #require(try stack.json("anytime", "2")["points"] as? [[String: Any]])
            #expect(anytime[1]["synops_per_image"] as? Double == shorter[1]["synops_per_image"] as? Double)
            #expect(anytime.contains { $0["rule"] as? String == "margin" } && anytime.contains { $0["rule"] as? String == "stable" })

            let energy = try #require(try stack.json("energy", "1", "--cost", "ac=1", "--cost", "mac=2")["estimates"] as? [[String: Any]])
            let macs = try #require(energy[0]["macs_per_image"] as? Double)
            let synops = try #require(energy[0]["synops_per_image"] as? Double)
            #expect(energy[0]["millijoules_per_image"] as? Double == (macs * 2 + synops) / 1e9)
            #expect(energy.count == 5)

            let classes = try #require(try stack.json("classes", "1")["classes"] as? [[String: Any]])
            #expect(classes.count == 20 && classes.allSatisfy { $0["images"] as? Int == 3 })
            let matrix = try stack.evalctl("confusion", "1", "--format", "csv").output.split(separator: "\n")
            #expect(matrix.count == 21 && matrix[0].hasPrefix("label,s00_disc,"))
            let wrong = 60 - (try #require(top1["correct"] as? Int))
            #expect((try stack.json("mistakes", "1", "--limit", "60")["mistakes"] as? [Any])?.count == wrong)

            let groups = try #require(try stack.json("activity", "1")["groups"] as? [[String: Any]])
            let rows = try stack.evalctl("activity", "1", "--format", "csv").output.split(separator: "\n")
            #expect(rows.count { $0.contains(",lif,") } == groups.count * 4)

            let counted = try #require(report["synops_per_image"] as? Double)
            for (dialect, name) in [("neurobench", "Effective_ACs"), ("spikingjelly", "SynOps"), ("paper", "ACs")] {
                let figures = try #require(try stack.json("activity", "1", "--dialect", dialect)["figures"] as? [[String: Any]])
                let figure = try #require(figures.first { $0["name"] as? String == name })
                #expect(abs(try #require(figure["ours"] as? Double) - counted) < 1e-6 * counted, "\(dialect)")
                // The head alone reads means, and padding is little: others count almost the same.
                #expect((0.8...1.3).contains(try #require(figure["value"] as? Double) / counted), "\(dialect)")
                if let footprint = figures.first(where: { $0["name"] as? String == "Footprint" }) {
                    // As PyTorch adds up the demo's state dict.
                    #expect(footprint["value"] as? Double == 3_502_712)
                }
            }

            let lines = try stack.evalctl("predictions", "1", "--format", "jsonl").output.split(separator: "\n")
            let table = try stack.evalctl("predictions", "1", "--all").output.split(separator: "\n")
            #expect(lines.count == 60 && table.count == 61)
            let first = try Program.json(String(lines[0]))
            #expect(Set(first.keys) == Set(table[0].split(separator: ",").map(String.init)))
            #expect(
                try stack.evalctl("predictions", "1").output.hasPrefix(
                    "file,label,top1,top2,top3,top4,top5,pred_t1,pred_t2,pred_t3,pred_t4,spikes,synops\n"))
            try expectNoRowsAfterPruning(stack)
        }
    }

    /// Prunes both runs: their reports stay as they are, and what needs rows says that they are gone.
    private func expectNoRowsAfterPruning(_ stack: Stack) throws {
        // The coordinator may have been stopped before it kept them. The first run ends last.
        try PostgresConnection(stack.address).executeScript(
            """
            INSERT INTO reports SELECT run_id, '{}' FROM runs ON CONFLICT DO NOTHING;
            UPDATE runs SET finished_at = clock_timestamp() WHERE run_id = 1
            """)
        let asked = try stack.evalctl("prune", "--runs-older-than", "0m", status: 1).errors
        #expect(asked.contains("Deleting 2 runs with numbers from 1 to 2 frees 120 predictions"), "\(asked)")
        let report = try stack.evalctl("report", "1").output
        let pruning = try stack.evalctl("prune", "--runs-older-than", "0m", "--keep-reports", "--yes")
        #expect(pruning.errors.contains("pruned 2 runs: 120 predictions"), "\(pruning.errors)")
        #expect(try stack.evalctl("report", "1").output == report)
        for command in [
            "activity 1", "activity 1 --format csv", "activity 1 --dialect neurobench", "anytime 1", "energy 1", "classes 1",
            "confusion 1 --format csv", "mistakes 1", "compare 1 2", "diff 1 2", "verify 1", "deadletter list 1", "deadletter show 1 0",
            "predictions 1 --format parquet", "failures 1",
        ] {
            let refused = try stack.evalctl(command.split(separator: " ").map(String.init), status: 1)
            #expect(refused.output.isEmpty && refused.errors.contains("run 1 was pruned"), "\(command): \(refused.errors)")
        }
        let listed = try stack.evalctl("run", "list")
        #expect(listed.output.contains("finished, pruned") && !listed.errors.contains("evalctl failures"))
    }

    @Test func `a run that failed images lists them, in every report, and no run without any looks perfect`() throws {
        try Program.withFolder { folder in
            let images = folder.appending(path: "val")
            try Program.copyDemoImages(perClass: 1, to: images)
            let state = folder.appending(path: "state").path
            func evalctl(_ arguments: String..., status: Int32 = 0) throws -> Program.Outcome {
                let outcome = try Program("evalctl", arguments + ["--data-dir", state], in: folder).wait()
                #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
                return outcome
            }
            let cut = images.appending(path: "s00_disc/val_00000000.JPEG")
            try Data(contentsOf: cut).prefix(900).write(to: cut)
            let report = try evalctl("run", "--model", Program.demoModel, "--dataset", images.path, "--timesteps", "1", status: 2)
            #expect(report.output.contains("INCOMPLETE (19 of 20): 1 failed"))
            for format in ["table", "json", "markdown", "latex", "markdown-row", "html"] {
                #expect(try evalctl("report", "1", "--format", format, status: 2).output.contains("image.truncated"), "\(format)")
            }
            #expect(try evalctl("run", "list").output.contains("incomplete, 19 of 20"))
            #expect(try evalctl("status", "1").errors.contains("`evalctl failures RUN` says why"))
            let failures = try evalctl("failures", "1", status: 2).output
            #expect(failures.contains("1 of 20 images: 1 failed") && failures.contains("s00_disc/val_00000000.JPEG"))
            let json = try Program.json(try evalctl("failures", "1", "--format", "json", status: 2).output)
            #expect((json["failures"] as? [[String: Any]])?.first?["code"] as? String == "image.truncated")

            let broken = folder.appending(path: "broken")
            try Program.copyDemoImages(perClass: 1, to: broken)
            for path in try FileManager.default.subpathsOfDirectory(atPath: broken.path) where path.hasSuffix(".JPEG") {
                let file = broken.appending(path: path)
                try Data(contentsOf: file).prefix(600).write(to: file)
            }
            let nothing = try evalctl("run", "--model", "demo", "--dataset", broken.path, "--timesteps", "1", status: 2).output
            #expect(nothing.contains("top-1 ") && nothing.contains("none: no image has a prediction"))
            #expect(!nothing.contains("0.00 %") && !nothing.contains("100.00 %"), "\(nothing)")
            #expect(!nothing.contains("0.000 ms") && !nothing.contains("0.0000"), "\(nothing)")
        }
    }

    @Test func `more time steps than a network can run are refused before anything is stored`() throws {
        try Program.withFolder { folder in
            // A network that has a factor for each of four time steps, and no more.
            let network = Program.root.appending(path: "Tests/Fixtures/golden/zoo/spe-tebn.pth").path
            let images = folder.appending(path: "val")
            try Program.copyDemoImages(perClass: 1, to: images)
            let state = folder.appending(path: "state").path
            let refused = try Program.evalctl(
                "run", "--model", network, "--dataset", images.path, "-T", "200", "--data-dir", state, in: folder)
            #expect(refused.status == 1 && refused.errors.contains("200 time steps were asked for"), "\(refused.errors)")
            #expect(try Program.evalctl("model", "list", "--format", "json", "--data-dir", state, in: folder).output == "[\n\n]\n")
            #expect(try Program.evalctl("dataset", "list", "--format", "json", "--data-dir", state, in: folder).output == "[\n\n]\n")
        }
    }

    @Test func `a reference ends with 3 where the run is out of its tolerance`() throws {
        try Stack.with { stack in
            let accuracy = try #require((try stack.json("report", "1")["top1"] as? [String: Any])?["accuracy"] as? Double) * 100
            let near = try stack.evalctl("report", "1", "--format", "latex", "--reference", "\(accuracy - 0.1)", "--tolerance", "0.2")
            #expect(near.output.hasSuffix(" \\\\\n") && near.errors.contains("within the tolerance"))
            let far = try stack.evalctl("report", "1", "--reference", "\(accuracy - 0.3)", "--tolerance", "0.2", status: 3)
            #expect(far.errors.contains("NOT within the tolerance"))
        }
    }

    @Test func `verify reproduces every row to the bit, and finds the one that was changed`() throws {
        try Stack.with { stack in
            #expect(try stack.json("verify", "1", "--sample", "500")["reproduced"] as? Int == 60)
            let connection = try PostgresConnection(stack.address)
            // About the least change that a row can have: the last bit of a score.
            try connection.executeScript(
                "UPDATE prediction_rows SET logits[timesteps + 2] = logits[timesteps + 2] * (1 + 1.2e-7::real) WHERE run_id = 1 AND ordinal = 7"
            )
            let found = try stack.json("verify", "1", "--sample", "500", status: 3)
            #expect(found["reproduced"] as? Int == 59)
            let problems = try #require(found["problems"] as? [[String: Any]])
            #expect(problems.map { $0["columns"] as? [String] } == [["scores"]])
            try FileManager.default.removeItem(at: stack.images.appending(path: "s03_star"))
            let missing = try stack.evalctl("verify", "1", "--sample", "500", status: 3)
            #expect(missing.output.contains("56 of 60") && missing.output.contains("No such file"))
            let gone = try Program.evalctl(
                "verify", "1", "--dataset-root", "val=/nowhere", "--database", stack.address.exposedURI, in: stack.folder)
            #expect(gone.status == 69 && gone.errors.contains("/nowhere"))
        }
    }

    @Test func `diff tells other pixels, and the layer and time step where spikes part`() throws {
        try Stack.with { stack in
            let other = stack.folder.appending(path: "other")
            try FileManager.default.copyItem(at: stack.images, to: other)
            let replaced = other.appending(path: "s00_disc/val_00000020.JPEG")
            try Data(contentsOf: other.appending(path: "s16_waves/val_00000016.JPEG")).write(to: replaced)
            _ = try stack.evalctl("dataset", "add", "other", "--root", other.path)
            try stack.cluster.stop()
            let run = try Program.evalctl(
                "run", "--model", "demo", "--dataset", "other", "--timesteps", "4", "--data-dir",
                stack.folder.appending(path: "state").path,
                in: stack.folder)
            try #require(run.status == 0, "\(run.errors)")
            let state = stack.folder.appending(path: "state").path
            for command in ["diff", "compare"] {
                let refused = try Program.evalctl(command, "1", "3", "--data-dir", state, in: stack.folder)
                #expect(refused.status == 64 && refused.errors.contains("s00_disc/val_00000020.JPEG has other bytes"), "\(refused.errors)")
            }
            let compared = try Program.evalctl("compare", "1", "3", "--pair-by-path", "--data-dir", state, in: stack.folder)
            #expect(compared.status == 0 && compared.output.contains("paired by path alone: 1 pair with other bytes, 0 with another label"))
            let found = try Program.evalctl(
                "diff", "1", "3", "--pair-by-path", "--format", "json", "--data-dir", state, in: stack.folder)
            let report = try Program.json(found.output)
            let differences = try #require(report["differences"] as? [String: Any])
            #expect(differences["images"] as? Int == 60 && differences["rows"] as? Int == 1 && differences["files"] as? Int == 1)
            let causes = try #require(report["causes"] as? [[String: Any]])
            #expect(causes.filter { $0["same"] as? Bool == false }.map { $0["name"] as? String } == ["images and labels"])
            let change = try #require((report["changes"] as? [[String: Any]])?.first)
            #expect(change["path"] as? String == "s00_disc/val_00000020.JPEG")
            let recomputed = try #require(change["recomputed"] as? [String: Any])
            #expect(recomputed["same_pixels"] as? Bool == false)
            #expect(recomputed["a_reproduced"] as? Bool == true && recomputed["b_reproduced"] as? Bool == true)
            let first = try #require(recomputed["first"] as? [String: Any])
            #expect(first["timestep"] as? Int == 1 && first["layer"] as? String == "to_patch_embedding_lif.0")
        }
    }

    @Test func `further labels count in reports, and a file that does not fit is refused`() throws {
        try Stack.with { stack in
            let file = stack.folder.appending(path: "labels.json")
            let names = try FileManager.default.subpathsOfDirectory(atPath: stack.images.path).filter { $0.hasSuffix(".JPEG") }.sorted()
            // Every class is accepted for all images but one, which has none.
            let labels = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0 == 0 ? [] : Array(0..<20)) })
            try JSONSerialization.data(withJSONObject: labels).write(to: file)
            _ = try stack.evalctl("labels", "add", "val", "any", file.path)
            let sets = try #require(try stack.json("report", "2")["label_sets"] as? [[String: Any]])
            #expect(sets.count == 1 && sets[0]["images"] as? Int == 59)
            #expect((sets[0]["top1"] as? [String: Any])?["correct"] as? Int == 59)
            try Data(#"{"nothing.png": [1]}"#.utf8).write(to: file)
            let refused = try stack.evalctl("labels", "add", "val", "bad", file.path, status: 1)
            #expect(refused.errors.contains("1 entry without an image"))
            let again = try stack.evalctl("labels", "remove", "val", "bad", status: 1)
            #expect(again.errors.contains("evalctl labels list"))
        }
    }

    @Test func `classes that are named by synsets get their titles, when the data set is added or later`() throws {
        try Program.withFolder { folder in
            let images = folder.appending(path: "imagenet")
            for (synset, name) in [("n01440764", "s00_disc"), ("n01443537", "s01_square")] {
                try FileManager.default.createDirectory(at: images.appending(path: synset), withIntermediateDirectories: true)
                let first = try #require(try FileManager.default.contentsOfDirectory(atPath: "\(Program.demoImages)/\(name)").min())
                try FileManager.default.copyItem(
                    atPath: "\(Program.demoImages)/\(name)/\(first)", toPath: images.appending(path: "\(synset)/\(first)").path)
            }
            let state = folder.appending(path: "state").path
            let (mapping, table) = (folder.appending(path: "LOC_synset_mapping.txt"), folder.appending(path: "table.txt"))
            try Data("n01440764 tench, Tinca tinca\nn01443537\nn01484850 great white shark\n".utf8).write(to: mapping)
            try Data("449 n01440764 tench\n450 n01443537 goldfish\n".utf8).write(to: table)
            let added = try Program.evalctl(
                "dataset", "add", "val", "--root", images.path, "--synsets", mapping.path, "--data-dir", state, in: folder)
            #expect(added.status == 0 && added.errors.contains("2 of 3 classes of val have titles"))
            let listed = try Program.evalctl("dataset", "classes", "val", "--data-dir", state, in: folder).output
            #expect(listed.contains("n01440764  tench, Tinca tinca\n") && listed.contains("n01443537\n"))
            let named = try Program.evalctl("dataset", "classes", "val", "--synsets", table.path, "--data-dir", state, in: folder)
            #expect(named.output.contains("n01443537  goldfish\n"))
            try Data("n09999999 nothing\n".utf8).write(to: mapping)
            let unknown = try Program.evalctl("dataset", "classes", "val", "--synsets", mapping.path, "--data-dir", state, in: folder)
            #expect(unknown.status == 1 && unknown.errors.contains("for none of the 3 classes"))
        }
    }
}
