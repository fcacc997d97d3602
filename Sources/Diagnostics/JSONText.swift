/// The strings of JSON, for the few writers that know their own layout; everything else is encoded by `JSONEncoder`.
public enum JSONText {
    /// `text` in quotation marks, after RFC 8259.
    public static func quoted(_ text: String) -> String { "\"" + escaped(text) { $0.value < 0x20 } + "\"" }

    /// - Parameters:
    ///   - quotes: whether quotation marks and backslashes are escaped too.
    ///   - isHidden: the characters that are not written as they are.
    static func escaped(_ text: String, quotes: Bool = true, where isHidden: (Unicode.Scalar) -> Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": escaped += quotes ? "\\\(scalar)" : "\(scalar)"
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\t": escaped += "\\t"
            case _ where isHidden(scalar):
                let digits = String(scalar.value, radix: 16)
                escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
