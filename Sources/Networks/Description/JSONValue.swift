/// A value of JSON.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case list([JSONValue])
    case object([String: JSONValue])

    static let maximumDepth = 16
    static let maximumCount = 1 << 20
}
