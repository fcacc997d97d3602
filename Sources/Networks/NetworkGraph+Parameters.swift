/// Name and shape of one tensor that a network needs.
package struct ParameterSpecification: Sendable, Hashable {
    /// What a tensor is for, as far as its values are checked and initialised by it.
    package enum Role: Sendable, Hashable {
        case weight
        /// Beside a weight with so many inputs an output.
        case bias(fanIn: Int)
        case normalisationWeight, normalisationBias, mean, variance
        case timeScale
        case leak
    }

    package var name: String
    package var shape: [Int]
    package var role: Role

    /// False for the running statistics of a normalisation, which are buffers and do not count as parameters.
    package var isTrainable: Bool { role != .mean && role != .variance }
    package var count: Int { shape.reduce(1, *) }
}

extension NetworkGraph {
    /// Every tensor the network needs, once, in the order of ``registered`` and within a node in PyTorch's.
    package var parameterSpecifications: [ParameterSpecification] {
        var seen: Set<String> = []
        return registered.flatMap { parameters(of: nodes[$0].operation) }.filter { seen.insert($0.name).inserted }
    }

    /// The number of trainable parameters (running statistics not counted).
    package var parameterCount: Int { parameterSpecifications.reduce(0) { $0 + ($1.isTrainable ? $1.count : 0) } }

    /// All normalisations with running statistics in the order of ``registered``.
    package var normalisations: [Normalisation] {
        registered.compactMap { index in
            guard case .normalisation(let normalisation) = nodes[index].operation else { return nil }
            return normalisation
        }
    }

    private func parameters(of operation: Operation) -> [ParameterSpecification] {
        func specification(_ name: String, _ role: ParameterSpecification.Role) -> ParameterSpecification {
            ParameterSpecification(name: name, shape: tensorShapes[name] ?? [], role: role)
        }
        func layer(_ weight: String, _ bias: String?) -> [ParameterSpecification] {
            let own = specification(weight, .weight)
            let fanIn = own.shape.dropFirst().reduce(1, *)
            return [own] + (bias.map { [specification($0, .bias(fanIn: fanIn))] } ?? [])
        }
        switch operation {
        case .convolution(let convolution): return layer(convolution.weight, convolution.bias)
        case .mix(let mixing): return layer(mixing.weight, mixing.bias)
        case .normalisation(let normalisation):
            let scale = normalisation.timeScale.map { [specification($0, .timeScale)] } ?? []
            return [specification(normalisation.weight, .normalisationWeight), specification(normalisation.bias, .normalisationBias)]
                + scale
                + [specification(normalisation.mean, .mean), specification(normalisation.variance, .variance)]
        case .neuron(let neuron):
            guard case .learned(let name) = neuron.leak else { return [] }
            return [specification(name, .leak)]
        default: return []
        }
    }

    /// The most time steps that the network has factors for; nil where it has none.
    package var longestTimeScale: Int? {
        normalisations.compactMap { $0.timeScale.flatMap { tensorShapes[$0] }?.reduce(1, *) }.min()
    }
}
