import Engine
import Foundation
import NetworkFamilies
import Networks
import SpikeKernels
import Testing

/// Engines on the same weights, and where what they compute parts.
enum EngineComparison {
    /// A network folded once, with every kernel set that this processor runs, the specification first.
    static func engines(_ parameters: Parameters, _ format: FixedPointFormat) throws -> [FixedEngine] {
        let bits = format.precision.laneBits
        let first = try FixedEngine(parameters, format: format, kernels: KernelSelection.kernels(laneBits: bits, forced: "scalar"))
        return try KernelSelection.runnableNames.map { first.with(kernels: try KernelSelection.kernels(laneBits: bits, forced: $0)) }
    }

    /// Spikes and logits of one image, and the spikes themselves.
    struct Outcome: Equatable {
        var inference: Inference
        var traces: [[UInt8]]

        init(_ engine: some InferenceEngine, pixels: [UInt8], timeSteps: Int) throws {
            try self.init(engine.makeWorkspace(timeSteps: timeSteps, isTracing: true), pixels: pixels)
        }

        init(_ workspace: any InferenceWorkspace, pixels: [UInt8]) throws {
            inference = try workspace.infer(pixels: pixels)
            traces = workspace.activity.traces
        }

        /// Where two outcomes differ first, in words; nil where every bit is equal.
        func difference(_ other: Outcome, _ network: Network) -> String? {
            for (index, group) in network.activity.groups.enumerated() where traces[index] != other.traces[index] {
                let count = zip(traces[index], other.traces[index]).count { $0 != $1 }
                return "\(group.name): \(count) of \(traces[index].count) spikes differ"
            }
            for (index, layer) in network.activity.layers.enumerated()
            where inference.synapticOperations[index] != other.inference.synapticOperations[index] {
                return "\(layer.name): other synaptic operations"
            }
            if inference.effectiveOperations != other.inference.effectiveOperations { return "other effective operations" }
            if inference.spikes != other.inference.spikes { return "the numbers of spikes differ" }
            return inference == other.inference ? nil : "the logits differ"
        }
    }

    /// Expects that every kernel set gives the specification's bits.
    static func expectEqual(
        _ parameters: Parameters, _ format: FixedPointFormat, timeSteps: Int, images: Int = 1, _ comment: String = ""
    ) throws {
        let engines = try engines(parameters, format)
        for seed in 0..<UInt64(images) {
            let pixels = TestImage.pixels(size: parameters.network.inputSize, seed: seed)
            let expected = try Outcome(engines[0], pixels: pixels, timeSteps: timeSteps)
            for engine in engines.dropFirst() {
                let found = try Outcome(engine, pixels: pixels, timeSteps: timeSteps)
                let difference = found.difference(expected, parameters.network)
                #expect(difference == nil, "\(engine.kernels.name), \(format.name), \(timeSteps) steps, image \(seed) \(comment)")
            }
        }
    }

    /// A small network whose neurons fire: random weights with normalisations that let everything through.
    static func lively(_ network: Network, seed: UInt64) throws -> Parameters {
        try Synthesis.parameters(
            network: network, seed: seed, calibration: [TestImage.pixels(size: network.inputSize, seed: seed)], timeSteps: 2)
    }

    /// How many spikes two outcomes do not share.
    static func differing(_ first: Outcome, _ second: Outcome) -> Int {
        zip(first.traces, second.traces).reduce(0) { $0 + zip($1.0, $1.1).count { $0 != $1 } }
    }
}

/// A spiking MLP of given sizes.
struct SmallMLP: CustomTestStringConvertible {
    var family: String
    var dim: Int
    var depths: [Int]
    var alpha: Int
    var patch: Int
    var image: Int
    var classes: Int

    func network() throws -> Network {
        let description =
            #"{"family": "\#(family)", "dim": \#(dim), "depths": \#(depths), "alpha": \#(alpha), "patch": \#(patch), "#
            + #""image": \#(image), "classes": \#(classes)}"#
        return try JSONDecoder().decode(RecordedArchitecture.self, from: Data(description.utf8)).network()
    }

    /// Blocks of all stages.
    var blocks: Int { depths.reduce(0, +) }

    var testDescription: String { "\(family) of \(dim) channels, \(image) pixels in patches of \(patch), \(classes) classes" }
}
