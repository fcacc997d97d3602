import Checkpoints
import Diagnostics
import Engine
import Networks
import SpikeKernels
import Testing

/// Whole networks in whole numbers: faithful to PyTorch in 32 bits, and equal to the specification everywhere in either.
@Suite struct FixedEngineTests {
    static let formats = [
        FixedPointFormat(precision: .fixed32), FixedPointFormat(precision: .fixed16), FixedPointFormat(precision: .fixed16, weightBits: 8),
        FixedPointFormat(precision: .fixed32, weightBits: 6),
    ]

    @Test(arguments: GoldenCase.names + GoldenCase.zoo)
    func `fixed32 has every spike and logit of a golden network, with all kernels`(name: String) throws {
        let golden = try GoldenCase(name)
        let input = try golden.expected.tensor("input")
        let logits = try golden.expected.tensor("logits")
        for engine in try EngineComparison.engines(golden.parameters, FixedPointFormat(precision: .fixed32)) {
            let trace = try engine.trace(input: input, timeSteps: golden.timeSteps)
            #expect(trace.spikes.count == golden.expected.names.count { $0.hasPrefix("spikes/") })
            for spikes in trace.spikes {
                let expected = try golden.expected.bytes("spikes/\(spikes.name)")
                let differing = zip(spikes.values, expected).count { $0 != $1 }
                #expect(spikes.values.count == expected.count && differing == 0, "\(engine.kernels.name), \(spikes.name)")
            }
            let largest = zip(trace.logits.values, logits.values).map { abs($0 - $1) }.max() ?? .infinity
            #expect(trace.logits.shape == logits.shape && largest <= 1e-5, "\(engine.kernels.name)")
        }
    }

    @Test(arguments: GoldenCase.names + GoldenCase.zoo)
    func `Spikes and synaptic operations are counted as the float engine counts them, by layer and step`(name: String) throws {
        let golden = try GoldenCase(name)
        let float = try FloatEngine(golden.parameters).makeWorkspace(timeSteps: golden.timeSteps)
        let engines = try EngineComparison.engines(golden.parameters, FixedPointFormat(precision: .fixed32))
        for image in 0..<2 {
            let expected = try float.infer(normalized: golden.input(image: image))
            for engine in engines {
                let workspace = try engine.makeWorkspace(timeSteps: golden.timeSteps)
                let found = try workspace.infer(normalized: golden.input(image: image))
                for (index, group) in golden.network.activity.groups.enumerated() {
                    #expect(found.spikes[index] == expected.spikes[index], "\(engine.kernels.name), \(group.name)")
                }
                for (index, layer) in golden.network.activity.layers.enumerated() {
                    #expect(found.synapticOperations[index] == expected.synapticOperations[index], "\(engine.kernels.name), \(layer.name)")
                    #expect(
                        found.effectiveOperations[index] == expected.effectiveOperations[index], "\(engine.kernels.name), \(layer.name)")
                }
                #expect(found.anytimePredictions == expected.anytimePredictions)
            }
        }
    }

    @Test(arguments: GoldenCase.names + GoldenCase.zoo, formats)
    func `All kernels give the specification's bits, for any number of time steps`(name: String, format: FixedPointFormat) throws {
        let golden = try GoldenCase(name)
        for timeSteps in [1, 3, 4, 5] where timeSteps <= golden.network.longestRun {
            try EngineComparison.expectEqual(golden.parameters, format, timeSteps: timeSteps)
        }
    }

    @Test(arguments: GoldenCase.names, [Precision.fixed32, .fixed16])
    func `An input that no pixels make is refused, and the brightest pixels are computed`(name: String, precision: Precision) throws {
        let golden = try GoldenCase(name)
        let kernels = try KernelSelection.kernels(laneBits: precision.laneBits, forced: "scalar")
        let engine = try FixedEngine(golden.parameters, format: FixedPointFormat(precision: precision), kernels: kernels)
        let workspace = try engine.makeWorkspace(timeSteps: 1)
        let count = golden.network.inputSize * golden.network.inputSize
        for value in [0, 1] {
            let ends = (0..<3).map {
                Float((Double(value) - PixelNormalization.imageNet.means[$0]) / PixelNormalization.imageNet.deviations[$0])
            }
            _ = try workspace.infer(normalized: ends.flatMap { Array(repeating: $0, count: count) })
        }
        for value in [Float(1000), -1000] {
            let failure = #expect(throws: Failure.self) {
                try workspace.infer(normalized: (0..<3 * count).map { $0 % 7 == 0 ? -value : value })
            }
            #expect(failure?.code == .unfitInput)
        }
    }

    static let oddNetworks = [
        SmallMLP(family: "spe", dim: 6, depths: [1, 1, 1, 1], alpha: 1, patch: 2, image: 16, classes: 3),
        SmallMLP(family: "spe", dim: 21, depths: [1, 2, 1, 1], alpha: 4, patch: 2, image: 48, classes: 17),
        SmallMLP(family: "spe", dim: 33, depths: [1, 1, 1, 1], alpha: 2, patch: 8, image: 64, classes: 33),
        SmallMLP(family: "plain", dim: 5, depths: [1, 1, 2, 1], alpha: 1, patch: 1, image: 24, classes: 1),
        SmallMLP(family: "plain", dim: 33, depths: [1, 1, 1, 1], alpha: 2, patch: 2, image: 16, classes: 40),
        SmallMLP(family: "plain", dim: 70, depths: [1, 1, 1, 1], alpha: 1, patch: 8, image: 64, classes: 16),
    ]

    @Test(arguments: oddNetworks)
    func `All kernels give the specification's bits for networks of odd sizes`(odd: SmallMLP) throws {
        let parameters = try EngineComparison.lively(odd.network(), seed: 7)
        for format in Self.formats.prefix(3) {
            for timeSteps in [1, 4, 6] {
                try EngineComparison.expectEqual(parameters, format, timeSteps: timeSteps, odd.testDescription)
            }
        }
    }

    @Test(arguments: GoldenCase.names + ["sew-add", "ms-zoo", "sdt-zoo", "vgg-plif"], formats.prefix(2))
    func `One to four threads give the same inferences in any order of images`(name: String, format: FixedPointFormat) async throws {
        let golden = try GoldenCase(name)
        let engine = try #require(try EngineComparison.engines(golden.parameters, format).last)
        let images = (0..<6).map { TestImage.pixels(size: golden.network.inputSize, seed: UInt64($0)) }
        let fresh = try images.map { try engine.makeWorkspace(timeSteps: 5).infer(pixels: $0) }
        #expect(Set(fresh).count > 1)
        for threads in 1...4 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for offset in 0..<threads {
                    group.addTask {
                        let workspace = try engine.makeWorkspace(timeSteps: 5)
                        for index in images.indices {
                            let image = (index * 5 + offset) % images.count
                            #expect(try workspace.infer(pixels: images[image]) == fresh[image])
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `A run of fewer time steps is the beginning of a longer one`() throws {
        let golden = try GoldenCase("spe-tiny")
        for format in Self.formats {
            let engine = try #require(try EngineComparison.engines(golden.parameters, format).last)
            let long = try engine.makeWorkspace(timeSteps: 9).infer(normalized: golden.input(image: 0))
            for steps in [1, 2, 3, 5, 8] {
                let short = try engine.makeWorkspace(timeSteps: steps).infer(normalized: golden.input(image: 0))
                #expect(short.logits == Array(long.logits.prefix(steps)), "\(format.name), \(steps) steps")
                #expect(short.spikes == long.spikes.map { Array($0.prefix(steps)) })
                #expect(short.synapticOperations == long.synapticOperations.map { Array($0.prefix(steps)) })
                #expect(short.effectiveOperations == long.effectiveOperations.map { Array($0.prefix(steps)) })
            }
        }
    }

    @Test func `Normalised values far beyond any image's are refused, with all kernels alike, and the next image is computed`() throws {
        let golden = try GoldenCase("spe-tiny")
        var random = TestRandom(seed: 5)
        let count = try golden.input(image: 0).count
        let wild = (0..<count).map { _ in Float(random.pick([1e30, -1e30, 1e6, -1e6, 300, -300, 0.5])) }
        for format in Self.formats {
            let engines = try EngineComparison.engines(golden.parameters, format)
            let expected = try engines[0].makeWorkspace(timeSteps: 3).infer(normalized: golden.input(image: 0))
            for engine in engines {
                let workspace = try engine.makeWorkspace(timeSteps: 3)
                #expect(throws: Failure.self) { try workspace.infer(normalized: wild) }
                #expect(try workspace.infer(normalized: golden.input(image: 0)) == expected)
            }
        }
    }
}
