import Diagnostics
import SpikingMLP

/// Finds every tensor of an architecture in a state dict.
struct ParameterMatching {
    /// Canonical name and the tensor that holds it, in state dict order.
    private(set) var matches: [(name: String, tensor: StoredTensor)] = []
    /// What was left out.
    private(set) var notices: [String] = []

    /// Names of each kind listed in a message.
    private static let listed = 20

    /// - Throws: `checkpoint.mismatch` with all missing, surplus and mis-shaped tensors at once.
    init(_ state: StateDictionary, architecture: Architecture, context: FailureContext) throws(Failure) {
        let batchNorms = Set(architecture.batchNormNames)
        var unused = Set(state.tensors.keys).union(state.otherNames).filter { !$0.hasSuffix("num_batches_tracked") }
        var missing: [String] = []
        var misshaped: [String] = []
        for specification in architecture.parameterSpecifications {
            let name = specification.name
            let candidates = [name, ParameterMatching.synchronizedName(name, batchNorms)].compactMap(\.self)
            guard let storedName = candidates.first(where: { state.tensors[$0] != nil }), let tensor = state.tensors[storedName] else {
                missing.append(name)
                continue
            }
            unused.remove(storedName)
            if tensor.shape != specification.shape {
                misshaped.append("\(name) is \(shapeText(tensor.shape)) and not \(shapeText(specification.shape))")
            } else if !tensor.elementType.isFloatingPoint {
                misshaped.append("\(name) holds \(tensor.elementType.safetensorsName) and not floating-point numbers")
            } else {
                matches.append((name, tensor))
            }
        }
        let leftOver = SurplusEntries.leftOver(among: unused, of: state)
        unused.subtract(missing.isEmpty && misshaped.isEmpty ? leftOver : [])
        notices = SurplusEntries.notice(leftOver).map { [$0] } ?? []
        guard missing.isEmpty, misshaped.isEmpty, unused.isEmpty else {
            let complaints = [
                ParameterMatching.complaint("missing", missing), ParameterMatching.complaint("mis-shaped", misshaped),
                ParameterMatching.complaint("surplus", unused.sorted().map { quoted($0) }),
            ]
            throw Failure(
                .checkpointMismatch,
                "\(context.fileName): the tensors do not make up the network that their shapes tell "
                    + "(\(architecture.family.rawValue), dim \(architecture.dim), depths \(shapeText(architecture.depths)), "
                    + "image \(architecture.imageSize)): \(complaints.compactMap(\.self).joined(separator: "; "))",
                remedy: "Give the whole state dict of one network of the spe or plain family.")
        }
    }

    /// The name below a BN that training wrapped once more: `<bn>.0.<field>`.
    private static func synchronizedName(_ name: String, _ batchNorms: Set<String>) -> String? {
        guard let dot = name.lastIndex(of: "."), batchNorms.contains(String(name[..<dot])) else { return nil }
        return "\(name[..<dot]).0\(name[dot...])"
    }

    private static func complaint(_ kind: String, _ items: [String]) -> String? {
        guard !items.isEmpty else { return nil }
        let rest = items.count > listed ? ", …" : ""
        return "\(items.count) \(kind): \(items.prefix(listed).joined(separator: ", "))\(rest)"
    }
}
