import Checkpoints
import Diagnostics
import Foundation
import NetworkFamilies
import Networks
import Testing

/// Files of the repository and of the test's own temporary folder.
enum Fixtures {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let demo = repository.appending(path: "pipeline/demo/demo.pth").path

    static func network(_ name: String) -> String {
        repository.appending(path: "Tests/Fixtures/golden/network/\(name)").path
    }

    /// The weights of `spe-tiny` as training code leaves them.
    static func wrapped(_ name: String) -> String {
        repository.appending(path: "Tests/Fixtures/cases/checkpoints/\(name)").path
    }

    static func zoo(_ name: String) -> String {
        repository.appending(path: "Tests/Fixtures/golden/zoo/\(name)").path
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path)))
    }

    /// Gives `body` a path in a folder that is removed afterwards.
    static func withTemporaryFile<Result>(_ name: String, _ body: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "checkpoints-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder.appending(path: name).path)
    }
}

/// The failure that `body` throws; records an issue where it throws none.
func failure(_ location: SourceLocation = #_sourceLocation, of body: () throws -> some Any) -> Failure? {
    do {
        _ = try body()
        Issue.record("nothing was refused", sourceLocation: location)
        return nil
    } catch {
        #expect(error is Failure, "every error is a Failure", sourceLocation: location)
        return error as? Failure
    }
}

/// A spiking MLP by its sizes.
func recorded(_ sizes: String) throws -> Network {
    try JSONDecoder().decode(RecordedArchitecture.self, from: Data(sizes.utf8)).network()
}
