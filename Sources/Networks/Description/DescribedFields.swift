internal import Diagnostics

/// The fields of one JSON object; those that nobody asked for are refused, so that no misspelt one is overlooked.
struct DescribedFields {
    private let owner: String
    private let fields: [String: JSONValue]
    private var used: Set<String> = []

    /// - Parameter owner: whose fields these are, for messages.
    init(_ value: JSONValue, _ owner: String) throws(Failure) {
        guard case .object(let fields) = value else { throw Self.invalid("\(owner) is no object") }
        self.owner = owner
        self.fields = fields
    }

    static func invalid(_ reason: String) -> Failure {
        Failure(.invalidDescription, reason, remedy: NetworkDescription.remedy)
    }

    func refused(_ reason: String) -> Failure { Self.invalid("\(owner): \(reason)") }

    func finish() throws(Failure) {
        if let unknown = fields.keys.filter({ !used.contains($0) }).sorted().first {
            throw refused("it has an unknown field \(NetworkGraph.quoted(unknown))")
        }
    }

    mutating func value(_ name: String) throws(Failure) -> JSONValue {
        used.insert(name)
        guard let value = fields[name] else { throw refused("its field '\(name)' is missing") }
        return value
    }

    /// Nil where the field is missing or null.
    mutating func optional(_ name: String) -> JSONValue? {
        used.insert(name)
        guard let value = fields[name], value != .null else { return nil }
        return value
    }

    mutating func string(_ name: String) throws(Failure) -> String { try text(try value(name), name) }

    mutating func optionalString(_ name: String) throws(Failure) -> String? {
        guard let value = optional(name) else { return nil }
        return try text(value, name)
    }

    /// One of several words.
    mutating func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, default word: Word? = nil
    ) throws(Failure) -> Word where Word.RawValue == String {
        guard let value = optional(name) else {
            guard let word else { throw refused("its field '\(name)' is missing") }
            return word
        }
        guard case .string(let text) = value, let word = Word(rawValue: text) else {
            throw refused("'\(name)' has to be one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    mutating func bool(_ name: String) throws(Failure) -> Bool {
        guard case .bool(let value) = try value(name) else { throw refused("'\(name)' has to be true or false") }
        return value
    }

    mutating func number(_ name: String, default number: Double? = nil) throws(Failure) -> Double {
        if let number, optional(name) == nil { return number }
        guard case .number(let value) = try value(name) else { throw refused("'\(name)' has to be a number") }
        return value
    }

    mutating func integer(_ name: String, _ range: ClosedRange<Int>) throws(Failure) -> Int { try integer(try value(name), name, range) }

    mutating func optionalInteger(_ name: String, _ range: ClosedRange<Int>) throws(Failure) -> Int? {
        guard let value = optional(name) else { return nil }
        return try integer(value, name, range)
    }

    /// Rows and columns, `[height, width]`.
    mutating func extent(_ name: String, default extent: Extent2? = nil) throws(Failure) -> Extent2 {
        if let extent, optional(name) == nil { return extent }
        guard case .list(let items) = try value(name), items.count == 2 else { throw refused("'\(name)' has to be [rows, columns]") }
        let range = 0...NetworkLimit.kernel
        return Extent2(try integer(items[0], name, range), try integer(items[1], name, range))
    }

    mutating func strings(_ name: String, atMost limit: Int) throws(Failure) -> [String] {
        guard case .list(let items) = try value(name), items.count <= limit else {
            throw refused("'\(name)' has to be a list of at most \(limit) names")
        }
        var texts: [String] = []
        for item in items { texts.append(try text(item, name)) }
        return texts
    }

    private func text(_ value: JSONValue, _ name: String) throws(Failure) -> String {
        guard case .string(let text) = value, (1...1024).contains(text.utf8.count) else {
            throw refused("'\(name)' has to be a text of 1 to 1024 bytes")
        }
        return text
    }

    private func integer(_ value: JSONValue, _ name: String, _ range: ClosedRange<Int>) throws(Failure) -> Int {
        guard case .number(let number) = value, let integer = Int(exactly: number), range.contains(integer) else {
            throw refused("'\(name)' has to be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return integer
    }
}
