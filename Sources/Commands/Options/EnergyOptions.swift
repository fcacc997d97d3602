internal import ArgumentParser
internal import Diagnostics
internal import Evaluation
internal import EvaluationStore

/// Which energy an operation is taken to need.
struct EnergyOptions: ParsableArguments {
    @Option(help: "A table of energy costs: 45nm-float32, 45nm-float16, 45nm-int32, 45nm-int8, or one added to the table energy_costs.")
    var costs = EnergyCosts.defaultName

    @Option(
        name: .customLong("cost"), parsing: .unconditionalSingleValue,
        help: "A cost that overrides the table's: ac=PICOJOULES or mac=PICOJOULES. May be repeated.")
    var overrides: [String] = []

    func validate() throws { _ = try parsed() }

    private func parsed() throws -> [(operation: String, picojoules: Double)] {
        try overrides.map { text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, ["ac", "mac"].contains(parts[0]), let value = Double(parts[1]), value.isFinite, value >= 0 else {
                throw ValidationError("--cost takes ac=PICOJOULES or mac=PICOJOULES, not \(text)")
            }
            return (parts[0], value)
        }
    }

    /// The table with its overrides; overridden ones are told apart by their name.
    func costs(_ store: EvaluationStore) throws -> EnergyCosts {
        var costs = try store.answers.energyCosts(named: costs)
        for (operation, picojoules) in try parsed() {
            if operation == "ac" { costs.ac = picojoules } else { costs.mac = picojoules }
        }
        if !overrides.isEmpty { costs.name += " with " + overrides.joined(separator: ", ") }
        return costs
    }
}
