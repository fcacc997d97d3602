/// The statements that a connection has prepared, by SQL text and parameter types, the least recently used forgotten first.
struct StatementCache {
    struct Key: Hashable {
        let sql: String
        let types: [UInt32]
    }

    /// Prepared statements take memory in the server, so their number is bounded.
    static let capacity = 200

    private var names: [Key: (name: String, lastUse: Int)] = [:]
    private var uses = 0
    private var created = 0
    /// Two connections of a pool never give different statements the same name.
    private let prefix = "evalctl_" + String(UInt64.random(in: .min ... .max), radix: 36)

    var count: Int { names.count }

    /// The server's name of a statement prepared before.
    mutating func name(of key: Key) -> String? {
        uses += 1
        guard let entry = names[key] else { return nil }
        names[key] = (entry.name, uses)
        return entry.name
    }

    /// A name not used before.
    mutating func newName() -> String {
        created += 1
        return "\(prefix)_\(created)"
    }

    /// Records a prepared statement.
    /// - Returns: The name of one that must be deallocated to make room.
    mutating func insert(_ key: Key, name: String) -> String? {
        var surplus: String?
        if names.count >= Self.capacity, let oldest = names.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            surplus = names.removeValue(forKey: oldest.key)?.name
        }
        uses += 1
        names[key] = (name, uses)
        return surplus
    }

    mutating func remove(_ key: Key) -> String? {
        names.removeValue(forKey: key)?.name
    }
}
