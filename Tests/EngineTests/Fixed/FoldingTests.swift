import Diagnostics
import Engine
import Networks
import SpikeKernels
import Testing

/// What becomes of weights that no training gives: whole numbers hold them, or they are refused.
@Suite struct FoldingTests {
    static let networks = [
        SmallMLP(family: "spe", dim: 6, depths: [1, 1, 1, 1], alpha: 2, patch: 2, image: 16, classes: 3),
        SmallMLP(family: "plain", dim: 5, depths: [1, 1, 1, 1], alpha: 1, patch: 2, image: 16, classes: 4),
    ]
    static let formats = [
        FixedPointFormat(precision: .fixed32), FixedPointFormat(precision: .fixed16), FixedPointFormat(precision: .fixed16, weightBits: 6),
    ]

    /// What a seed does to one or a few tensors.
    private func distort(_ parameters: inout Parameters, _ random: inout TestRandom) -> String {
        let names = parameters.network.graph.parameterSpecifications.map(\.name)
        let normalizations = parameters.network.graph.normalisations
        let extreme: [Float] = [1e38, -1e38, 1e20, 1e6, -1e6, 3000, 40, 1e-30, -1e-30, .leastNonzeroMagnitude, 0]
        var words: [String] = []
        func change(_ name: String, _ what: String, _ body: (inout [Float]) -> Void) {
            guard var tensor = parameters.tensors[name] else {
                Issue.record("the network has no \(name)")
                return
            }
            body(&tensor.values)
            parameters.tensors[name] = tensor
            words.append("\(name): \(what)")
        }
        for _ in 0..<random.number(1...3) {
            let value = random.pick(extreme)
            switch random.number(0...6) {
            case 0:
                let name = random.pick(names.filter { !$0.hasSuffix("running_var") })
                change(name, "one value \(value)") { $0[random.number(0...$0.count - 1)] = value }
            case 1:
                let name = random.pick(names.filter { !$0.hasSuffix("running_var") })
                change(name, "all \(value)") { for index in $0.indices { $0[index] = value } }
            case 2:
                change(random.pick(normalizations).weight, "negative") { for index in $0.indices { $0[index] = -abs($0[index]) } }
            case 3:
                change(random.pick(normalizations).variance, "tiny") { for index in $0.indices { $0[index] = 0 } }
            case 4:
                change(random.pick(normalizations).variance, "huge") { $0[random.number(0...$0.count - 1)] = 1e38 }
            case 5:
                let factor = random.pick([2, 8, 100, 1e4, 1e9] as [Float])
                let name = random.pick(names.filter { $0.hasSuffix("weight") })
                change(name, "times \(factor)") { for index in $0.indices { $0[index] = max(-1e38, min(1e38, $0[index] * factor)) } }
            default:
                // A bias against a weight twice as large.
                change("channel_mix.0.1.net.3.weight", "2") { for index in $0.indices { $0[index] = index % 6 == 0 ? 2 : 0 } }
                change("channel_mix.0.1.net.3.bias", "-1") { for index in $0.indices { $0[index] = -1 } }
                change("channel_mix.0.1.net.4.weight", "\(value)") { for index in $0.indices { $0[index] = abs(value) } }
            }
        }
        return words.joined(separator: "; ")
    }

    @Test(arguments: networks, formats)
    func `Hostile weights are refused by name, or computed within their bounds`(small: SmallMLP, format: FixedPointFormat) throws {
        let sound = try EngineComparison.lively(small.network(), seed: 3)
        var computed = 0
        for seed in 0..<UInt64(150) {
            var random = TestRandom(seed: seed)
            var parameters = sound
            let what = distort(&parameters, &random)
            do {
                // The specification ends the program where a bound does not hold.
                try EngineComparison.expectEqual(parameters, format, timeSteps: 5, "seed \(seed): \(what)")
                computed += 1
            } catch let failure as Failure {
                #expect(failure.code == .unfitWeights, "seed \(seed): \(what)")
                #expect(failure.message.contains(format.precision.rawValue), "seed \(seed): \(failure.message)")
                #expect(failure.message.contains("node '") || failure.message.contains("the head"))
                #expect(failure.remedy?.contains("--engine") == true)
            }
        }
        #expect(computed > 50 && computed < 150)
    }

    @Test(arguments: formats)
    func `A channel mixing that outweighs the threshold a millionfold is computed, or refused by name`(format: FixedPointFormat) throws {
        var parameters = try EngineComparison.lively(Self.networks[0].network(), seed: 3)
        parameters.tensors["channel_mix.1.1.net.3.weight"]?.values[0] = 1e9
        do {
            try EngineComparison.expectEqual(parameters, format, timeSteps: 4, "one weight of 1e9")
        } catch let failure as Failure {
            #expect(failure.code == .unfitWeights)
        }
    }

    @Test(arguments: networks)
    func `A token whose first scale is 0 gets a constant input, as in the float engine`(small: SmallMLP) throws {
        var parameters = try EngineComparison.lively(small.network(), seed: 4)
        var random = TestRandom(seed: 1)
        for block in 0..<small.blocks {
            let path = "channel_mix.\(block).1.net.1"
            for token in 0..<(parameters.tensors["\(path).weight"]?.values.count ?? 0) where random.chance(0.7) {
                parameters.tensors["\(path).weight"]?.values[token] = random.pick([0, 1e-30, -1e-30])
                // Near 1, 1.33 and 2 it is decided whether and when a constant input spikes.
                parameters.tensors["\(path).bias"]?.values[token] = random.pick([0.9, 1.01, 1.3, 1.34, 1.999, 2.001, -5, 1e6, -1e6])
            }
        }
        let pixels = TestImage.pixels(size: small.image, seed: 1)
        let float = try EngineComparison.Outcome(FloatEngine(parameters), pixels: pixels, timeSteps: 6)
        for engine in try EngineComparison.engines(parameters, FixedPointFormat(precision: .fixed32)) {
            let fixed = try EngineComparison.Outcome(engine, pixels: pixels, timeSteps: 6)
            #expect(fixed.inference.spikes == float.inference.spikes, "\(engine.kernels.name)")
            #expect(fixed.traces == float.traces)
        }
    }

    @Test(arguments: networks)
    func `Negative scales of every normalisation turn nothing round that the float engine does not`(small: SmallMLP) throws {
        var parameters = try EngineComparison.lively(small.network(), seed: 5)
        for normalisation in parameters.network.graph.normalisations {
            for index in 0..<(parameters.tensors[normalisation.weight]?.values.count ?? 0) where index % 3 == 1 {
                parameters.tensors[normalisation.weight]?.values[index] = -0.7
            }
        }
        let pixels = TestImage.pixels(size: small.image, seed: 2)
        let float = try EngineComparison.Outcome(FloatEngine(parameters), pixels: pixels, timeSteps: 4)
        for engine in try EngineComparison.engines(parameters, FixedPointFormat(precision: .fixed32)) {
            let fixed = try EngineComparison.Outcome(engine, pixels: pixels, timeSteps: 4)
            #expect(fixed.inference.spikes == float.inference.spikes, "\(engine.kernels.name)")
            #expect(fixed.traces == float.traces)
        }
    }

    @Test(arguments: [(32, 0x1p-32), (16, 0x1p-13)])
    func `A factor's signed powers reproduce it and no two are adjacent`(laneBits: Int, resolution: Double) {
        var random = TestRandom(seed: 9)
        let factors =
            [0, 1, -1, 0.5, 0.75, -0.75, 1.0 / 3, 2.0 / 3, 0.7, 0.35, 1e-12]
            + (0..<2000).map { _ in
                Double(random.number(-1_000_000_000...1_000_000_000)) / 1e9 / Double(1 << random.number(0...12))
            }
        for factor in factors {
            let (added, subtracted) = signedPowers(factor, resolution: resolution, deepest: laneBits - 1)
            let sum = added.reduce(0) { $0 + 1 / Double(1 << $1) } - subtracted.reduce(0) { $0 + 1 / Double(1 << $1) }
            // Below the deepest shift nothing is left to add.
            #expect(abs(sum - factor) <= max(resolution, 1 / Double(1 << (laneBits - 1)) * 2 / 3), "\(factor)")
            let places = (added + subtracted).sorted()
            #expect(zip(places, places.dropFirst()).allSatisfy { $1 - $0 >= 2 }, "\(factor): +\(added) -\(subtracted)")
            #expect(places.allSatisfy { (0..<Int32(laneBits)).contains($0) })
        }
    }
}
