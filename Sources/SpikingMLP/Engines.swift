package import Diagnostics

extension Failure.Code {
    /// This program has no engine of that name.
    package static let unknownEngine = Failure.Code("engine.unknown")
}

/// The engines this program has, by the names that runs record.
package enum Engines {
    package static let defaultName = "fixed32"
    /// Names without a suffix; the fixed-point ones may have one for their weight bits, such as `fixed16-w8`.
    package static let names = ["fixed32", "fixed16", "float"]

    /// - Throws: `engine.unknown`.
    package static func check(_ name: String) throws(Failure) {
        guard name == "float" || FixedPointFormat(name: name) != nil else {
            throw Failure(
                .unknownEngine, "There is no engine \(name).",
                remedy: "Choose one of \(names.joined(separator: ", ")), with weights of 6 to 16 bits as in fixed16-w8.",
                recovery: .transient)
        }
    }

    /// - Parameters:
    ///   - parameters: let go while they are folded.
    ///   - normalization: of the pixels that the engine is given.
    /// - Throws: `engine.unknown`, `engine.unknown-kernels`; what the engines throw for parameters that they cannot use.
    package static func make(
        _ name: String, parameters: consuming Parameters, normalization: PixelNormalization = .imageNet
    ) throws -> any InferenceEngine {
        try check(name)
        guard let format = FixedPointFormat(name: name) else { return try FloatEngine(parameters, normalization: normalization) }
        let kernels = try KernelSelection.kernels(laneBits: format.precision.laneBits)
        return try FixedEngine(parameters, format: format, kernels: kernels, normalization: normalization)
    }

    /// The name of an engine with weights of so many bits.
    ///
    /// - Throws: `engine.unknown` where the engine has no such weights.
    package static func name(_ engine: String, weightBits: Int?) throws(Failure) -> String {
        let name = weightBits.map { "\(engine)-w\($0)" } ?? engine
        try check(name)
        return name
    }
}
