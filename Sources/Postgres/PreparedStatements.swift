import Diagnostics
import Glibc

/// Whether statements are prepared, as the environment has it.
enum PreparedStatements {
    static let variable = "EVALCTL_PREPARED_STATEMENTS"

    /// - Returns: `nil` where the environment says nothing.
    /// - Throws: `database.invalid_value` for another value than `on` and `off`.
    static func setting() throws -> Bool? {
        guard let value = getenv(variable).map({ String(cString: $0) }), !value.isEmpty else { return nil }
        switch value {
        case "on": return true
        case "off": return false
        default: throw Failure(.databaseInvalidValue, "\(variable) is neither on nor off", remedy: "set it to one of them, or not at all")
        }
    }
}
