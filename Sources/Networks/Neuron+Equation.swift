extension Neuron {
    /// The equation with its parameters, in words: `lif, tau 2, input decayed, threshold 1, hard reset to 0`.
    package var equation: String {
        var parts: [String]
        switch leak {
        case .none: parts = ["if"]
        case .tau(let tau): parts = ["lif", "tau \(Self.text(tau))", decaysInput ? "input decayed" : "input not decayed"]
        case .learned: parts = ["plif", "tau learned", decaysInput ? "input decayed" : "input not decayed"]
        }
        parts.append("threshold \(isStrict ? "> " : "")\(Self.text(threshold))")
        switch reset {
        case .hard(let value): parts.append("hard reset to \(Self.text(value))")
        case .soft: parts.append("soft reset")
        }
        return parts.joined(separator: ", ")
    }

    /// Shortly, with thirds as fractions.
    private static func text(_ number: Double) -> String {
        let thirds = number * 3
        if number != number.rounded(), abs(thirds - thirds.rounded()) < 1e-9, abs(thirds) < 1e6 { return "\(Int(thirds.rounded()))/3" }
        return number == number.rounded() && abs(number) < 1e9 ? "\(Int(number))" : "\(number)"
    }
}

extension Network {
    /// Every neuron equation that occurs, in words.
    package var neuronEquations: [String] {
        var equations: [String] = []
        for node in graph.nodes {
            guard case .neuron(let neuron) = node.operation, !equations.contains(neuron.equation) else { continue }
            equations.append(neuron.equation)
        }
        return equations
    }
}
