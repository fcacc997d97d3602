import Diagnostics
import SpikingMLP
import Synchronization
import Testing

@Suite struct SynthesisTests {
    static let architecture = Architecture(
        family: .plain, dim: 10, depths: [1, 2, 1, 1], alpha: 2, patchSize: 2, imageSize: 32, classes: 7)
    static let spe = Architecture(family: .spe, dim: 9, depths: [1, 2, 1, 1], alpha: 3, patchSize: 4, imageSize: 64, classes: 5)
    static let timeSteps = 3

    private func images(_ architecture: Architecture) -> [[UInt8]] {
        (0..<5).map { TestImage.pixels(size: architecture.imageSize, seed: $0) }
    }

    private func synthesize(_ architecture: Architecture, seed: UInt64) throws -> Parameters {
        try Synthesis.parameters(architecture: architecture, seed: seed, calibration: images(architecture), timeSteps: Self.timeSteps)
    }

    @Test(arguments: [architecture, spe])
    func `A synthesised network is complete, depends on the seed alone, and fires`(architecture: Architecture) throws {
        let parameters = try synthesize(architecture, seed: 1)
        #expect(parameters.tensors.count == architecture.parameterSpecifications.count)
        for specification in architecture.parameterSpecifications {
            #expect(parameters.tensors[specification.name]?.shape == specification.shape)
        }
        #expect(try synthesize(architecture, seed: 1).tensors == parameters.tensors)
        #expect(try synthesize(architecture, seed: 2).tensors != parameters.tensors)

        let workspace = try FloatEngine(parameters).makeWorkspace(timeSteps: Self.timeSteps)
        let inference = try workspace.infer(pixels: images(architecture)[0])
        #expect(inference.spikes.allSatisfy { $0.reduce(0, +) > 0 })
    }

    @Test(arguments: [architecture, spe])
    func `Running statistics are those of each normalisation's input on the calibration images`(architecture: Architecture) throws {
        let parameters = try synthesize(architecture, seed: 3)
        let spikes = try tracedSpikes(parameters)
        let frames = 5 * Self.timeSteps

        let last = "channel_mix_lif.\(architecture.blocks.count - 1)"
        let tokens = architecture.grid(stage: 3) * architecture.grid(stage: 3)
        let channels = architecture.channels(stage: 3)
        expectStatistics(parameters, "batch_norm") { channel in
            (0..<frames * tokens).map { Double(spikes[last]?[$0 / tokens * tokens * channels + channel * tokens + $0 % tokens] ?? 9) }
        }

        let dim = architecture.dim
        let area = architecture.grid(stage: 0) * architecture.grid(stage: 0)
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
        let architecture = Self.spe
        let parameters = try synthesize(architecture, seed: 4)
        let spikes = try tracedSpikes(parameters)
        let side = architecture.grid(stage: 0)
        let weight = parameters.tensors["token_mix.0.proj_w.1.weight"]?.values ?? []
        let bias = parameters.tensors["token_mix.0.proj_w.1.bias"]?.values ?? []
        let lines = 5 * Self.timeSteps * architecture.dim * side
        expectStatistics(parameters, "token_mix.0.proj_w.2") { index in
            (0..<lines).map { line in
                (0..<side).reduce(Double(bias[index])) { sum, column in
                    sum + Double(weight[index * side + column]) * Double(spikes["to_patch_embedding_lif.0"]?[line * side + column] ?? 9)
                }
            }
        }
    }

    @Test func `Progress is told for every normalisation`() throws {
        let told = Mutex<[Int]>([])
        let total = Self.spe.batchNormNames.count
        _ = try Synthesis.parameters(architecture: Self.spe, seed: 1, calibration: images(Self.spe), timeSteps: 1) { done, all in
            told.withLock { $0.append(all == total ? done : -1) }
        }
        #expect(told.withLock { $0 } == Array(1...total))
    }

    @Test func `Images that cannot calibrate are refused`() throws {
        let tooMany = Array(repeating: images(Self.spe)[0], count: 2)
        for (images, steps) in [([], 4), ([[1, 2]], 4), (tooMany, 0), (tooMany, Int.max)] as [([[UInt8]], Int)] {
            let failure = #expect(throws: Failure.self) {
                try Synthesis.parameters(architecture: Self.spe, seed: 1, calibration: images, timeSteps: steps)
            }
            #expect(failure?.code == .unfitInput)
        }
    }

    /// All spikes of the calibration images, `[images, steps, ...]` flattened, by group.
    private func tracedSpikes(_ parameters: Parameters) throws -> [String: [UInt8]] {
        let workspace = try FloatEngine(parameters).makeWorkspace(timeSteps: Self.timeSteps, isTracing: true)
        var spikes: [String: [UInt8]] = [:]
        for image in images(parameters.architecture) {
            _ = try workspace.infer(pixels: image)
            for (group, values) in zip(parameters.architecture.lifGroups, workspace.activity.traces) {
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
