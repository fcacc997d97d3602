import Diagnostics

/// The tokens of JSON that a safetensors header has: strings, unsigned integers, lists of these, punctuation.
struct JSONScanner {
    private let bytes: [UInt8]
    private let context: FailureContext
    private var position = 0

    init(_ bytes: [UInt8], context: FailureContext) {
        self.bytes = bytes
        self.context = context
    }

    /// Takes `character` where it is the next token; false leaves it.
    mutating func skip(_ character: Unicode.Scalar) throws(Failure) -> Bool {
        skipWhitespace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func expect(_ character: Unicode.Scalar) throws(Failure) {
        guard try skip(character) else { throw unexpected("'\(character)'") }
    }

    mutating func expectEnd() throws(Failure) {
        skipWhitespace()
        guard position == bytes.count else { throw unexpected("the end") }
    }

    mutating func integers(atMost limit: Int) throws(Failure) -> [Int] {
        var values: [Int] = []
        try expect("[")
        if try skip("]") { return values }
        repeat {
            guard values.count < limit else {
                throw context.malformed("the safetensors header has a list of more than \(limit) numbers at byte \(position)")
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
                throw context.malformed("the safetensors header has a number beyond 64 bits at byte \(start)")
            }
            value = sum
            position += 1
        }
        let hasLeadingZero = position > start + 1 && bytes[start] == 0x30
        guard position > start, !hasLeadingZero else { throw unexpected("an unsigned integer") }
        return value
    }

    mutating func string() throws(Failure) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw context.malformed("the safetensors header is not UTF-8 before byte \(position)")
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

    private mutating func skipWhitespace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
            position += 1
        }
    }

    private func unexpected(_ expected: String) -> Failure {
        context.malformed("the safetensors header is no valid header at byte \(min(position, bytes.count)): expected \(expected)")
    }
}
