import Diagnostics
import Foundation
import ImageInput
import ImageSources
import Testing

/// A folder that is gone when the test ends, with what makes data sets in it.
final class SourceFixture {
    let path: String
    private let image: [UInt8]

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "image-sources-\(UUID().uuidString)").resolvingSymlinksInPath().path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let fixture = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/golden/preprocess/images/tiny.jpg")
        image = [UInt8](try Data(contentsOf: fixture))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// A JPEG that is another for each name.
    func jpeg(_ name: String) -> [UInt8] { image + Array(name.utf8) }

    /// Writes a file, making the folders on its way.
    func write(_ name: String, _ bytes: [UInt8]) throws {
        let url = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    func write(_ name: String, text: String) throws { try write(name, Array(text.utf8)) }

    /// Writes JPEGs, each another, below `folder`.
    func writeImages(_ names: [String], in folder: String) throws {
        for name in names { try write("\(folder)/\(name)", jpeg(name)) }
    }

    func bytes(of name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: "\(path)/\(name)"))) }

    /// Runs a program in the folder.
    func run(_ program: String, _ arguments: String...) throws { try run(program, arguments) }

    func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.currentDirectoryURL = URL(filePath: path)
        process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(program) \(arguments)")
    }

    func find(_ root: String, labels: LabelSource = .classFolders, classNames: String? = nil) throws -> DataSetFindings {
        try ImageSource(root: "\(path)/\(root)").find(labels: labels, classNames: classNames, threads: 2).findings
    }

    func failure(_ root: String, labels: LabelSource = .classFolders) throws -> Failure {
        try #require(throws: Failure.self) { try find(root, labels: labels) }
    }
}

extension DataSetFindings {
    /// "path label" of every image.
    var pairs: [String] { manifest.entries.map { "\($0.path) \($0.label)" } }
}

extension ImageManifest.Entry {
    var reference: ImageReference { ImageReference(path: path, place: place, byteCount: byteCount) }
}
