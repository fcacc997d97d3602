import Diagnostics

/// A text file of labels: its lines without their ends, each with its number from 1. Empty lines are left out.
struct LabelFile {
    struct Line {
        var number: Int
        var text: Substring
    }

    let path: String
    let lines: [Line]

    private static let byteLimit = 128 << 20
    private static let lineLimit = 4_000_000
    /// Bytes of a line.
    private static let lineByteLimit = 1 << 16

    /// - Throws: `dataset.labelList`.
    init(path: String) throws {
        self.path = path
        let text = try Self.text(of: path)
        let newLine = text.utf8.contains(UInt8(ascii: "\n")) ? UInt8(ascii: "\n") : UInt8(ascii: "\r")
        var lines: [Line] = []
        var rest = text[...].utf8
        var number = 0
        while !rest.isEmpty {
            number += 1
            let end = rest.firstIndex(of: newLine)
            var line = rest[..<(end ?? rest.endIndex)]
            rest = end.map { rest[rest.index(after: $0)...] } ?? rest[rest.endIndex...]
            if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
            guard line.count <= Self.lineByteLimit else {
                throw Failure(
                    .labelList, "\(path), line \(number): it has \(line.count) bytes, and \(Self.lineByteLimit) at most are read.",
                    remedy: "Check that it is a list of labels.")
            }
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
            guard lines.count < Self.lineLimit else {
                throw Failure(.labelList, "\(path) has more than \(Self.lineLimit) lines.", remedy: "Check that it is a list of labels.")
            }
            lines.append(Line(number: number, text: Substring(line)))
        }
        // Spreadsheets tell each other the separator in a line of its own: sep=;
        if let first = lines.first?.text.lowercased(), first.hasPrefix("sep="), first.utf8.count <= 5 { lines.removeFirst() }
        self.lines = lines
    }

    /// The file's text: UTF-8, or UTF-16 with or without its mark.
    private static func text(of path: String) throws -> String {
        var bytes: [UInt8]
        do {
            let reader = try FileReader(path: path, limit: Self.byteLimit)
            bytes = [UInt8](repeating: 0, count: reader.byteCount)
            let count = try bytes.withUnsafeMutableBytes { try reader.read(into: $0) }
            bytes.removeLast(bytes.count - count)
        } catch {
            throw Failure(.labelList, "The label list \(path) cannot be read", cause: error)
        }
        if let (isLittle, start) = wideOrder(of: bytes) {
            let units = stride(from: start, to: bytes.count - 1, by: 2).map { place in
                let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
                return isLittle ? second << 8 | first : first << 8 | second
            }
            if bytes.count.isMultiple(of: 2), let text = String(validating: units, as: UTF16.self) { return text }
        } else if let text = String(validating: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...], as: UTF8.self) {
            return text
        }
        throw Failure(.labelList, "The label list \(path) is neither UTF-8 nor UTF-16 text.", remedy: "Save it as UTF-8.")
    }

    /// Whether text is UTF-16, in which byte order, and where it begins. Without a mark the zero bytes of its ASCII characters tell.
    private static func wideOrder(of bytes: [UInt8]) -> (isLittle: Bool, start: Int)? {
        if bytes.starts(with: [0xFF, 0xFE]) { return (true, 2) }
        if bytes.starts(with: [0xFE, 0xFF]) { return (false, 2) }
        var zeros = [0, 0]
        for (place, byte) in bytes.prefix(4096).enumerated() where byte == 0 { zeros[place % 2] += 1 }
        return zeros == [0, 0] ? nil : (zeros[1] > zeros[0], 0)
    }

    /// A failure about one line.
    func failure(line: Line, _ what: String, remedy: String) -> Failure {
        Failure(.labelList, "\(path), line \(line.number): \(what).", remedy: remedy)
    }

    /// Each line as two comma-separated fields, without the blanks around them.
    /// - Throws: `dataset.labelList`.
    func pairs() throws -> [(line: Int, name: String, value: String)] {
        try lines.map { line in
            guard let fields = LabelFields.split(line.text, at: .comma), fields.count == 2 else {
                throw failure(
                    line: line, "two comma-separated fields are needed", remedy: "Write a file name, a comma and a label on each line.")
            }
            return (line.number, fields[0], fields[1])
        }
    }
}
