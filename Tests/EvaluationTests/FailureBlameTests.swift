import Diagnostics
import Evaluation
import Foundation
import Testing

/// The table of whose fault a failure is knows every code that can be thrown where a shard is worked on.
@Suite struct FailureBlameTests {
    /// Modules that a worker is made of.
    private static let modules = [
        "Diagnostics", "Networks", "NetworkFamilies", "SpikeKernels", "Engine", "Checkpoints", "ImageInput", "ImageSources", "Postgres",
        "Kafka", "Evaluation", "EvaluationStore", "Transport", "Worker",
    ]

    /// Every code that the sources declare or make in place.
    private static func codes() throws -> Set<String> {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources")
        var codes: Set<String> = []
        for module in modules {
            let files = FileManager.default.enumerator(at: sources.appending(path: module), includingPropertiesForKeys: nil)
            for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
                let text = try String(contentsOf: file, encoding: .utf8)
                for match in text.matches(of: /(?:Failure\.Code\(|= Self\()"([A-Za-z_.-]+)"\)/) { codes.insert(String(match.output.1)) }
            }
        }
        return codes
    }

    @Test func `every code of a worker's modules is classed, and no other is`() throws {
        let codes = try Self.codes()
        #expect(codes.count > 100)
        let known = Set(FailureBlame.byCode.keys)
        #expect(codes.subtracting(known).sorted() == [], "say in FailureBlame whose fault these are")
        #expect(known.subtracting(codes).sorted() == [], "nothing throws these")
    }

    @Test func `nothing but engines, images and checkpoints counts against a shard`() {
        let blamed = FailureBlame.byCode.filter { $0.value == .shard }.keys
        let subjects = Set(blamed.map { String($0.prefix { $0 != "." }) })
        #expect(subjects == ["checkpoint", "engine", "image", "network", "parameters", "preprocess"])
    }
}
