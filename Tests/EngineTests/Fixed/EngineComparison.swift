import SpikeKernels
import Engine
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
            let workspace = try engine.makeWorkspace(timeSteps: timeSteps, isTracing: true)
            inference = try workspace.infer(pixels: pixels)
            traces = workspace.activity.traces
        }

        /// Where two outcomes differ first, in words; nil where every bit is equal.
        func difference(_ other: Outcome, _ architecture: Architecture) -> String? {
            for (index, group) in architecture.lifGroups.enumerated() where traces[index] != other.traces[index] {
                let count = zip(traces[index], other.traces[index]).count { $0 != $1 }
                return "\(group.name): \(count) of \(traces[index].count) spikes differ"
            }
            for (index, layer) in architecture.synapticLayers.enumerated()
            where inference.synapticOperations[index] != other.inference.synapticOperations[index] {
                return "\(layer.name): other synaptic operations"
            }
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
            let pixels = TestImage.pixels(size: parameters.architecture.imageSize, seed: seed)
            let expected = try Outcome(engines[0], pixels: pixels, timeSteps: timeSteps)
            for engine in engines.dropFirst() {
                let found = try Outcome(engine, pixels: pixels, timeSteps: timeSteps)
                let difference = found.difference(expected, parameters.architecture)
                #expect(difference == nil, "\(engine.kernels.name), \(format.name), \(timeSteps) steps, image \(seed) \(comment)")
            }
        }
    }

    /// A small network whose neurons fire: random weights with normalisations that let everything through.
    static func lively(_ architecture: Architecture, seed: UInt64) throws -> Parameters {
        try Synthesis.parameters(
            architecture: architecture, seed: seed, calibration: [TestImage.pixels(size: architecture.imageSize, seed: seed)], timeSteps: 2)
    }
}
