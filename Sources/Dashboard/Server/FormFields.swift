internal import Foundation

/// The fields of an `application/x-www-form-urlencoded` text; of a name that comes twice the last one.
struct FormFields {
    private var fields: [String: String] = [:]

    /// No fields.
    init() {}

    /// Nil where the text is no such one.
    init?(parsing text: String) {
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), let value = Self.decoded(parts.count > 1 ? parts[1] : "") else { return nil }
            fields[name] = value
        }
    }

    subscript(name: String) -> String? { fields[name] }

    private static func decoded(_ text: Substring) -> String? {
        text.replacingOccurrences(of: "+", with: " ").removingPercentEncoding
    }
}
