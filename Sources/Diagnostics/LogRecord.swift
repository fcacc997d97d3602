internal import FoundationEssentials
internal import Logging

/// One message with its fields, and how it looks as a line.
struct LogRecord {
    var time: Date
    var level: Logger.Level
    /// The program that logs.
    var program: String
    /// The module that logs, in lower case.
    var target: String
    var message: String
    var fields: Logger.Metadata

    private var timeText: String { time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }

    /// `TIME LEVEL PROGRAM: MESSAGE run=7 shard=133`; control characters are escaped, so that a record is a line.
    var text: String {
        let fields = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.quoted("\($0.value)"))" }.joined()
        return "\(timeText) \(level) \(program): \(Self.escaped(message, quotes: false))\(fields)"
    }

    /// A JSON object; fields stand beside `time`, `level`, `program`, `target` and `message`, numbers as numbers.
    var json: String {
        var members = [
            ("time", Self.string(timeText)), ("level", Self.string(level.rawValue)), ("program", Self.string(program)),
            ("target", Self.string(target)), ("message", Self.string(message)),
        ]
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) where !members.contains(where: { $0.0 == name }) {
            if case .stringConvertible(let number as any BinaryInteger) = value {
                members.append((name, "\(number)"))
            } else {
                members.append((name, Self.string("\(value)")))
            }
        }
        return "{" + members.map { "\(Self.string($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }

    private static func string(_ text: String) -> String { "\"" + escaped(text, quotes: true) + "\"" }

    /// The value of a field; in quotation marks where it would not be seen where it ends.
    private static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && !value.unicodeScalars.contains { $0 == " " || $0 == "\"" || $0 == "=" || $0.value < 0x20 }
        return isPlain ? value : string(value)
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": escaped += quotes ? "\\\(scalar)" : "\(scalar)"
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\t": escaped += "\\t"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x2028...0x2029).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
