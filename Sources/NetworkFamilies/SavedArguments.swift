internal import Networks

/// The scalars of a checkpoint's saved training arguments, by name.
package struct SavedArguments: Sendable, Hashable {
    private let values: [String: ArgumentValue]

    package init(_ values: [String: ArgumentValue] = [:]) { self.values = values }

    /// The time steps T of the training, under one of the names in use; nonsense counts as absent.
    package var timeSteps: Int? {
        for name in ["T", "time_steps", "timesteps", "time_step", "time_window", "num_steps", "steps"] {
            if let value = integer(name), (1...NetworkLimit.timeSteps).contains(value) { return value }
        }
        return nil
    }

    /// The first of `names` that is there as a text.
    func text(_ names: String...) -> String? {
        names.lazy.compactMap { name in if case .text(let text) = values[name] { text } else { nil } }.first
    }

    func integer(_ names: String...) -> Int? {
        for name in names {
            if case .integer(let value) = values[name] { return value }
        }
        return nil
    }

    func number(_ name: String) -> Double? {
        switch values[name] {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    func bool(_ name: String) -> Bool? { if case .bool(let value) = values[name] { value } else { nil } }

    /// The name of the function or class that made the network, lower case.
    var modelName: String? { text("model", "arch", "net")?.lowercased() }
}
