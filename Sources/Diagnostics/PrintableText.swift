extension String {
    /// The text with everything made visible that a terminal or a page would obey instead of showing: control characters, ends of lines, and marks
    /// that change the direction of writing. What stays is as it was.
    public var printable: String {
        if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return self }
        guard unicodeScalars.contains(where: Self.isObeyed) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            if Self.isObeyed(scalar) {
                text += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// Whether what shows text obeys the character instead of showing it.
    static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // C0, DEL and C1; marks, embeddings, overrides and isolates of direction; line and paragraph separators; annotations.
        case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x2028...0x2029, 0xFFF9...0xFFFB: true
        default: false
        }
    }
}
