package import Logging
import Synchronization

/// Keeps what is logged.
package final class LogRecorder: Sendable {
    private let level: Logger.Level
    private let recorded = Mutex<[String]>([])

    /// - Parameter level: what is below it is not kept.
    package init(_ level: Logger.Level = .warning) {
        self.level = level
    }

    package var lines: [String] { recorded.withLock { $0 } }

    package var logger: Logger { Logger(label: "test") { _ in Handler(recorder: self, logLevel: level) } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var logLevel: Logger.Level
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { recorder.recorded.withLock { $0.append("\(event.message)") } }
    }
}
