import Diagnostics
package import Networks

/// Makes networks with random weights whose batch normalisations fit given images, so that architectures can be run and measured where no trained weights exist.
package enum Synthesis {
    /// Random weights of a network, with running statistics measured layer by layer: each normalisation's mean and variance are those of its own
    /// input over all calibration images, positions and time steps, with every one before it calibrated already.
    ///
    /// Convolution and linear layers get PyTorch's default initialisation, uniform within 1/sqrt(fan-in), biases as well; a normalisation has
    /// gamma 1, factors of time steps are 1, and a learned time constant starts at 2. The same arguments give the same bits on every machine.
    ///
    /// - Parameters:
    ///   - calibration: preprocessed images, RGB bytes `[size, size, 3]` each, at least one.
    ///   - normalizationShift: every normalisation's beta; above 0 neurons fire more often.
    ///   - progress: called with the number of batch normalisations calibrated so far and the number of all.
    /// - Throws: `engine.unfit-input` for images of another size, too many of them, or a number of time steps that cannot be had.
    package static func parameters(
        network: Network, seed: UInt64, calibration images: [[UInt8]], timeSteps: Int, normalizationShift: Float = 0,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> Parameters {
        let input = try normalized(images, network: network, timeSteps: timeSteps)
        var parameters = initialized(network, seed: seed, normalizationShift: normalizationShift)
        let pass = try FloatPass(
            FloatNetwork(parameters), images: images.count, steps: timeSteps,
            calibration: Calibration(total: network.graph.normalisations.count, progress: progress))
        _ = pass.logits(input)
        for (name, values) in pass.calibration?.statistics ?? [:] {
            parameters.tensors[name]?.values = values
        }
        return parameters
    }

    /// Random weights with running statistics as PyTorch starts them, mean 0 and variance 1.
    package static func initialized(_ network: Network, seed: UInt64, normalizationShift: Float = 0) -> Parameters {
        var random = SeededGenerator(seed: seed)
        var tensors: [String: Tensor] = [:]
        for specification in network.graph.parameterSpecifications {
            func uniform(fanIn: Int) -> [Float] {
                let bound = 1 / Float(fanIn).squareRoot()
                return (0..<specification.count).map { _ in random.uniform(bound: bound) }
            }
            func constant(_ value: Float) -> [Float] { Array(repeating: value, count: specification.count) }
            let values =
                switch specification.role {
                case .weight: uniform(fanIn: specification.shape.dropFirst().reduce(1, *))
                case .bias(let fanIn): uniform(fanIn: fanIn)
                case .normalisationWeight, .variance, .timeScale: constant(1)
                case .normalisationBias: constant(normalizationShift)
                case .mean, .leak: constant(0)
                }
            tensors[specification.name] = Tensor(shape: specification.shape, values: values)
        }
        return Parameters(network: network, tensors: tensors)
    }

    /// The images' normalised values, `[images, 3, size, size]`.
    private static func normalized(_ images: [[UInt8]], network: Network, timeSteps: Int) throws(Failure) -> [Float] {
        let size = network.inputSize
        let largest = network.features.reduce(1) { max($0, $1.neurons) }
        let limit = NetworkLimit.valuesPerCalibration / largest
        let (frames, overflow) = images.count.multipliedReportingOverflow(by: timeSteps)
        guard timeSteps > 0, timeSteps <= network.longestRun, frames > 0, !overflow, frames <= limit else {
            throw Failure(
                .unfitInput,
                "\(images.count.counted("image")) at \(timeSteps.counted("time step")) cannot calibrate this network: 1 to \(limit) in all can.",
                remedy: "Calibrate on a few images, such as 16.")
        }
        var planes = Array(repeating: Float(0), count: 3 * size * size)
        var values: [Float] = []
        for (index, image) in images.enumerated() {
            guard image.count == planes.count else {
                throw Failure(
                    .unfitInput, "Calibration image \(index + 1) has \(image.count) bytes, and this network reads \(size)x\(size)x3.",
                    remedy: "Preprocess the images for the network's input size.")
            }
            PixelNormalization.imageNet.normalize(image, into: &planes)
            values += planes
        }
        return values
    }
}
