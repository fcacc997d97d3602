import Engine
import Networks
import Testing

/// The demo's trained network on its 500 images, from files to predictions, as both precisions promise.
@Suite struct DemoNetworkTests {
    @Test func `On the demo both precisions give PyTorch's predictions as closely as promised`() async throws {
        let parameters = try DemoNetwork.parameters()
        let images = try DemoNetwork.images(size: parameters.network.inputSize)
        #expect(images.count == 500)
        let float = try await DemoNetwork.outcomes(FloatEngine(parameters), images)
        let fixed32 = try await DemoNetwork.outcomes(Engines.make("fixed32", parameters: parameters), images)
        let fixed16 = try await DemoNetwork.outcomes(Engines.make("fixed16", parameters: parameters), images)

        func prediction(_ outcome: EngineComparison.Outcome) -> Int { outcome.inference.top(1)[0].classIndex }
        func agreeing(_ outcomes: [EngineComparison.Outcome]) -> Int { zip(outcomes, images).count { prediction($0) == $1.pyTorch } }
        func right(_ outcomes: [EngineComparison.Outcome]) -> Int { zip(outcomes, images).count { prediction($0) == $1.label } }
        #expect(agreeing(fixed32) == 500)
        #expect(agreeing(fixed16) >= 490)
        #expect(abs(right(fixed16) - 487) <= 5)

        let spikes = float.reduce(0) { $0 + $1.inference.totalSpikes }
        func differing(_ outcomes: [EngineComparison.Outcome]) -> Int {
            zip(float, outcomes).reduce(0) { $0 + EngineComparison.differing($1.0, $1.1) }
        }
        #expect(spikes > 10_000_000)
        #expect(differing(fixed32) == 0)
        #expect(Double(differing(fixed16)) < 0.184 * Double(spikes))
    }
}
