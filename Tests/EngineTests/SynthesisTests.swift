import Diagnostics
import Engine
import Networks
import Synchronization
import Testing

@Suite struct SynthesisTests {
    static let timeSteps = 3
    static let names = ["plain-tiny", "spe-tiny"]

    private func images(_ network: Network) -> [[UInt8]] {
        (0..<5).map { TestImage.pixels(size: network.inputSize, seed: $0) }
    }

    private func synthesize(_ network: Network, seed: UInt64) throws -> Parameters {
        try Synthesis.parameters(network: network, seed: seed, calibration: images(network), timeSteps: Self.timeSteps)
    }

    @Test(arguments: names + GoldenCase.zoo)
    func `A synthesised network is complete, depends on the seed alone, and fires`(name: String) throws {
        let network = try GoldenCase(name).network
        let parameters = try synthesize(network, seed: 1)
        try parameters.check()
        #expect(parameters.tensors.count == network.graph.parameterSpecifications.count)
        #expect(try synthesize(network, seed: 1).tensors == parameters.tensors)
        #expect(try synthesize(network, seed: 2).tensors != parameters.tensors)

        let workspace = try FloatEngine(parameters).makeWorkspace(timeSteps: Self.timeSteps)
        let inference = try workspace.infer(pixels: images(network)[0])
        #expect(inference.totalSpikes > 100)
    }

    @Test(arguments: names)
    func `Running statistics are those of each normalisation's input on the calibration images`(name: String) throws {
        let network = try GoldenCase(name).network
        let parameters = try synthesize(network, seed: 3)
        let spikes = try tracedSpikes(parameters)
        let frames = 5 * Self.timeSteps

        let last = try #require(network.activity.groupsInDataFlow.last.map { network.activity.groups[$0] })
        let (tokens, channels) = (last.height * last.width, last.channels)
        expectStatistics(parameters, "batch_norm") { channel in
            (0..<frames * tokens).map { Double(spikes[last.name]?[$0 / tokens * tokens * channels + channel * tokens + $0 % tokens] ?? 9) }
        }

        let first = try #require(network.activity.groups.first { $0.name == "token_mix_lif.0" })
        let (dim, area) = (first.channels, first.height * first.width)
        let weight = parameters.tensors["channel_mix.0.1.net.0.weight"]?.values ?? []
        let bias = parameters.tensors["channel_mix.0.1.net.0.bias"]?.values ?? []
        expectStatistics(parameters, "channel_mix.0.1.net.1") { token in
            (0..<frames).flatMap { frame in
                bias.indices.map { output in
                    (0..<dim).reduce(Double(bias[output])) { sum, input in
                        sum + Double(weight[output * dim + input])
                            * Double(spikes["token_mix_lif.0"]?[(frame * dim + input) * area + token] ?? 9)
                    }
                }
            }
        }
    }

    @Test func `A projection's statistics are over each index of its axis`() throws {
        let network = try GoldenCase("spe-tiny").network
        let parameters = try synthesize(network, seed: 4)
        let spikes = try tracedSpikes(parameters)
        let group = try #require(network.activity.groups.first { $0.name == "to_patch_embedding_lif.0" })
        let side = group.width
        let weight = parameters.tensors["token_mix.0.proj_w.1.weight"]?.values ?? []
        let bias = parameters.tensors["token_mix.0.proj_w.1.bias"]?.values ?? []
        let lines = 5 * Self.timeSteps * group.channels * side
        expectStatistics(parameters, "token_mix.0.proj_w.2") { index in
            (0..<lines).map { line in
                (0..<side).reduce(Double(bias[index])) { sum, column in
                    sum + Double(weight[index * side + column]) * Double(spikes[group.name]?[line * side + column] ?? 9)
                }
            }
        }
    }

    @Test func `Progress is told for every normalisation`() throws {
        let told = Mutex<[Int]>([])
        let network = try GoldenCase("spe-t6").network
        let total = network.graph.normalisations.count
        _ = try Synthesis.parameters(network: network, seed: 1, calibration: images(network), timeSteps: 1) { done, all in
            told.withLock { $0.append(all == total ? done : -1) }
        }
        #expect(told.withLock { $0 } == Array(1...total))
    }

    @Test func `Images that cannot calibrate are refused`() throws {
        let network = try GoldenCase("spe-t6").network
        let tooMany = Array(repeating: images(network)[0], count: 2)
        for (images, steps) in [([], 4), ([[1, 2]], 4), (tooMany, 0), (tooMany, Int.max)] as [([[UInt8]], Int)] {
            let failure = #expect(throws: Failure.self) {
                try Synthesis.parameters(network: network, seed: 1, calibration: images, timeSteps: steps)
            }
            #expect(failure?.code == .unfitInput)
        }
    }

    /// All spikes of the calibration images, `[images, steps, ...]` flattened, by group.
    private func tracedSpikes(_ parameters: Parameters) throws -> [String: [UInt8]] {
        let workspace = try FloatEngine(parameters).makeWorkspace(timeSteps: Self.timeSteps, isTracing: true)
        var spikes: [String: [UInt8]] = [:]
        for image in images(parameters.network) {
            _ = try workspace.infer(pixels: image)
            for (group, values) in zip(parameters.network.activity.groups, workspace.activity.traces) {
                spikes[group.name, default: []] += values
            }
        }
        return spikes
    }

    private func expectStatistics(_ parameters: Parameters, _ path: String, inputs: (Int) -> [Double]) {
        let means = parameters.tensors["\(path).running_mean"]?.values ?? []
        let variances = parameters.tensors["\(path).running_var"]?.values ?? []
        #expect(!means.isEmpty)
        for feature in means.indices {
            let values = inputs(feature)
            let mean = values.reduce(0, +) / Double(values.count)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
            #expect(abs(Double(means[feature]) - mean) < 1e-6, "\(path) mean of \(feature)")
            #expect(abs(Double(variances[feature]) - variance) < 1e-6, "\(path) variance of \(feature)")
        }
    }
}
