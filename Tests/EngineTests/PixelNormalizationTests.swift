import Diagnostics
import Engine
import Networks
import Testing

@Suite struct PixelNormalizationTests {
    private static let other = try? PixelNormalization(means: [0.5, 0.25, 0.75], deviations: [0.5, 1, 0.3])

    @Test func `an engine sees pixels as the constants it was made with say`() throws {
        let golden = try GoldenCase("spe-tiny")
        let other = try #require(Self.other)
        let pixels = TestImage.pixels(size: golden.network.inputSize, seed: 3)
        var planes = [Float](repeating: 0, count: pixels.count)
        other.normalize(pixels, into: &planes)
        let float = try FloatEngine(golden.parameters, normalization: other).makeWorkspace(timeSteps: 4)
        let expected = try float.infer(normalized: planes)
        #expect(try float.infer(pixels: pixels) == expected)
        let standard = try FloatEngine(golden.parameters).makeWorkspace(timeSteps: 4).infer(pixels: pixels)
        #expect(standard.spikes != expected.spikes)
        let fixed = try Engines.make("fixed32", parameters: golden.parameters, normalization: other).makeWorkspace(timeSteps: 4)
        #expect(try fixed.infer(pixels: pixels).spikes == expected.spikes)
    }

    @Test func `unusable constants are refused`() throws {
        let cases: [(means: [Double], deviations: [Double])] = [
            ([0, 0], [1, 1, 1]), ([0, 0, 0], [1, 1, 0]), ([0, 0, .nan], [1, 1, 1]), ([0, 0, 0], [1, 1, .infinity]),
            ([0, 0, 0], [1, 1, -1]),
        ]
        for (means, deviations) in cases {
            let failure = #expect(throws: Failure.self) { try PixelNormalization(means: means, deviations: deviations) }
            #expect(failure?.code == .unusableNormalization)
        }
    }
}
