import Checkpoints
import Engine
import Foundation
import ImageInput
import Networks
import Testing

/// The demo's trained network and its images.
enum DemoNetwork {
    static let timeSteps = 4
    private static let folder =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/pipeline/demo"

    struct Image: Sendable {
        var pixels: [UInt8]
        var label: Int
        /// What PyTorch predicts.
        var pyTorch: Int
    }

    static func parameters() throws -> Parameters { try Checkpoint.load(path: "\(folder)/demo.pth").parameters }

    /// The first images in the order of the expected predictions.
    static func images(size: Int, count: Int = .max) throws -> [Image] {
        let loader = ImageLoader(try Preprocessing(imageSize: size))
        let lines = try String(contentsOfFile: "\(folder)/expected.csv", encoding: .utf8).split(whereSeparator: \.isNewline)
        return try lines.dropFirst().prefix(count).map { line in
            let fields = line.split(separator: ",")
            return Image(
                pixels: try loader.load(path: "\(folder)/val/\(fields[0])").pixels, label: try #require(Int(fields[1])),
                pyTorch: try #require(Int(fields[2])))
        }
    }

    /// What an engine computes of images, on two threads.
    static func outcomes(_ engine: any InferenceEngine, _ images: [Image]) async throws -> [EngineComparison.Outcome] {
        let half = images.count / 2
        @Sendable func part(_ range: Range<Int>) throws -> [EngineComparison.Outcome] {
            let workspace = try engine.makeWorkspace(timeSteps: timeSteps, isTracing: true)
            return try range.map { try EngineComparison.Outcome(workspace, pixels: images[$0].pixels) }
        }
        async let first = part(0..<half)
        async let second = part(half..<images.count)
        return try await first + second
    }
}
