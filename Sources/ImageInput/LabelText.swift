/// Text of label files, in messages and as numbers.
package enum LabelText {
    /// At most 80 characters, control characters replaced.
    static func cut(_ text: some StringProtocol) -> String {
        let limit = 80
        var result = ""
        for (count, scalar) in text.unicodeScalars.enumerated() {
            guard count < limit else { return result + "…" }
            let category = scalar.properties.generalCategory
            result.unicodeScalars.append(category == .control || category == .format ? "\u{FFFD}" : scalar)
        }
        return result
    }

    /// Without the white space around it, of all of Unicode's kinds.
    static func trimmed(_ text: String) -> String {
        func isPlain(_ byte: UInt8?) -> Bool { byte.map { (0x21...0x7E).contains($0) } ?? true }
        if isPlain(text.utf8.first), isPlain(text.utf8.last) { return text }
        func isBlank(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isWhitespace || scalar.value == 0x200B || scalar.value == 0xFEFF
        }
        var scalars = Substring(text).unicodeScalars
        while let last = scalars.last, isBlank(last) { scalars.removeLast() }
        while let first = scalars.first, isBlank(first) { scalars.removeFirst() }
        return String(Substring(scalars))
    }

    /// A whole number, also as `3.0`, `3,0` and `3.000e+00`, as tables of floating-point numbers write it.
    package static func number(_ text: String) -> Int? {
        let text = trimmed(text)
        if let number = Int(text) { return number }
        guard let value = decimal(text), value.magnitude < 1e15, value == value.rounded() else { return nil }
        return Int(value)
    }

    /// A number with a point, a comma or a signed exponent. NaN for one comma before three digits, which may as well part thousands.
    static func decimal(_ text: String) -> Double? {
        let (comma, point) = (UInt8(ascii: ","), UInt8(ascii: "."))
        guard text.utf8.count <= 32, text.utf8.contains(where: { (0x30...0x39).contains($0) }),
            text.utf8.allSatisfy({ (0x2B...0x39).contains($0) || $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }),
            text.utf8.contains(where: { (0x2B...0x2E).contains($0) })
        else { return nil }
        guard let place = text.utf8.firstIndex(of: comma), !text.utf8.contains(point) else { return Double(text) }
        let behind = text.utf8[text.utf8.index(after: place)...]
        return behind.count == 3 ? .nan : Double(text.replacing(",", with: ".", maxReplacements: 1))
    }

    /// The keys of the outermost object of valid JSON, those that stand there twice included, which decoding drops.
    static func keyCount(ofObject bytes: [UInt8]) -> Int {
        var (count, depth, isText, isEscaped) = (0, 0, false, false)
        for byte in bytes {
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ":") where depth == 1: count += 1
            default: break
            }
        }
        return count
    }
}
