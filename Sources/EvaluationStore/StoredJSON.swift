internal import Diagnostics
internal import FoundationEssentials
internal import Postgres

/// JSON that the database keeps.
package enum StoredJSON {
    static func text(_ value: some Encodable) throws -> String { String(decoding: try JSONEncoder().encode(value), as: UTF8.self) }

    /// - Parameter what: what the text says, as the start of a sentence.
    /// - Throws: `database.unexpected_result` where this version does not read what another one wrote.
    package static func decode<Value: Decodable>(_ type: Value.Type, from text: String, what: String) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw Failure(
                .databaseUnexpectedResult, "\(what) is stored in a form that this version does not read",
                remedy: "use the version that stored it, or a later one", cause: error)
        }
    }
}
