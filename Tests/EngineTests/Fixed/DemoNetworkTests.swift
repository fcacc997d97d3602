import Checkpoints
import Foundation
import ImageInput
import Engine
import Testing

/// The demo's trained network on its 500 images, from files to predictions, as both precisions promise.
@Suite struct DemoNetworkTests {
    private static let folder =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/pipeline/demo"
    private static let timeSteps = 4

    private struct Image: Sendable {
        var pixels: [UInt8]
        var label: Int
        var pyTorch: Int
    }

    private struct Answer {
        var prediction: Int
        var spikes: [[UInt8]]
    }

    private func images(size: Int) throws -> [Image] {
        let loader = ImageLoader(try Preprocessing(imageSize: size))
        let lines = try String(contentsOfFile: "\(Self.folder)/expected.csv", encoding: .utf8).split(whereSeparator: \.isNewline)
        return try lines.dropFirst().map { line in
            let fields = line.split(separator: ",")
            return Image(
                pixels: try loader.load(path: "\(Self.folder)/val/\(fields[0])").pixels, label: try #require(Int(fields[1])),
                pyTorch: try #require(Int(fields[2])))
        }
    }

    /// The answers of an engine, on two threads.
    private func answers(_ engine: any InferenceEngine, _ images: [Image], isTracing: Bool) async throws -> [Answer] {
        let half = images.count / 2
        @Sendable func part(_ range: Range<Int>) throws -> [Answer] {
            let workspace = try engine.makeWorkspace(timeSteps: Self.timeSteps, isTracing: isTracing)
            return try range.map { index in
                let inference = try workspace.infer(pixels: images[index].pixels)
                return Answer(prediction: inference.top(1)[0].classIndex, spikes: workspace.activity.traces)
            }
        }
        async let first = part(0..<half)
        async let second = part(half..<images.count)
        return try await first + second
    }

    @Test func `On the demo both precisions give PyTorch's predictions as closely as promised`() async throws {
        let parameters = try Checkpoint.load(path: "\(Self.folder)/demo.pth").parameters
        let images = try images(size: parameters.architecture.imageSize)
        #expect(images.count == 500)
        let float = try await answers(FloatEngine(parameters), images, isTracing: true)
        let fixed32 = try await answers(Engines.make("fixed32", parameters: parameters), images, isTracing: true)
        let fixed16 = try await answers(Engines.make("fixed16", parameters: parameters), images, isTracing: false)

        func agreeing(_ answers: [Answer]) -> Int { zip(answers, images).count { $0.prediction == $1.pyTorch } }
        func right(_ answers: [Answer]) -> Int { zip(answers, images).count { $0.prediction == $1.label } }
        #expect(agreeing(fixed32) >= 499)
        #expect(agreeing(fixed16) >= 490)
        #expect(abs(right(fixed16) - 487) <= 5)

        var differing = 0
        var spikes = 0
        for (expected, found) in zip(float, fixed32) {
            for (wanted, got) in zip(expected.spikes, found.spikes) {
                for index in wanted.indices {
                    differing += wanted[index] == got[index] ? 0 : 1
                    spikes += Int(wanted[index])
                }
            }
        }
        #expect(spikes > 10_000_000)
        #expect(Double(differing) <= 0.001 * Double(spikes), "\(differing) of \(spikes) spikes differ")
    }
}
