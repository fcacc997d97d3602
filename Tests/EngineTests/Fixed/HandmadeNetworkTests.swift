import Diagnostics
import Engine
import NetworkFamilies
import Networks
import SpikeKernels
import Testing

/// Graphs of no family: what descriptions may say beyond the published networks.
@Suite struct HandmadeNetworkTests {
    private static let inputSize = 24

    /// Notes the tensors of a convolution with any window.
    private static func convolution(
        _ builder: inout GraphBuilder, _ path: String, _ input: GraphBuilder.Value, shape: [Int], stride: Extent2 = .one,
        padding: Extent2 = .zero, dilation: Extent2 = .one, groups: Int = 1, bias: Bool = false
    ) -> GraphBuilder.Value {
        builder.name("\(path).weight", shape)
        if bias { builder.name("\(path).bias", [shape[0]]) }
        return builder.add(
            path,
            .convolution(
                Convolution(
                    weight: "\(path).weight", bias: bias ? "\(path).bias" : nil, stride: stride, padding: padding, dilation: dilation,
                    groups: groups)), input)
    }

    /// Groups, dilation, strides and kernels that are not square, averages with padding, gates, `and`, `iand`, a scale, joined spikes, a
    /// layer on currents, and neurons of many equations.
    private static func mixed() throws -> Network {
        var builder = GraphBuilder(inputSize: inputSize)
        func normalised(_ path: String, _ input: GraphBuilder.Value, _ features: Int) -> GraphBuilder.Value {
            builder.normalisation(path, input, features: features)
        }
        let stem = convolution(
            &builder, "stem", builder.image, shape: [12, 3, 3, 5], stride: Extent2(1, 2), padding: Extent2(1, 2), bias: true)
        let first = builder.neuron("first", normalised("stem_bn", stem, 12), Neuron())
        let grouped = convolution(
            &builder, "grouped", first, shape: [12, 4, 3, 3], stride: Extent2(2, 1), padding: Extent2(2, 1), dilation: Extent2(2, 1),
            groups: 3)
        let second = builder.neuron(
            "second", normalised("grouped_bn", grouped, 12), Neuron(leak: .tau(4.0 / 3), decaysInput: false, threshold: 0.5, reset: .soft))
        let depthwise = convolution(
            &builder, "depthwise", second, shape: [12, 1, 3, 3], padding: Extent2(2, 1), dilation: Extent2(2, 1), groups: 12)
        let third = builder.neuron(
            "third", normalised("depthwise_bn", depthwise, 12), Neuron(leak: .none, isStrict: true, reset: .hard(-0.25)))
        let both = builder.add("both", .and, second, third)
        let only = builder.add("only", .iand, second, third)
        let averaged = builder.add(
            "averaged", .averagePool(PoolingWindow(kernel: Extent2(3, 2), stride: Extent2(2), padding: Extent2(1, 0))), both)
        let wide = convolution(&builder, "wide", averaged, shape: [40, 12, 1, 1], bias: true)
        let fourth = builder.neuron("fourth", normalised("wide_bn", wide, 40), Neuron(leak: .learned("fourth.w")))
        let pooled = builder.add("pooled", .maximumPool(PoolingWindow(kernel: Extent2(2), stride: Extent2(2))), only)
        let side = convolution(&builder, "side", pooled, shape: [40, 12, 1, 1])
        let half = builder.add("half", .scale(0.5), normalised("side_bn", side, 40))
        let main = convolution(&builder, "main", fourth, shape: [40, 40, 3, 3], padding: .one)
        let joined = builder.add("joined", .sum, normalised("main_bn", main, 40), half)
        let fifth = builder.neuron("fifth", joined, Neuron(leak: .tau(3)))
        let gateCurrent = convolution(&builder, "gate", fourth, shape: [1, 40, 1, 1])
        let gate = builder.neuron("gate_lif", normalised("gate_bn", gateCurrent, 1), Neuron())
        let gated = builder.add("gated", .gate, fifth, gate)
        let mean = builder.add("channel_mean", .mean, fifth)
        let channelCurrent = convolution(&builder, "channel", mean, shape: [40, 40], bias: true)
        let channelGate = builder.neuron("channel_lif", normalised("channel_bn", channelCurrent, 40), Neuron(threshold: 0.5))
        let regated = builder.add("regated", .gate, fourth, channelGate)
        let concatenated = builder.add("concatenated", .concatenate, gated, regated)
        let last = convolution(&builder, "last", concatenated, shape: [24, 80, 2, 3], stride: Extent2(1, 2), padding: Extent2(0, 1))
        let sixth = builder.neuron("sixth", normalised("last_bn", last, 24), Neuron())
        let end = builder.add("end", .mean, sixth)
        _ = builder.linear("head", end, outputs: 10, inputs: 24)
        return try Network(builder.graph)
    }

    @Test func `fixed32 has every spike of a graph with layers that no family has, with all kernels`() throws {
        let parameters = try EngineComparison.lively(Self.mixed(), seed: 11)
        let engines = try EngineComparison.engines(parameters, FixedPointFormat(precision: .fixed32))
        for seed in 0..<UInt64(4) {
            let pixels = TestImage.pixels(size: Self.inputSize, seed: seed)
            let float = try EngineComparison.Outcome(FloatEngine(parameters), pixels: pixels, timeSteps: 5)
            for (counts, group) in zip(float.inference.spikes, parameters.network.activity.groups) {
                #expect(seed > 0 || counts.reduce(0, +) > 0, "\(group.name) is silent")
            }
            for engine in engines {
                var fixed = try EngineComparison.Outcome(engine, pixels: pixels, timeSteps: 5)
                let largest = zip(fixed.inference.logits.joined(), float.inference.logits.joined()).map { abs($0 - $1) }.max() ?? .infinity
                #expect(largest <= 1e-5)
                fixed.inference.logits = float.inference.logits
                fixed.inference.meanLogits = float.inference.meanLogits
                #expect(fixed.inference.anytimePredictions == float.inference.anytimePredictions)
                let difference = fixed.difference(float, parameters.network)
                #expect(difference == nil, "\(engine.kernels.name), image \(seed)")
            }
        }
    }

    @Test(arguments: FixedEngineTests.formats)
    func `All kernels give the specification's bits for layers that no family has`(format: FixedPointFormat) throws {
        let parameters = try EngineComparison.lively(Self.mixed(), seed: 11)
        for timeSteps in [1, 4, 6] { try EngineComparison.expectEqual(parameters, format, timeSteps: timeSteps, images: 2) }
    }

    @Test(arguments: FixedEngineTests.formats.prefix(2))
    func `What whole numbers cannot compute is refused by its node`(format: FixedPointFormat) throws {
        var builder = GraphBuilder(inputSize: Self.inputSize)
        let stem = builder.convolution("stem", builder.image, outputs: 8, inputs: 3, kernel: 3)
        let first = builder.neuron("first", stem, Neuron())
        let second = builder.neuron("second", builder.convolution("next", first, outputs: 8, inputs: 8), Neuron())
        let counts = builder.add("counts", .sum, first, second)
        let largest = builder.add("largest_count", .maximumPool(PoolingWindow(kernel: Extent2(2), stride: Extent2(2))), counts)
        _ = builder.linear("head", builder.add("mean", .mean, largest), outputs: 3, inputs: 8)
        let parameters = try Synthesis.initialized(Network(builder.graph), seed: 1)
        _ = try FloatEngine(parameters)
        let failure = #expect(throws: Failure.self) { try EngineComparison.engines(parameters, format) }
        #expect(failure?.code == .unfitWeights)
        #expect(failure?.message.contains("'largest_count'") == true)
        #expect(failure?.remedy?.contains("--engine float") == true)
    }
}
