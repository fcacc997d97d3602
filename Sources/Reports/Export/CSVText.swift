internal import Diagnostics

/// Fields of CSV.
enum CSVText {
    /// RFC 4180: fields with commas or quotes stand in quotes. What a spreadsheet would take for a formula has an apostrophe before it, and control
    /// characters are written out.
    static func quoted(_ text: String) -> String {
        let field = ("=+-@".unicodeScalars.contains(text.unicodeScalars.first ?? " ") ? "'" : "") + text.printable
        guard field.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 }) else { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }
}
