/// The fields of a line of labels, quoted as in CSV (RFC 4180, no line breaks inside a field).
enum LabelFields {
    enum Separator: CaseIterable {
        case tab, comma, semicolon, blanks
        /// The last blanks alone, for files with blanks in their names.
        case lastBlanks
        /// The first blanks alone, for labels of several words.
        case firstBlanks

        /// Whether a line has two fields, however many blanks there are.
        var isPair: Bool { self == .lastBlanks || self == .firstBlanks }
    }

    /// The fields without the blanks around them, nil where the quotes do not match.
    static func split(_ line: Substring, at separator: Separator) -> [String]? {
        guard !separator.isPair else { return splitInTwo(line, atLast: separator == .lastBlanks) }
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

    private static func splitInTwo(_ line: Substring, atLast: Bool) -> [String] {
        func trimmed(_ text: Substring.UTF8View) -> String {
            var text = text
            while let last = text.last, isBlank(last) { text.removeLast() }
            while let first = text.first, isBlank(first) { text.removeFirst() }
            return String(Substring(text))
        }
        let text = trimmed(line.utf8)
        let blanks = text.utf8.indices.filter { isBlank(text.utf8[$0]) }
        guard let blank = atLast ? blanks.last : blanks.first else { return [text] }
        return [trimmed(text.utf8[..<blank]), trimmed(text.utf8[blank...])]
    }

    private static func isSeparator(_ byte: UInt8, _ separator: Separator) -> Bool {
        switch separator {
        case .tab: byte == 0x09
        case .comma: byte == UInt8(ascii: ",")
        case .semicolon: byte == UInt8(ascii: ";")
        case .blanks, .lastBlanks, .firstBlanks: isBlank(byte)
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
