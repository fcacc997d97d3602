import Networks

/// The scalars of a checkpoint's saved training arguments, by name.
package struct SavedArguments: Sendable, Hashable {
    package enum Value: Sendable, Hashable {
        case integer(Int)
        case number(Double)
        case bool(Bool)
        case text(String)
    }

    private let values: [String: Value]

    package init(_ values: [String: Value] = [:]) { self.values = values }

    /// The first of `names` that is there as a text.
    func text(_ names: String...) -> String? {
        names.lazy.compactMap { name in if case .text(let text) = values[name] { text } else { nil } }.first
    }

    func integer(_ names: String...) -> Int? {
        names.lazy.compactMap { name in if case .integer(let value) = values[name] { value } else { nil } }.first
    }

    func number(_ names: String...) -> Double? {
        names.lazy.compactMap { name in
            switch values[name] {
            case .integer(let value): Double(value)
            case .number(let value): value
            default: nil
            }
        }.first
    }

    func bool(_ names: String...) -> Bool? {
        names.lazy.compactMap { name in if case .bool(let value) = values[name] { value } else { nil } }.first
    }

    /// The time steps T of the training, under one of the names in use; nonsense counts as absent.
    var timeSteps: Int? {
        integer("T", "time_steps", "timesteps", "time_step", "time_window", "num_steps").flatMap {
            (1...NetworkLimit.timeSteps).contains($0) ? $0 : nil
        }
    }

    /// The name of the function or class that made the network, lower case.
    var modelName: String? { text("model", "arch", "net")?.lowercased() }
}
