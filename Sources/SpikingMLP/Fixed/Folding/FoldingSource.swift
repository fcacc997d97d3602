package import Diagnostics

extension Failure.Code {
    /// A network's values are too large or too far apart for whole numbers of a few bits.
    package static let unfitWeights = Failure.Code("engine.unfit-weights")
}

/// Hands out a network's tensors while it is folded, the large ones once: what is folded is let go, so that memory holds one copy.
final class FoldingSource {
    let architecture: Architecture
    let normalization: PixelNormalization
    private let loader: ModuleLoader
    private var tensors: [String: Tensor]

    /// - Throws: `parameters.unusable`, `architecture.invalid`.
    init(_ parameters: consuming Parameters, normalization: PixelNormalization) throws(Failure) {
        var loader = try ModuleLoader(parameters)
        architecture = loader.architecture
        tensors = loader.removeTensors()
        self.normalization = normalization
        self.loader = loader
    }

    func group(_ name: String) -> Int { loader.group(name) }
    func layer(_ name: String) -> Int { loader.layer(name) }

    func tensor(_ name: String) -> Tensor {
        guard let tensor = tensors[name] else { preconditionFailure("the architecture has no \(name)") }
        return tensor
    }

    /// A tensor that nobody asks for again.
    func take(_ name: String) -> Tensor {
        guard let tensor = tensors.removeValue(forKey: name) else { preconditionFailure("\(name) was taken already") }
        return tensor
    }

    func values(_ name: String) -> [Double] { tensor(name).values.map(Double.init) }

    /// Scale and shift of a batch normalisation, without padding.
    func batchNorm(_ path: String) -> (scale: [Double], shift: [Double]) {
        let gamma = values("\(path).weight")
        let beta = values("\(path).bias")
        let mean = values("\(path).running_mean")
        let variance = values("\(path).running_var")
        let scale = zip(gamma, variance).map { $0 / ($1 + BatchNorm.epsilon).squareRoot() }
        return (scale, scale.indices.map { beta[$0] - mean[$0] * scale[$0] })
    }
}

extension Precision {
    /// Refuses a unit that leaves a threshold too few steps to tell potentials apart.
    func check(unit: Double, of part: String) throws(Failure) {
        guard unit.isFinite, unit >= coarsestThreshold else {
            let units = unit.isFinite ? Int(max(unit, 0)) : 0
            let reason = "its weights add up to so much more than the threshold that the threshold would be \(units) units"
            throw unfit(part, "\(reason), and at least \(Int(coarsestThreshold)) are needed")
        }
    }

    /// Refuses weights one unit of which moves a neuron by more than a fraction of its threshold.
    ///
    /// - Parameter step: what a unit is, in thresholds, where a token's scale is largest.
    func check(step: Double, of part: String) throws(Failure) {
        guard step <= coarsestStep else {
            let reason = "its largest weight and scale are so far above the threshold that its smallest step would be \(step) thresholds"
            throw unfit(part, "\(reason), and \(coarsestStep) at most can be")
        }
    }

    func unfit(_ part: String, _ reason: String, isInAnyPrecision: Bool = false) -> Failure {
        Failure(
            .unfitWeights, "The engine \(rawValue) cannot hold \(part): \(reason).",
            remedy: self == .fixed16 && !isInAnyPrecision ? "Use --engine fixed32 or float." : "Use --engine float.")
    }
}
