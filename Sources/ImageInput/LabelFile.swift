import Diagnostics

/// A text file of labels: its lines without their ends, each with its number from 1. Empty lines are left out.
struct LabelFile {
    struct Line {
        var number: Int
        var text: Substring
    }

    let path: String
    let lines: [Line]

    private static let byteLimit = 256 << 20

    /// - Throws: `dataset.labelList`.
    init(path: String) throws {
        self.path = path
        var bytes: [UInt8]
        do {
            let reader = try FileReader(path: path, limit: Self.byteLimit)
            bytes = [UInt8](repeating: 0, count: reader.byteCount)
            let count = try bytes.withUnsafeMutableBytes { try reader.read(into: $0) }
            bytes.removeLast(bytes.count - count)
        } catch {
            throw Failure(.labelList, "The label list \(path) cannot be read", cause: error)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.labelList, "The label list \(path) is not UTF-8 text.", remedy: "Save it as UTF-8.")
        }
        let content = text.unicodeScalars.first == "\u{FEFF}" ? Substring(text.unicodeScalars.dropFirst()) : Substring(text)
        lines = content.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            let text = Substring(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
            return text.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 } ? nil : Line(number: index + 1, text: text)
        }
    }

    /// A failure about one line.
    func failure(line: Line, _ what: String, remedy: String) -> Failure {
        Failure(.labelList, "\(path), line \(line.number): \(what).", remedy: remedy)
    }

    /// Each line as two comma-separated fields (RFC 4180 quoting, no line breaks inside a field).
    /// - Throws: `dataset.labelList`.
    func pairs() throws -> [(line: Int, name: String, value: String)] {
        try lines.map { line in
            guard let fields = Self.fields(of: line.text), fields.count == 2 else {
                throw failure(
                    line: line, "two comma-separated fields are needed", remedy: "Write a file name, a comma and a label on each line.")
            }
            return (line.number, fields[0], fields[1])
        }
    }

    /// The fields of one CSV line, nil where its quotes do not match.
    private static func fields(of line: Substring) -> [String]? {
        let quote = UInt8(ascii: "\"")
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var wasQuoted = false
        var rest = line.utf8
        while let byte = rest.popFirst() {
            switch byte {
            case quote where isQuoted && rest.first == quote:
                rest.removeFirst()
                field.append(quote)
            case quote where isQuoted || (field.isEmpty && !wasQuoted):
                isQuoted.toggle()
                wasQuoted = true
            case UInt8(ascii: ",") where !isQuoted:
                fields.append(String(decoding: field, as: UTF8.self))
                field = []
                wasQuoted = false
            case _ where wasQuoted && !isQuoted:
                return nil
            default:
                field.append(byte)
            }
        }
        fields.append(String(decoding: field, as: UTF8.self))
        return isQuoted ? nil : fields
    }
}
