package import Diagnostics

extension Failure.Code {
    /// A checkpoint's values cannot be computed with.
    package static let unusableParameters = Failure.Code("parameters.unusable")
}

/// Hands out checked tensors, and the numbers of LIF groups and synaptic layers, while a network's modules are built.
struct ModuleLoader {
    let architecture: Architecture
    private var tensors: [String: Tensor]
    private let groups: [String: Int]
    private let layers: [String: Int]

    /// - Throws: `parameters.unusable` where a tensor is missing or mis-shaped, holds a value that is not finite, or a negative variance;
    ///   `architecture.invalid`.
    init(_ parameters: Parameters) throws(Failure) {
        architecture = parameters.architecture
        tensors = parameters.tensors
        try architecture.validate()
        for specification in architecture.parameterSpecifications {
            guard let tensor = tensors[specification.name], tensor.shape == specification.shape else {
                throw Self.unusable("\(specification.name) of shape \(specification.shape) is missing")
            }
            let lowest: Float = specification.name.hasSuffix(".running_var") ? 0 : -.greatestFiniteMagnitude
            guard tensor.values.allSatisfy({ $0 >= lowest && $0.isFinite }) else {
                throw Self.unusable("\(specification.name) holds a value that is not finite, or a negative variance")
            }
        }
        groups = Self.numbered(architecture.lifGroups.map(\.name))
        layers = Self.numbered(architecture.synapticLayers.map(\.name))
    }

    /// Hands over all tensors; the loader has none afterwards.
    mutating func removeTensors() -> [String: Tensor] {
        defer { tensors = [:] }
        return tensors
    }

    func tensor(_ name: String) -> Tensor {
        Self.known(name, in: tensors)
    }

    /// A vector's values, exactly.
    func values(_ name: String) -> [Double] {
        tensor(name).values.map(Double.init)
    }

    /// The number of a LIF group in ``Architecture/lifGroups``.
    func group(_ name: String) -> Int {
        Self.known(name, in: groups)
    }

    /// The number of a layer in ``Architecture/synapticLayers``.
    func layer(_ name: String) -> Int {
        Self.known(name, in: layers)
    }

    private static func known<Value>(_ name: String, in table: [String: Value]) -> Value {
        guard let value = table[name] else {
            preconditionFailure("the architecture has no \(name)")
        }
        return value
    }

    private static func numbered(_ names: [String]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })
    }

    private static func unusable(_ reason: String) -> Failure {
        Failure(
            .unusableParameters, "The network's weights cannot be used: \(reason).", remedy: "Load the checkpoint of a finished training.")
    }
}
