package import Diagnostics

/// The reference engine: the checkpoint's own weights, evident code, one fixed order of summation, double precision.
package struct FloatEngine: InferenceEngine {
    private let network: FloatNetwork
    private let normalization: PixelNormalization

    package var name: String { "float" }
    package var architecture: Architecture { network.architecture }

    /// - Parameter normalization: of the pixels that it is given.
    /// - Throws: `parameters.unusable` for missing, mis-shaped or non-finite weights; `architecture.invalid`.
    package init(_ parameters: Parameters, normalization: PixelNormalization = .imageNet) throws(Failure) {
        network = try FloatNetwork(parameters)
        self.normalization = normalization
    }

    package func makeWorkspace(timeSteps: Int, isTracing: Bool) throws -> any InferenceWorkspace {
        try checkTimeSteps(timeSteps)
        return FloatWorkspace(network, normalization, timeSteps: timeSteps, isTracing: isTracing)
    }
}

/// One thread's maps for a ``FloatNetwork``.
private final class FloatWorkspace: InferenceWorkspace {
    private let network: FloatNetwork
    private let normalization: PixelNormalization
    private var input: [Float]
    private var maps: FloatNetwork.Maps

    init(_ network: FloatNetwork, _ normalization: PixelNormalization, timeSteps: Int, isTracing: Bool) {
        let size = network.architecture.imageSize
        self.network = network
        self.normalization = normalization
        self.input = Array(repeating: 0, count: 3 * size * size)
        self.maps = FloatNetwork.Maps(architecture: network.architecture, images: 1, steps: timeSteps, isTracing: isTracing)
    }

    var activity: ActivityRecorder { maps.pass.activity }

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
        let logits = network.logits(input, &maps)
        return Inference(logits: logits, spikes: activity.spikes, synapticOperations: activity.operations)
    }

    private func check(_ count: Int) throws(Failure) {
        guard count == input.count else {
            throw .unfitImage(count: count, size: network.architecture.imageSize)
        }
    }
}
