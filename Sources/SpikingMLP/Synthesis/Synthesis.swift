package import Diagnostics

/// Makes networks with random weights whose batch normalisations fit given images, so that architectures can be run and measured where no trained weights exist.
package enum Synthesis {
    /// Random weights of an architecture, with running statistics measured layer by layer: each BN's mean and variance are those of its own input over
    /// all calibration images, positions and time steps, with every BN before it calibrated already.
    ///
    /// Convolution and linear layers get PyTorch's default initialisation, uniform within 1/sqrt(fan-in), biases as well; BN has gamma 1.
    /// The same arguments give the same bits on every machine.
    ///
    /// - Parameters:
    ///   - calibration: preprocessed images, RGB bytes `[size, size, 3]` each, at least one.
    ///   - normalizationShift: every BN's beta; above 0 neurons fire more often.
    ///   - progress: called with the number of batch normalisations calibrated so far and the number of all.
    /// - Returns: complete parameters; a PyTorch state dict has besides them an I64 scalar for each of ``Architecture/batchNormNames``.
    /// - Throws: `architecture.invalid`; `engine.unfit-input` for images of another size, too many of them, or a number of time steps that cannot be had.
    package static func parameters(
        architecture: Architecture, seed: UInt64, calibration images: [[UInt8]], timeSteps: Int, normalizationShift: Float = 0,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> Parameters {
        var parameters = try initialized(architecture, seed: seed, normalizationShift: normalizationShift)
        let network = try FloatNetwork(parameters)
        let input = try normalized(images, architecture: architecture, timeSteps: timeSteps)
        var maps = FloatNetwork.Maps(
            architecture: architecture, images: images.count, steps: timeSteps,
            calibration: Calibration(total: architecture.batchNormNames.count, progress: progress))
        _ = network.logits(input, &maps)
        let measured = maps.pass.calibration
        for (path, means) in measured?.means ?? [:] {
            parameters.tensors["\(path).running_mean"]?.values = means
        }
        for (path, variances) in measured?.variances ?? [:] {
            parameters.tensors["\(path).running_var"]?.values = variances
        }
        return parameters
    }

    /// Random weights with BN statistics as PyTorch starts them, mean 0 and variance 1.
    ///
    /// - Throws: `architecture.invalid`.
    package static func initialized(
        _ architecture: Architecture, seed: UInt64, normalizationShift: Float = 0
    ) throws(Failure) -> Parameters {
        try architecture.validate()
        var random = RandomSource(seed: seed)
        var tensors: [String: Tensor] = [:]
        let normalizations = Set(architecture.batchNormNames)
        var bound: Float = 0
        for specification in architecture.parameterSpecifications {
            let count = specification.shape.reduce(1, *)
            let (path, field) = split(specification.name)
            let values: [Float]
            if normalizations.contains(path) {
                values = Array(
                    repeating: field == "weight" || field == "running_var" ? 1 : field == "bias" ? normalizationShift : 0, count: count)
            } else {
                if field == "weight" {
                    bound = 1 / Float(specification.shape.dropFirst().reduce(1, *)).squareRoot()
                }
                values = (0..<count).map { _ in random.uniform(bound: bound) }
            }
            tensors[specification.name] = Tensor(shape: specification.shape, values: values)
        }
        return Parameters(architecture: architecture, tensors: tensors)
    }

    /// The images' normalised values, `[images, 3, size, size]`.
    private static func normalized(_ images: [[UInt8]], architecture: Architecture, timeSteps: Int) throws(Failure) -> [Float] {
        let size = architecture.imageSize
        let valuesPerStep = architecture.grid(stage: 0) * architecture.grid(stage: 0) * architecture.channels(stage: 0)
        let (frames, overflow) = images.count.multipliedReportingOverflow(by: timeSteps)
        guard timeSteps > 0, frames > 0, !overflow, frames <= Architecture.Limit.valuesPerCalibrationMap / valuesPerStep else {
            let limit = Architecture.Limit.valuesPerCalibrationMap / valuesPerStep
            throw Failure(
                .unfitInput, "\(images.count) images at \(timeSteps) time steps cannot calibrate this network: 1 to \(limit) in all can.",
                remedy: "Calibrate on a few images, such as 16.")
        }
        let normalization = PixelNormalization.imageNet
        var planes = Array(repeating: Float(0), count: 3 * size * size)
        var values: [Float] = []
        for (index, image) in images.enumerated() {
            guard image.count == planes.count else {
                throw Failure(
                    .unfitInput, "Calibration image \(index + 1) has \(image.count) bytes, and this network reads \(size)x\(size)x3.",
                    remedy: "Preprocess the images for the network's input size.")
            }
            normalization.normalize(image, into: &planes)
            values += planes
        }
        return values
    }

    /// `module.path.field` as path and field.
    private static func split(_ name: String) -> (path: String, field: String) {
        let dot = name.lastIndex(of: ".") ?? name.endIndex
        return (String(name[..<dot]), String(name[dot...].dropFirst()))
    }
}
