/// A scalar of the saved training arguments.
package enum ArgumentValue: Sendable, Hashable {
    case integer(Int)
    case number(Double)
    case bool(Bool)
    case text(String)

    /// Bytes of a text that is kept.
    package static let maximumTextLength = 256

    /// As safetensors metadata has it.
    package var text: String {
        switch self {
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .bool(let value): "\(value)"
        case .text(let value): value
        }
    }

    /// What a text of safetensors metadata says.
    package init(text: String) {
        if let value = Int(text) {
            self = .integer(value)
        } else if let value = Double(text), value.isFinite {
            self = .number(value)
        } else if ["true", "false"].contains(text.lowercased()) {
            self = .bool(text.lowercased() == "true")
        } else {
            self = .text(text.utf8.count <= ArgumentValue.maximumTextLength ? text : String(text.prefix(ArgumentValue.maximumTextLength)))
        }
    }
}
