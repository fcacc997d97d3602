import Foundation
import TestSupport
import Testing

/// `evalctl run` on the demo, from nothing.
@Suite(.requiresPostgres, .serialized) struct DemoTests {
    @Test func `the demo has PyTorch's predictions and spikes for every stable image`() throws {
        try Program.withFolder { folder in
            let state = folder.appending(path: "state").path
            let run = try Program.evalctl(
                "run", "--model", Program.demoModel, "--dataset", Program.demoImages, "--engine", "float", "--data-dir", state, "--format",
                "json",
                in: folder)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains("memory: about "))
            // Weights are nobody else's to read.
            let checkpoints = state + "/checkpoints"
            let names = try FileManager.default.contentsOfDirectory(atPath: checkpoints)
            #expect(names.count == 1 && names[0].hasSuffix(".pth"))
            for (path, mode) in [(checkpoints, 0o700), ("\(checkpoints)/\(names[0])", 0o600)] {
                #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == mode, "\(path)")
            }
            let report = try Program.json(run.output)
            #expect(report["complete"] as? Bool == true)
            #expect(report["images"] as? [String: Int] == ["expected": 500, "evaluated": 500, "failed": 0])
            #expect((report["top1"] as? [String: Any])?["correct"] as? Int == 487)
            #expect((report["top5"] as? [String: Any])?["correct"] as? Int == 497)
            let number = try #require(report["run"] as? Int)

            let again = try Program.evalctl("report", "\(number)", "--data-dir", state, "--format", "json", in: folder)
            #expect(again.status == 0)
            #expect(again.output == run.output)

            let predictions = try Program.evalctl("predictions", "\(number)", "--data-dir", state, in: folder)
            try expectStablePredictions(predictions.output)
        }
    }

    @Test func `a run that would take more memory than it may is refused before it begins`() throws {
        try Program.withFolder { folder in
            let state = folder.appending(path: "state").path
            let run = try Program.evalctl(
                "run", "--model", Program.demoModel, "--dataset", Program.demoImages, "--data-dir", state, "--timesteps", "1024",
                "--memory-limit", "4M",
                in: folder)
            #expect(run.status == 1)
            #expect(run.errors.contains("error: 1024 time steps take ") && run.errors.contains("--memory-limit"))
            let list = try Program.evalctl("run", "list", "--data-dir", state, "--format", "json", in: folder)
            #expect(list.status == 0 && !list.output.contains("\"run\""))
        }
    }

    private func expectStablePredictions(_ text: String) throws {
        let expected = try rows(String(contentsOfFile: Program.root.appending(path: "pipeline/demo/expected.csv").path, encoding: .utf8))
        let found = try rows(text)
        #expect(found.map { $0["file"] } == expected.map { $0["file"] })
        let columns = ["label", "top1", "top2", "top3", "top4", "top5", "pred_t1", "pred_t2", "pred_t3", "pred_t4", "spikes"]
        var compared = 0
        for (row, want) in zip(found, expected) where want["stable"] == "1" {
            compared += 1
            for column in columns { #expect(row[column] == want[column], "\(want["file"] ?? ""): \(column)") }
        }
        #expect(compared == 495)
    }

    private func rows(_ text: String) throws -> [[String: String]] {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.split(separator: ",").map(String.init) }
        let header = try #require(lines.first)
        return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
    }

    @Test func `an image that cannot be read becomes a failure with its cause, and the run goes on`() throws {
        try Program.withFolder { folder in
            let images = folder.appending(path: "images")
            try Program.copyDemoImages(perClass: 2, to: images)
            let bad = images.appending(path: "s03_star/val_00000003.JPEG")
            try Data(try Data(contentsOf: bad).prefix(900)).write(to: bad)
            let state = folder.appending(path: "state").path
            let run = try Program.evalctl(
                "run", "--model", Program.demoModel, "--dataset", images.path, "--data-dir", state, "--threads", "1", in: folder)
            #expect(run.status == 2)
            #expect(run.output.contains("INCOMPLETE (39 of 40): 1 failed"))
        }
    }

    @Test func `SIGINT ends the embedded stack, and what was stored stays`() throws {
        try Program.withFolder { folder in
            let state = folder.appending(path: "state").path
            let program = try Program(
                "evalctl", ["run", "--model", Program.demoModel, "--dataset", Program.demoImages, "--data-dir", state], in: folder)
            let log = state + "/logs/worker.log"
            let deadline = Date().addingTimeInterval(60)
            while (try? String(contentsOfFile: log, encoding: .utf8))?.contains("is ready") != true, Date() < deadline { usleep(50_000) }
            program.send(SIGINT)
            let outcome = try program.wait(seconds: 30)
            #expect(outcome.status == 130)
            let list = try Program.evalctl("run", "list", "--data-dir", state, "--format", "json", in: folder)
            #expect(list.status == 0, "\(list.errors)")
        }
    }

    @Test func `a hostile checkpoint is refused by name and nothing is run`() throws {
        try Program.withFolder { folder in
            let marker = folder.appending(path: "marker").path
            let model = folder.appending(path: "hostile.pth")
            try HostileArchive.write(to: model, pickle: "cos\nsystem\n(S'touch \(marker)'\ntR.")
            let run = try Program.evalctl("model", "show", model.path, in: folder)
            #expect(run.status == 1)
            #expect(run.errors.contains("os.system"))
            #expect(run.errors.contains("hostile.pth"))
            #expect(!FileManager.default.fileExists(atPath: marker))
        }
    }
}

/// A zip file as PyTorch writes it, with a pickle that PyTorch would not.
enum HostileArchive {
    static func write(to file: URL, pickle: String) throws {
        let name = Array("archive/data.pkl".utf8)
        let data = Array(pickle.utf8)
        func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let sizes = little(checksum(data), 4) + little(data.count, 4) + little(data.count, 4)
        var bytes = little(0x0403_4B50, 4) + little(20, 2) + little(0, 8) + sizes
        bytes += little(name.count, 2) + little(0, 2) + name + data
        let directory = bytes.count
        bytes += little(0x0201_4B50, 4) + little(20, 2) + little(20, 2) + little(0, 8) + sizes
        bytes += little(name.count, 2) + little(0, 12) + little(0, 4) + name
        let size = bytes.count - directory
        bytes += little(0x0605_4B50, 4) + little(0, 4) + little(1, 2) + little(1, 2) + little(size, 4) + little(directory, 4) + little(0, 2)
        try Data(bytes).write(to: file)
    }

    /// CRC-32, as zip files have it.
    private static func checksum(_ bytes: [UInt8]) -> Int {
        var checksum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            checksum ^= UInt32(byte)
            for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 0 ? 0 : 0xEDB8_8320) }
        }
        return Int(~checksum)
    }
}
