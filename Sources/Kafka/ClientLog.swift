import CRdkafka
import Diagnostics
import Logging
import Synchronization

/// Where a client's log lines go, and the last one that reported a problem.
///
/// librdkafka calls it from its own threads; the client that it is attached to keeps it alive.
final class ClientLog: Sendable {
    private let logger: Logger
    private let configuration: KafkaConfiguration
    private let problem = Mutex<String?>(nil)
    /// Of all clients of the program: one restart of a broker is noticed by every connection of each.
    private static let volume = Mutex(LogVolume())

    init(_ logger: Logger, configuration: KafkaConfiguration) {
        self.logger = logger
        self.configuration = configuration
    }

    /// The last error or warning that librdkafka logged, such as `Connect to ipv4#127.0.0.1:1 failed: Connection refused`.
    var lastProblem: String? { problem.withLock { $0 } }

    /// Makes this the log of every client made from `settings` (an `rd_kafka_conf_t`).
    func attach(to settings: OpaquePointer) {
        rd_kafka_conf_set_opaque(settings, Unmanaged.passUnretained(self).toOpaque())
        rd_kafka_conf_set_log_cb(settings) { client, severity, facility, text in
            guard let client, let opaque = rd_kafka_opaque(client) else { return }
            let log = Unmanaged<ClientLog>.fromOpaque(opaque).takeUnretainedValue()
            log.write(severity: severity, facility: facility.map(String.init(cString:)), text: text.map(String.init(cString:)))
        }
    }

    private func write(severity: Int32, facility: String?, text: String?) {
        let facility = facility ?? ""
        let line = configuration.withoutSecrets(text ?? "")
        let level = Self.level(severity: severity, facility: facility)
        if level >= .warning {
            problem.withLock { $0 = line }
        }
        guard level >= .notice || facility == "FAIL" else {
            return logger.log(level: level, "\(line)", metadata: ["facility": "\(facility)"], source: "librdkafka")
        }
        tell(level, line, metadata: ["facility": "\(facility)"], source: "librdkafka")
    }

    /// Logs a line, unless the program has logged enough of what its clients notice in this minute.
    func tell(_ level: Logger.Level, _ line: String, metadata: Logger.Metadata? = nil, source: String? = nil) {
        guard let left = Self.volume.withLock({ $0.admit(at: .now) }) else { return }
        let remark =
            left > 0 ? " (before it, \(left.counted("more line")) of Kafka's clients \(left.agreeing("was", "were")) left out)" : ""
        logger.log(level: level, "\(line)\(remark)", metadata: metadata, source: source)
    }

    /// Maps syslog severities to levels.
    ///
    /// A lost connection is logged by librdkafka as an error, and mended by itself. A property of the other kind of client (`CONFWARN`)
    /// is nothing at all, since all clients are made from one list of properties; nor is that a broker cannot be told not to make
    /// topics (`AUTOCREATE`).
    private static func level(severity: Int32, facility: String) -> Logger.Level {
        if facility == "CONFWARN" || facility == "AUTOCREATE" { return .debug }
        return switch severity {
        case ...2: .critical
        case 3: facility == "FAIL" ? .warning : .error
        case 4: .warning
        case 5: .notice
        case 6: .info
        default: .debug
        }
    }
}

/// Lets through a few lines a minute, and counts the others.
package struct LogVolume {
    package static let linesPerSpan = 2
    package static let span = Duration.seconds(60)

    package init() {}

    private var begin: ContinuousClock.Instant?
    private var lines = 0
    private var left = 0

    /// - Returns: how many lines were left out before this one; nil where this one is to be left out too.
    package mutating func admit(at now: ContinuousClock.Instant) -> Int? {
        if begin.map({ now - $0 >= Self.span }) ?? true {
            begin = now
            lines = 0
        }
        guard lines < Self.linesPerSpan else {
            left += 1
            return nil
        }
        lines += 1
        defer { left = 0 }
        return left
    }
}
