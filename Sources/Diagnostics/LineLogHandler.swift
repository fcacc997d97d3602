internal import Foundation
package import Logging

/// How lines of a log look.
package enum LogFormat: String, CaseIterable, Sendable {
    case text, json
}

/// Writes each message to standard error as one line.
package struct LineLogHandler: LogHandler {
    private let program: String
    private let format: LogFormat
    private let levels: LogLevels
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]

    package init(program: String, format: LogFormat, levels: LogLevels) {
        self.program = program
        self.format = format
        self.levels = levels
        logLevel = levels.least
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        guard levels.includes(event.level, source: event.source) else { return }
        let record = LogRecord(
            time: Date(), level: event.level, program: program, target: event.source.lowercased(), message: "\(event.message)",
            fields: metadata.merging(event.metadata ?? [:]) { $1 })
        // A whole line at once: threads and programs that share the stream do not mix theirs.
        try? FileHandle.standardError.write(contentsOf: Data(((format == .json ? record.json : record.text) + "\n").utf8))
    }
}

extension Logger {
    /// A logger of a program's lines.
    package init(program: String, format: LogFormat, levels: LogLevels) {
        self.init(label: program, factory: { LineLogHandler(program: $0, format: format, levels: levels) })
    }
}
