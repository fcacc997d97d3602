import Diagnostics
import FoundationEssentials

extension KafkaConfiguration {
    /// Longest file of properties that is read, in bytes.
    private static let maximumFileBytes = 1 << 20

    /// Reads a file of properties: `name=value` a line, spaces around both left out; empty lines and lines that begin with `#` count for nothing.
    /// - Throws: `kafka.property`, naming the file and the line, never what stands there.
    package static func properties(ofFile path: String) throws -> [(name: String, value: String)] {
        guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int, size <= maximumFileBytes,
            let data = FileManager.default.contents(atPath: path), let text = String(validating: data, as: UTF8.self)
        else {
            throw Failure(
                .kafkaProperty, "the file of Kafka properties \(path) cannot be read, or is no text of at most 1 MB",
                remedy: "check its path and who may read it")
        }
        return try text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().compactMap { index, line in
            let line = trimmed(line)
            guard !line.isEmpty, !line.hasPrefix("#") else { return nil }
            guard let equals = line.firstIndex(of: "="), equals != line.startIndex else {
                throw Failure(
                    .kafkaProperty, "line \(index + 1) of \(path) is no Kafka property",
                    remedy: "write NAME=VALUE a line, such as security.protocol=SASL_SSL")
            }
            return (String(trimmed(line[..<equals])), String(trimmed(line[line.index(after: equals)...])))
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\r\n" }
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }
}
