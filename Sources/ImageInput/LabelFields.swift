/// The fields of a line of labels, quoted as in CSV (RFC 4180, no line breaks inside a field).
enum LabelFields {
    enum Separator: CaseIterable {
        case tab, comma, semicolon, blanks
    }

    /// The fields without the blanks around them, nil where the quotes do not match.
    static func split(_ line: Substring, at separator: Separator) -> [String]? {
        let quote = UInt8(ascii: "\"")
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var wasQuoted = false
        func trimmed() -> String {
            guard !wasQuoted else { return String(decoding: field, as: UTF8.self) }
            let end = field.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? 0
            return String(decoding: field[..<end], as: UTF8.self)
        }
        var rest = line.utf8
        while let byte = rest.popFirst() {
            if isQuoted {
                if byte != quote {
                    field.append(byte)
                } else if rest.first == quote {
                    rest.removeFirst()
                    field.append(quote)
                } else {
                    isQuoted = false
                }
            } else if isSeparator(byte, separator) {
                if separator == .blanks, field.isEmpty, !wasQuoted { continue }
                fields.append(trimmed())
                (field, wasQuoted) = ([], false)
            } else if byte == quote, field.isEmpty, !wasQuoted {
                (isQuoted, wasQuoted) = (true, true)
            } else if isBlank(byte), field.isEmpty || wasQuoted {
                continue
            } else if wasQuoted {
                return nil
            } else {
                field.append(byte)
            }
        }
        if separator != .blanks || !field.isEmpty || wasQuoted { fields.append(trimmed()) }
        return isQuoted ? nil : fields
    }

    private static func isSeparator(_ byte: UInt8, _ separator: Separator) -> Bool {
        switch separator {
        case .tab: byte == 0x09
        case .comma: byte == UInt8(ascii: ",")
        case .semicolon: byte == UInt8(ascii: ";")
        case .blanks: isBlank(byte)
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
