/// The records of a pax header: "length key=value", each ended by a line feed, the length in decimal and its own.
struct PaxRecords {
    /// Values by key, of those keys that say where a member's bytes are or what it is called; an empty one takes back an earlier.
    private(set) var values: [String: [UInt8]] = [:]

    var path: [UInt8]? { values["path"] }
    var link: [UInt8]? { values["linkpath"] }
    /// Whether the member is stored without its holes.
    var isSparse: Bool { values["sparse"] != nil }

    /// The member's length, nil where no record says it.
    func size() throws -> Int? {
        guard let text = values["size"] else { return nil }
        guard (1...18).contains(text.count), text.allSatisfy({ (0x30...0x39).contains($0) }) else { throw Malformed() }
        return Int(String(decoding: text, as: UTF8.self))
    }

    struct Malformed: Error {}

    init() {}

    /// - Throws: ``Malformed``.
    init(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while let first = rest.first, first != 0 {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard (1...9).contains(digits.count), let length = Int(String(decoding: digits, as: UTF8.self)),
                length > digits.count + 2, length <= rest.count
            else { throw Malformed() }
            let record = rest.prefix(length)
            let body = record.dropFirst(digits.count + 1).dropLast()
            guard record[digits.endIndex] == 0x20, record.last == 0x0A, let equals = body.firstIndex(of: UInt8(ascii: "=")) else {
                throw Malformed()
            }
            let key = String(decoding: body[..<equals], as: UTF8.self)
            if ["path", "linkpath", "size"].contains(key) { values[key] = Array(body[(equals + 1)...]) }
            if key.hasPrefix("GNU.sparse.") || key == "SCHILY.realsize" { values["sparse"] = [1] }
            rest = rest.dropFirst(length)
        }
    }

    /// These records, with those of a single member above them.
    func overlaid(_ own: PaxRecords) -> PaxRecords {
        var result = self
        result.values.merge(own.values) { $1 }
        result.values = result.values.filter { !$1.isEmpty }
        return result
    }
}
