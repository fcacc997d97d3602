import Diagnostics
import Engine
import Networks
import SpikeKernels
import Testing

/// Graphs in which something else than a layer reads the image.
@Suite struct PixelGraphTests {
    private static let inputSize = 24

    /// Pooling, a normalisation, a concatenation, and neurons of pixels.
    private static func network() throws -> Network {
        var builder = GraphBuilder(inputSize: inputSize)
        let image = builder.image
        func pooled(_ name: String, _ operation: (PoolingWindow) -> Operation) -> GraphBuilder.Value {
            builder.add(name, operation(PoolingWindow(kernel: Extent2(4), stride: Extent2(4))), image)
        }
        let average = pooled("average") { .averagePool($0) }
        let flat = builder.linear("flat_fc", builder.add("flat", .flatten, average), outputs: 12, inputs: 3 * 36)
        let first = builder.neuron("first", builder.normalisation("flat_bn", flat, features: 12), Neuron())
        let largest = builder.convolution("largest_conv", pooled("largest") { .maximumPool($0) }, outputs: 12, inputs: 3, kernel: 3)
        let second = builder.neuron("second", builder.normalisation("largest_bn", largest, features: 12), Neuron(leak: .none))
        let normal = builder.normalisation("image_bn", image, features: 3)
        let both = builder.add("both", .concatenate, image, normal)
        let wide = builder.convolution("wide", both, outputs: 12, inputs: 6, kernel: 4, stride: 4, padding: 0)
        let third = builder.neuron("third", builder.normalisation("wide_bn", wide, features: 12), Neuron())
        let direct = builder.neuron("direct", image, Neuron(leak: .none, threshold: 0.75))
        let read = builder.convolution("read", direct, outputs: 12, inputs: 3, kernel: 4, stride: 4, padding: 0)
        let sum = builder.add("sum", .sum, second, third, builder.neuron("fourth", read, Neuron(threshold: 0.25)))
        let ends = builder.linear("head", builder.add("mean", .mean, sum), outputs: 5, inputs: 12)
        builder.add("logits", .sum, ends, builder.linear("first_fc", first, outputs: 5, inputs: 12))
        return try Network(builder.graph)
    }

    @Test func `Pixels that are pooled, normalised, joined and fired from give the float engine's spikes`() throws {
        let parameters = try EngineComparison.lively(Self.network(), seed: 5)
        let pixels = TestImage.pixels(size: Self.inputSize, seed: 3)
        let float = try EngineComparison.Outcome(FloatEngine(parameters), pixels: pixels, timeSteps: 4)
        for engine in try EngineComparison.engines(parameters, FixedPointFormat(precision: .fixed32)) {
            let fixed = try EngineComparison.Outcome(engine, pixels: pixels, timeSteps: 4)
            for (group, pair) in zip(parameters.network.activity.groups, zip(fixed.traces, float.traces)) {
                #expect(pair.0 == pair.1 && pair.1.contains(1), "\(group.name), \(engine.kernels.name)")
            }
            #expect(engine.multiplying.first?.name == "image")
        }
        try EngineComparison.expectEqual(parameters, FixedPointFormat(precision: .fixed16), timeSteps: 3)
    }
}
