import Foundation
import TestSupport
import Testing

/// `evalctl run` and `dataset` on images that are in archives.
@Suite(.requiresPostgres, .serialized) struct SourceRunTests {
    private func digest(_ dataset: String, _ state: String, in folder: URL) throws -> String {
        let run = try Program.evalctl(
            "run", "--model", Program.demoModel, "--dataset", dataset, "--data-dir", state, "--format", "json", in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let report = try Program.json(run.output)
        #expect(report["complete"] as? Bool == true)
        let number = try #require(report["run"] as? Int)
        return try Program.evalctl("run", "digest", "\(number)", "--data-dir", state, in: folder).output
    }

    @Test func `images in an archive give the answers of the folder they came from, and what changes in it is found`() throws {
        try Program.withFolder { folder in
            let images = folder.appending(path: "images")
            try Program.copyDemoImages(perClass: 2, to: images)
            try tar(["--create", "--file=packed.tar", "images"], in: folder)
            let state = folder.appending(path: "state").path
            let archive = folder.appending(path: "packed.tar").path
            let loose = try digest(images.path, state, in: folder)
            #expect(try digest(archive, state, in: folder).split(separator: " ").first == loose.split(separator: " ").first)

            let added = try Program.evalctl("dataset", "add", "again", "--root", archive, "--data-dir", state, in: folder)
            #expect(added.status == 0)
            #expect(added.errors.contains("found 40 images") && added.errors.contains(" JPEG"))
            #expect(added.errors.contains("20 classes, the first s00_disc, the last s19_"))
            #expect(try Program.evalctl("dataset", "verify", "again", "--data-dir", state, in: folder).status == 0)
            try FileManager.default.removeItem(at: images.appending(path: "s03_star"))
            try tar(["--create", "--file=packed.tar", "images"], in: folder)
            let changed = try Program.evalctl("dataset", "verify", "again", "--data-dir", state, in: folder)
            #expect(changed.status == 2)
            #expect(changed.output.contains("missing") && changed.output.contains("s03_star"))
        }
    }

    @Test func `roots that cannot be used are refused in a sentence`() throws {
        try Program.withFolder { folder in
            let state = folder.appending(path: "state").path
            for (root, words) in [
                ("absent.tar", "is not on this machine"), ("x.tar.gz", "compressed"),
                ("https://me:hunter2@example.org/x.tar", "would be stored"),
                ("ftp://example.org/x.tar", "are not read"),
            ] {
                let added = try Program.evalctl("dataset", "add", "x", "--root", root, "--data-dir", state, in: folder)
                #expect(added.status == 1 && added.errors.contains(words), "\(added.errors)")
                #expect(!added.errors.contains("hunter2"))
            }
        }
    }

    private func tar(_ arguments: [String], in folder: URL) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["tar"] + arguments
        process.currentDirectoryURL = folder
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
