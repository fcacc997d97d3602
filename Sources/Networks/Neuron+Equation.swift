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

    private static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e9 ? "\(Int(number))" : "\(number)"
    }
}
