import Diagnostics
import Networks

/// Finds every tensor of a network in a state dict.
struct NetworkMatching {
    /// Canonical name, shape and the tensor that holds it, in state dict order.
    private(set) var matches: [(specification: ParameterSpecification, tensor: StoredTensor)] = []
    /// What was left out.
    private(set) var notices: [String] = []

    /// Names of each kind listed in a message.
    private static let listed = 20

    /// - Throws: `checkpoint.mismatch` with all missing, surplus and mis-shaped tensors at once.
    init(_ state: StateDictionary, network: Network, context: FailureContext) throws(Failure) {
        let normalisations = Set(network.graph.normalisations.flatMap { [$0.weight, $0.bias, $0.mean, $0.variance] })
        var unused = Set(state.tensors.keys).union(state.otherNames)
            .filter { !$0.hasSuffix("num_batches_tracked") && !NetworkDetection.isProbe($0) }
            .subtracting(network.facts.unusedTensors)
        var missing: [String] = []
        var misshaped: [String] = []
        for specification in network.graph.parameterSpecifications {
            let name = ModulePrefix.removing(state.prefix, from: specification.name)
            let wrapped = normalisations.contains(specification.name) ? Self.synchronisedName(name) : nil
            let found = [name, wrapped].compactMap(\.self).first { state.tensors[$0] != nil }
            guard let found, let tensor = state.tensors[found] else {
                if unused.remove(name) != nil {
                    misshaped.append("\(specification.name) holds no tensor of real numbers")
                } else {
                    missing.append(specification.name)
                }
                continue
            }
            unused.remove(found)
            let isScalar = specification.role == .leak && tensor.count == 1
            if tensor.shape != specification.shape, !isScalar {
                misshaped.append("\(specification.name) is \(shapeText(tensor.shape)) and not \(shapeText(specification.shape))")
            } else if !tensor.elementType.isFloatingPoint {
                misshaped.append("\(specification.name) holds \(tensor.elementType.safetensorsName) and not floating-point numbers")
            } else {
                matches.append((specification, tensor))
            }
        }
        // A description says which tensors its network has; of a family's checkpoint every one has to be understood.
        let isComplete = missing.isEmpty && misshaped.isEmpty
        let leftOver = network.facts.family == nil ? unused.sorted() : SurplusEntries.leftOver(among: unused, of: state)
        unused.subtract(isComplete ? leftOver : [])
        notices = SurplusEntries.notice(leftOver).map { [$0] } ?? []
        guard isComplete, unused.isEmpty else {
            let complaints = [
                Self.complaint("missing", missing), Self.complaint("mis-shaped", misshaped),
                Self.complaint("surplus", unused.sorted().map { quoted($0) }),
            ]
            throw Failure(
                .checkpointMismatch,
                "\(context.fileName): the tensors do not make up the network that their shapes tell (\(Self.description(network))): "
                    + complaints.compactMap(\.self).joined(separator: "; "),
                remedy: "Give the whole state dict of one network.")
        }
    }

    private static func description(_ network: Network) -> String {
        let sizes = network.facts.sizes.map { "\($0.name) \($0.value)" } + ["image \(network.inputSize)"]
        return ([network.facts.family ?? "described"] + sizes).joined(separator: ", ")
    }

    /// The name below a normalisation that training wrapped once more: `<path>.0.<field>`.
    private static func synchronisedName(_ name: String) -> String? {
        guard let dot = name.lastIndex(of: ".") else { return nil }
        return "\(name[..<dot]).0\(name[dot...])"
    }

    private static func complaint(_ kind: String, _ items: [String]) -> String? {
        guard !items.isEmpty else { return nil }
        let rest = items.count > listed ? ", …" : ""
        return "\(items.count) \(kind): \(items.prefix(listed).joined(separator: ", "))\(rest)"
    }
}
