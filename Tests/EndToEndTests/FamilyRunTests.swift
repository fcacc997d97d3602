import Foundation
import TestSupport
import Testing

/// Networks of every family through the programs, from a file and a folder of images to a report.
@Suite(.requiresPostgres, .serialized) struct FamilyRunTests {
    private static let fixtures = Program.root.appending(path: "Tests/Fixtures").path

    /// A golden network, what has to be said of it, the recipe of its family for its size, and the time steps of a run.
    private static let families: [(file: String, options: [String], recipe: String, timeSteps: Int)] = [
        ("sew-original", ["--size", "64"], "pillow13-bilinear-73-crop-64", 4),
        (
            "resnet-tdbn", ["--size", "64", "--network", "spiking-resnet,tau=4/3,decay-input=no,threshold=0.5"],
            "pillow13-bilinear-73-crop-64", 4
        ),
        ("ms-original", ["--size", "64"], "pillow13-bilinear-73-crop-64", 6), ("vgg-bn", [], "pillow13-bilinear-73-crop-64", 4),
        ("sdt-original", ["--size", "64"], "pillow13-bicubic-67-crop-64", 4),
        ("max-original", ["--size", "64"], "pillow13-bicubic-67-crop-64", 4), ("spe-tebn", [], "pillow13-bicubic-36-crop-32", 4),
    ]

    /// Calls `body` with a folder, five classes of the demo's images in it, and where state shall stand.
    private func withImages(_ body: (_ folder: URL, _ images: String, _ state: String) throws -> Void) throws {
        try Program.withFolder { folder in
            let images = folder.appending(path: "images")
            try Program.copyDemoImages(perClass: 2, to: images)
            for name in try FileManager.default.contentsOfDirectory(atPath: images.path).sorted().dropFirst(5) {
                try FileManager.default.removeItem(at: images.appending(path: name))
            }
            try body(folder, images.path, folder.appending(path: "state").path)
        }
    }

    private func run(_ arguments: [String], images: String, state: String, in folder: URL) throws -> (report: [String: Any], rows: String) {
        let run = try Program(
            "evalctl", ["run"] + arguments + ["--dataset", images, "--data-dir", state, "--format", "json", "--threads", "1"], in: folder
        ).wait()
        #expect(run.status == 0, "\(arguments): \(run.errors)")
        let report = try Program.json(run.output)
        let number = try #require(report["run"] as? Int)
        return (report, try Program.evalctl("predictions", "\(number)", "--data-dir", state, in: folder).output)
    }

    @Test func `a network of each family is evaluated with its published recipe, and fixed point gives what floating point gives`() throws {
        try withImages { folder, images, state in
            for family in Self.families {
                let model = ["--model", "\(Self.fixtures)/golden/zoo/\(family.file).pth"] + family.options
                let fixed = try run(model, images: images, state: state, in: folder)
                #expect(fixed.report["complete"] as? Bool == true)
                #expect(fixed.report["timesteps"] as? Int == family.timeSteps, "\(family.file)")
                #expect((fixed.report["provenance"] as? [String: Any])?["preprocessing"] as? String == family.recipe, "\(family.file)")
                #expect((fixed.report["network"] as? [String: Any])?["recipe"] as? String == family.recipe)
                #expect(fixed.report["spikes_per_image"] as? Double ?? 0 > 100, "\(family.file)")
                let float = try run(model + ["--engine", "float"], images: images, state: state, in: folder)
                #expect(fixed.rows.split(separator: "\n").count == 11)
                #expect(fixed.rows == float.rows, "\(family.file)")
            }
        }
    }

    @Test func `what is said of a file makes a model of its own, and what is assumed stands in its report`() throws {
        try withImages { folder, images, state in
            let model = ["--model", "\(Self.fixtures)/golden/zoo/resnet-original.pth", "--size", "32", "--network"]
            let hard = try run(model + ["spiking-resnet"], images: images, state: state, in: folder)
            let soft = try run(model + ["spiking-resnet,reset=soft"], images: images, state: state, in: folder)
            let again = try run(model + ["spiking-resnet"], images: images, state: state, in: folder)
            #expect(hard.rows != soft.rows)
            #expect(again.rows == hard.rows && again.report["run"] as? Int == hard.report["run"] as? Int)
            let text = try Program.evalctl("report", "1", "--data-dir", state, in: folder).output
            #expect(text.contains("assumed of the network") && text.contains("neuron=if, threshold=1, reset=hard"))
            let page = try Program.evalctl("report", "1", "--format", "html", "--data-dir", state, in: folder).output
            #expect(page.contains("which its checkpoint does not tell: neuron=if, threshold=1, reset=hard."))
        }
    }

    @Test func `a described network is held to what its own code gave, where it is shown and where it is added`() throws {
        try withImages { folder, images, state in
            let path = "\(Self.fixtures)/networks/tokens.safetensors"
            let shown = try Program.evalctl("model", "show", path, in: folder)
            #expect(shown.status == 0)
            #expect(shown.output.contains("the same function: every spike of 2 images in 4 time steps"))
            let added = try Program.evalctl("model", "add", "tokens", path, "--data-dir", state, in: folder)
            #expect(added.status == 0 && added.errors.contains("the same function"), "\(added.errors)")
            let stored = try Program.evalctl("model", "show", "tokens", "--data-dir", state, "--format", "json", in: folder)
            #expect((try Program.json(stored.output)["probe"] as? [String: Any])?["images"] as? Int == 2)

            var bytes = try Data(contentsOf: URL(filePath: path))
            let threshold = try #require(bytes.range(of: Data(#"threshold\": 0.4"#.utf8)))
            bytes.replaceSubrange(threshold, with: Data(#"threshold\": 0.5"#.utf8))
            let other = folder.appending(path: "other.safetensors")
            try bytes.write(to: other)
            let parted = try Program.evalctl("model", "show", other.path, in: folder)
            #expect(parted.status == 3)
            #expect(parted.output.contains("the neurons attention.sn[0:16] are the first to part, in time step"), "\(parted.output)")
            let refused = try Program.evalctl("model", "add", "other", other.path, "--data-dir", state, in: folder)
            #expect(refused.status == 1 && refused.errors.contains("attention.sn[0:16]"))
            let ran = try Program.evalctl("run", "--model", other.path, "--dataset", images, "--data-dir", state, in: folder)
            #expect(ran.status == 1 && ran.errors.contains("not the function of its own code"))
        }
    }

    @Test func `a data set of more classes than the network knows is evaluated, and the user told`() throws {
        try Program.withFolder { folder in
            let images = folder.appending(path: "images")
            try Program.copyDemoImages(perClass: 1, to: images)
            let run = try Program.evalctl(
                "run", "--model", "\(Self.fixtures)/golden/zoo/sew-original.pth", "--size", "32", "--dataset", images.path, "--data-dir",
                folder.appending(path: "state").path, "--format", "json", in: folder)
            #expect(run.status == 0)
            #expect(run.errors.contains("has 20 classes, and model sew-original knows 10"))
            let top5 = (try Program.json(run.output)["top5"] as? [String: Any])?["correct"] as? Int ?? 20
            #expect(top5 <= 10)
        }
    }
}
