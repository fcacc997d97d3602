internal import Diagnostics
internal import Foundation

/// A file of settings: `name = value` a line, empty lines, and lines that begin with `#`.
///
/// A value is all that follows the equals sign, without the spaces around it; there is no quoting, and no comment behind a value.
struct SettingsFile {
    struct Entry: Equatable {
        var name: String
        var value: String
        var line: Int
    }

    let path: String
    let entries: [Entry]

    private static let maximumBytes = 1 << 20

    /// - Throws: `configuration.file`.
    init(path: String) throws {
        guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: Self.maximumBytes + 1) ?? Data() else {
            throw Failure(
                .configurationFile, "the configuration file \(path) cannot be read",
                remedy: "check its path, and that this user may read it")
        }
        try? file.close()
        guard data.count <= Self.maximumBytes, let text = String(validating: data, as: UTF8.self), !text.utf8.contains(0) else {
            throw Failure(.configurationFile, "\(path) is no text of at most 1 MB", remedy: "name a file of lines `name = value`")
        }
        try self.init(path: path, text: text)
    }

    /// - Throws: `configuration.file`, naming the line, never what stands there: it may be a secret.
    init(path: String, text: String) throws {
        self.path = path
        entries = try text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().compactMap { index, line in
            let line = line.trimmingCharacters(in: .whitespaces)
            guard !line.isEmpty, !line.hasPrefix("#") else { return nil }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2, !parts[0].isEmpty, parts[0].allSatisfy({ $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") })
            else {
                throw Failure(
                    .configurationFile, "line \(index + 1) of \(path) is no setting", remedy: "write name = value, such as threads = 16")
            }
            guard !parts[1].isEmpty else {
                throw Failure(
                    .configurationFile, "\(parts[0]) has no value in line \(index + 1) of \(path)",
                    remedy: "give it one, or begin the line with #")
            }
            return Entry(name: parts[0], value: parts[1], line: index + 1)
        }
    }
}

extension Failure.Code {
    /// The configuration file cannot be read, or a line of it is no setting.
    static let configurationFile = Self("configuration.file")
    /// The configuration file names a setting that there is not, or one twice.
    static let configurationSetting = Self("configuration.setting")
}
