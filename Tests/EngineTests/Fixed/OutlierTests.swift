import Diagnostics
import Engine
import Networks
import Testing

/// Single weights far beyond all others: they cost their own channel bits, and no other.
@Suite struct OutlierTests {
    struct Outlier: Sendable, CustomTestStringConvertible {
        var tensor: String
        var index: Int
        var change: @Sendable (Float) -> Float
        var words: String

        var testDescription: String { "\(tensor)[\(index)] \(words)" }
    }

    static let outliers = [
        Outlier(tensor: "channel_mix.1.1.net.4.running_var", index: 5, change: { _ in 0 }, words: "is 0"),
        Outlier(tensor: "channel_mix.1.1.net.4.weight", index: 5, change: { $0 * 1000 }, words: "times 1000"),
        Outlier(tensor: "token_mix.1.fuse.1.weight", index: 3, change: { $0 * 1000 }, words: "times 1000"),
        Outlier(tensor: "token_mix.1.fuse.1.weight", index: 3, change: { $0 * 1e5 }, words: "times 100000"),
        Outlier(tensor: "token_mix.1.fuse.1.bias", index: 3, change: { _ in -1e5 }, words: "is -100000"),
    ]

    @Test(arguments: outliers)
    func `One outlier flips no more than a handful of the demo's spikes`(outlier: Outlier) async throws {
        var parameters = try DemoNetwork.parameters()
        let value = try #require(parameters.tensors[outlier.tensor]?.values[outlier.index])
        parameters.tensors[outlier.tensor]?.values[outlier.index] = outlier.change(value)
        let images = try DemoNetwork.images(size: parameters.network.inputSize, count: 20)
        let float = try await DemoNetwork.outcomes(FloatEngine(parameters), images)
        let fixed = try await DemoNetwork.outcomes(Engines.make("fixed32", parameters: parameters), images)
        let differing = zip(float, fixed).reduce(0) { $0 + EngineComparison.differing($1.0, $1.1) }
        #expect(float.reduce(0) { $0 + $1.inference.totalSpikes } > 200_000)
        // A position's factor of a thousand makes its currents a thousand times as coarse, in float32 as well.
        #expect(differing <= 500, "\(differing) spikes differ")
    }
}
