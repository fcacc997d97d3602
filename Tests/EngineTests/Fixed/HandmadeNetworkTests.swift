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

    /// Means of normalised spikes, normalisations one behind the other, and means, sums over positions and flattened spikes that are added up
    /// or stand side by side before a linear layer or neurons read them.
    private static func throughMeans() throws -> Network {
        var builder = GraphBuilder(inputSize: inputSize)
        func normalised(_ path: String, _ input: GraphBuilder.Value) -> GraphBuilder.Value {
            builder.normalisation(path, input, features: 12)
        }
        func mean(_ name: String, _ input: GraphBuilder.Value) -> GraphBuilder.Value { builder.add("\(name)_mean", .mean, input) }
        let stem = builder.convolution("stem", builder.image, outputs: 12, inputs: 3, kernel: 4, stride: 4, padding: 0)
        let first = builder.neuron("first", normalised("stem_bn", stem), Neuron())
        let next = builder.convolution("next", first, outputs: 12, inputs: 12, kernel: 3)
        let second = builder.neuron("second", normalised("next_bn", next), Neuron(leak: .none))
        let twice = normalised("second_bn2", normalised("second_bn1", second))
        let third = builder.neuron(
            "third", builder.convolution("wide", twice, outputs: 12, inputs: 12, bias: true), Neuron(threshold: 0.25))
        let pooled = builder.neuron(
            "pooled", builder.add("pooled_sum", .sum, mean("first", first), mean("second", second)), Neuron(leak: .none, threshold: 0.5))
        let ofMean = builder.linear(
            "of_mean", normalised("mean_bn", mean("first_bn", normalised("first_bn", first))), outputs: 5, inputs: 12)
        let total = builder.add("total", .total, normalised("third_bn", third))
        let ofTotal = builder.linear("of_total", total, outputs: 5, inputs: 12)
        let ofSum = builder.linear(
            "of_sum", builder.add("means", .sum, mean("third", third), mean("second2", second)), outputs: 5, inputs: 12)
        let small = builder.add("small", .maximumPool(PoolingWindow(kernel: Extent2(3), stride: Extent2(3))), second)
        let sides = builder.add(
            "sides", .concatenate, builder.add("count", .total, first), builder.add("flat", .flatten, small), pooled)
        let ofSides = builder.linear("of_sides", sides, outputs: 5, inputs: 12 + 48 + 12)
        builder.add("logits", .sum, ofMean, ofTotal, ofSum, ofSides)
        return try Network(builder.graph)
    }

    @Test func `Layers read normalised, added and joined means of spikes as the float engine does`() throws {
        let parameters = try EngineComparison.lively(Self.throughMeans(), seed: 3)
        let engines = try EngineComparison.engines(parameters, FixedPointFormat(precision: .fixed32))
        let pixels = TestImage.pixels(size: Self.inputSize, seed: 2)
        let float = try EngineComparison.Outcome(FloatEngine(parameters), pixels: pixels, timeSteps: 4)
        for engine in engines {
            let fixed = try EngineComparison.Outcome(engine, pixels: pixels, timeSteps: 4)
            for (group, pair) in zip(parameters.network.activity.groups, zip(fixed.inference.spikes, float.inference.spikes)) {
                #expect(pair.0 == pair.1 && pair.1.reduce(0, +) > 0, "\(group.name), \(engine.kernels.name)")
            }
            #expect(fixed.traces == float.traces)
            #expect(fixed.inference.synapticOperations == float.inference.synapticOperations)
            #expect(fixed.inference.effectiveOperations == float.inference.effectiveOperations)
            let largest = float.inference.logits.joined().reduce(1) { max($0, abs($1)) }
            for (one, other) in zip(fixed.inference.logits.joined(), float.inference.logits.joined()) {
                #expect(abs(one - other) <= 1e-5 * largest)
            }
        }
    }

    @Test func `The largest of counts is that of the float engine`() throws {
        var builder = GraphBuilder(inputSize: 12)
        let stem = builder.convolution("stem", builder.image, outputs: 8, inputs: 3, kernel: 3)
        let first = builder.neuron("first", builder.normalisation("stem_bn", stem, features: 8), Neuron(threshold: 0.5))
        let next = builder.convolution("next", first, outputs: 8, inputs: 8, kernel: 3)
        let second = builder.neuron("second", builder.normalisation("next_bn", next, features: 8), Neuron(leak: .none))
        let both = builder.add("both", .concatenate, builder.add("counts", .sum, first, second, first), second)
        let window = PoolingWindow(kernel: Extent2(3), stride: Extent2(2), padding: .one)
        let largest = builder.add("largest", .maximumPool(window), both)
        let third = builder.neuron(
            "third", builder.convolution("wide", largest, outputs: 8, inputs: 16, kernel: 3), Neuron(threshold: 0.25))
        let again = builder.add(
            "again", .maximumPool(window), builder.add("more", .averagePool(PoolingWindow(kernel: .one, stride: .one)), largest))
        let fourth = builder.neuron("fourth", again, Neuron(leak: .none, threshold: 3))
        let ends = builder.add("ends", .concatenate, builder.add("third_total", .total, third), builder.add("fourth_total", .total, fourth))
        _ = builder.linear("head", ends, outputs: 5, inputs: 24)
        let parameters = try EngineComparison.lively(Network(builder.graph), seed: 5)
        let pixels = TestImage.pixels(size: 12, seed: 1)
        let float = try EngineComparison.Outcome(FloatEngine(parameters), pixels: pixels, timeSteps: 3)
        #expect(float.inference.spikes.allSatisfy { $0.reduce(0, +) > 0 })
        for engine in try EngineComparison.engines(parameters, FixedPointFormat(precision: .fixed32)) {
            let fixed = try EngineComparison.Outcome(engine, pixels: pixels, timeSteps: 3)
            #expect(fixed.traces == float.traces)
            #expect(fixed.inference.synapticOperations == float.inference.synapticOperations)
            #expect(fixed.inference.effectiveOperations == float.inference.effectiveOperations)
        }
    }

    @Test(arguments: FixedEngineTests.formats.prefix(2))
    func `A window around a mean is refused by its node`(format: FixedPointFormat) throws {
        var builder = GraphBuilder(inputSize: Self.inputSize)
        let first = builder.neuron("first", builder.convolution("stem", builder.image, outputs: 8, inputs: 3, kernel: 3), Neuron())
        let wide = builder.convolution("wide", builder.add("mean", .mean, first), outputs: 8, inputs: 8, kernel: 3)
        _ = builder.linear("head", builder.neuron("second", wide, Neuron()), outputs: 3, inputs: 8)
        let parameters = try Synthesis.initialized(Network(builder.graph), seed: 1)
        let failure = #expect(throws: Failure.self) { try EngineComparison.engines(parameters, format) }
        #expect(failure?.message.contains("'wide'") == true)
    }

    @Test(arguments: FixedEngineTests.formats.prefix(2))
    func `What whole numbers cannot compute is refused by its node`(format: FixedPointFormat) throws {
        var builder = GraphBuilder(inputSize: Self.inputSize)
        let stem = builder.convolution("stem", builder.image, outputs: 8, inputs: 3, kernel: 3)
        let first = builder.neuron("first", stem, Neuron())
        let second = builder.neuron("second", builder.convolution("next", first, outputs: 8, inputs: 8), Neuron())
        let sums = builder.add("counts", .sum, first, second)
        let counts = builder.add("many", .averagePool(PoolingWindow(kernel: Extent2(3), stride: Extent2(1))), sums)
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
