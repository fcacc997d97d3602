package import Diagnostics

/// The tokens of JSON, read strictly. Nothing recurses but ``value(depth:)``, which has limits.
package struct JSONScanner {
    private let bytes: [UInt8]
    /// What the bytes are, in messages.
    private let subject: String
    private let malformed: (String) -> Failure
    private var position = 0
    /// Values read by ``value(depth:)`` so far.
    private var values = 0

    package init(_ bytes: [UInt8], subject: String, malformed: @escaping (String) -> Failure) {
        self.bytes = bytes
        self.subject = subject
        self.malformed = malformed
    }

    /// Takes `character` where it is the next token; false leaves it.
    package mutating func skip(_ character: Unicode.Scalar) throws(Failure) -> Bool {
        skipWhitespace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    package mutating func expect(_ character: Unicode.Scalar) throws(Failure) {
        guard try skip(character) else { throw unexpected("'\(character)'") }
    }

    package mutating func expectEnd() throws(Failure) {
        skipWhitespace()
        guard position == bytes.count else { throw unexpected("the end") }
    }

    package mutating func integers(atMost limit: Int) throws(Failure) -> [Int] {
        var values: [Int] = []
        try expect("[")
        if try skip("]") { return values }
        repeat {
            guard values.count < limit else {
                throw malformed("\(subject) has a list of more than \(limit) numbers at byte \(position)")
            }
            values.append(try integer())
        } while try skip(",")
        try expect("]")
        return values
    }

    private mutating func integer() throws(Failure) -> Int {
        skipWhitespace()
        let start = position
        var value = 0
        while position < bytes.count, case let digit = bytes[position], (0x30...0x39).contains(digit) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(digit - 0x30))
            guard !overflow, !carry else {
                throw malformed("\(subject) has a number beyond 64 bits at byte \(start)")
            }
            value = sum
            position += 1
        }
        let hasLeadingZero = position > start + 1 && bytes[start] == 0x30
        guard position > start, !hasLeadingZero else { throw unexpected("an unsigned integer") }
        return value
    }

    package mutating func string() throws(Failure) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw malformed("\(subject) is not UTF-8 before byte \(position)")
                }
                return string
            case UInt8(ascii: "\\"): text += try escape()
            case 0..<0x20: throw unexpected("no control character in a string")
            default: text.append(byte)
            }
        }
        throw unexpected("the end of a string")
    }

    private mutating func escape() throws(Failure) -> [UInt8] {
        guard position < bytes.count else { throw unexpected("an escape") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): break
        default: throw unexpected("an escape")
        }
        var units = [try codeUnit()]
        if UTF16.isLeadSurrogate(units[0]) {
            guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u") else {
                throw unexpected("the second half of a surrogate pair")
            }
            position += 2
            units.append(try codeUnit())
        }
        guard let string = String(validating: units, as: UTF16.self) else { throw unexpected("a surrogate pair") }
        return Array(string.utf8)
    }

    private mutating func codeUnit() throws(Failure) -> UInt16 {
        guard bytes.count - position >= 4 else { throw unexpected("four hexadecimal digits") }
        var value: UInt16 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw unexpected("four hexadecimal digits") }
            value = value << 4 | UInt16(digit)
        }
        position += 4
        return value
    }

    /// Any value. Numbers have to be finite, keys of an object different.
    package mutating func value(depth: Int = 0) throws(Failure) -> JSONValue {
        values += 1
        guard depth <= JSONValue.maximumDepth, values <= JSONValue.maximumCount else {
            throw malformed("\(subject) nests too deeply or has too many values at byte \(position)")
        }
        skipWhitespace()
        switch position < bytes.count ? bytes[position] : 0 {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .list(try list(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func object(depth: Int) throws(Failure) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        try expect("{")
        if try skip("}") { return members }
        repeat {
            let key = try string()
            try expect(":")
            guard members.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
                throw malformed("\(subject) has a key twice in one object, before byte \(position)")
            }
        } while try skip(",")
        try expect("}")
        return members
    }

    private mutating func list(depth: Int) throws(Failure) -> [JSONValue] {
        var items: [JSONValue] = []
        try expect("[")
        if try skip("]") { return items }
        repeat { items.append(try value(depth: depth + 1)) } while try skip(",")
        try expect("]")
        return items
    }

    private mutating func literal(_ word: String, _ value: JSONValue) throws(Failure) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw unexpected("a value") }
        position += word.utf8.count
        return value
    }

    private mutating func number() throws(Failure) -> Double {
        let start = position
        while position < bytes.count, Array("+-.0123456789eE".utf8).contains(bytes[position]), position - start < 64 { position += 1 }
        let text = bytes[start..<position]
        let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text
        let isPlain = digits.first.map { (0x30...0x39).contains($0) } ?? false
        let hasLeadingZero = digits.count > 1 && digits.first == 0x30 && (0x30...0x39).contains(digits[digits.startIndex + 1])
        let endsInDot = zip(text, text.dropFirst() + [0]).contains { $0 == UInt8(ascii: ".") && !(0x30...0x39).contains($1) }
        guard isPlain, !hasLeadingZero, !endsInDot, let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else {
            position = start
            throw unexpected("a value")
        }
        return value
    }

    private mutating func skipWhitespace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
            position += 1
        }
    }

    private func unexpected(_ expected: String) -> Failure {
        malformed("\(subject) is malformed at byte \(min(position, bytes.count)): expected \(expected)")
    }
}
