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
        return "\(timeText) \(level) \(program): \(JSONText.escaped(message, quotes: false, where: String.isObeyed))\(fields)"
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

    private static func string(_ text: String) -> String { "\"" + JSONText.escaped(text, where: String.isObeyed) + "\"" }

    /// The value of a field; in quotation marks where it would not be seen where it ends.
    private static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && !value.unicodeScalars.contains { $0 == " " || $0 == "\"" || $0 == "=" || String.isObeyed($0) }
        return isPlain ? value : string(value)
    }
}
