internal import Networks

extension NeuronPlan {
    /// The threshold in terms of a potential that takes the whole input: over the input's share.
    var threshold: Double { (neuron.threshold - resetValue) / inputShare }

    /// The part of an input that reaches the potential.
    var inputShare: Double { neuron.decaysInput && share > 0 ? share : 1 }

    var resetValue: Double { if case .hard(let value) = neuron.reset { value } else { 0 } }

    /// Whether the kernels of neurons behind a layer's sums are for it.
    var isPlain: Bool { share == 0.5 && neuron.reset == .hard(0) && scale == nil && !neuron.isStrict }
}

extension CurrentPlan {
    /// A layer whose normalisation belongs to the token, with nothing beside it, and plain neurons behind: they are divided by it.
    var isExpansion: Bool {
        guard !isStored, neurons.count == 1, neurons[0].isPlain, expression.terms.count == 1, expression.bias.allSatisfy({ $0 == 0 }) else {
            return false
        }
        return isTokenLayer(expression.terms[0])
    }

    /// The same beside a kept current.
    var isContraction: Bool {
        guard !isStored, neurons.count == 1, neurons[0].isPlain, expression.terms.count == 2, expression.bias.allSatisfy({ $0 == 0 }) else {
            return false
        }
        return kept != nil && expression.terms.contains(where: isTokenLayer)
    }

    /// A stored current that is added as it is.
    var kept: Int? {
        expression.terms.lazy.compactMap { term in
            if case .current(let node) = term.source, term.outer == nil { node } else { nil }
        }.first
    }

    private func isTokenLayer(_ term: Term) -> Bool {
        guard case .rows(_, nil, _) = term.source, let outer = term.outer else { return false }
        return outer.time.isEmpty && outer.scale.count > 1
    }
}
