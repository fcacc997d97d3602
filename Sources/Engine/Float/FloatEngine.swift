package import Diagnostics
package import Networks

/// The reference engine: the checkpoint's own weights, evident code, one fixed order of summation, double precision.
package struct FloatEngine: InferenceEngine {
    private let float: FloatNetwork
    private let normalization: PixelNormalization

    package var name: String { "float" }
    package var network: Network { float.network }

    /// - Throws: `parameters.unusable` for missing, mis-shaped or non-finite weights.
    package init(_ parameters: Parameters, normalization: PixelNormalization = .imageNet) throws(Failure) {
        float = try FloatNetwork(parameters)
        self.normalization = normalization
    }

    package func memory(timeSteps: Int, isTracing: Bool) -> EngineMemory {
        let size = network.inputSize
        let plan = MemoryPlan(network, reads: float.reads, images: 1, steps: timeSteps)
        return EngineMemory(
            shared: float.weightBytes,
            perThread: plan.bytes + 4 * 3 * size * size + network.activity.counterBytes(steps: timeSteps)
                + (isTracing ? network.activity.tracedBytes(steps: timeSteps) : 0))
    }

    package func makeWorkspace(timeSteps: Int, isTracing: Bool) throws -> any InferenceWorkspace {
        try checkWorkspace(timeSteps: timeSteps, isTracing: isTracing)
        return FloatWorkspace(FloatPass(float, images: 1, steps: timeSteps, isTracing: isTracing), normalization: normalization)
    }
}

/// One thread's memory for a ``FloatEngine``.
private final class FloatWorkspace: InferenceWorkspace {
    private let pass: FloatPass
    private let normalization: PixelNormalization
    private var input: [Float]

    init(_ pass: FloatPass, normalization: PixelNormalization) {
        let size = pass.network.network.inputSize
        self.pass = pass
        self.normalization = normalization
        self.input = Array(repeating: 0, count: 3 * size * size)
    }

    var activity: ActivityRecorder { pass.activity }

    func infer(pixels: [UInt8]) throws -> Inference {
        try check(pixels.count)
        normalization.normalize(pixels, into: &input)
        return run()
    }

    func infer(normalized: [Float]) throws -> Inference {
        try check(normalized.count)
        input = normalized
        return run()
    }

    private func run() -> Inference {
        let logits = pass.logits(input)
        return Inference(
            logits: logits, spikes: activity.spikes, synapticOperations: activity.operations,
            effectiveOperations: activity.effectiveOperations)
    }

    private func check(_ count: Int) throws(Failure) {
        guard count == input.count else {
            throw .unfitImage(count: count, size: pass.network.network.inputSize)
        }
    }
}
