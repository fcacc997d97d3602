import CRdkafka
import Diagnostics
import Logging
import Synchronization

/// A librdkafka client and what its callbacks need. The client is destroyed with it.
final class ClientHandle {
    enum Role {
        case consumer, producer
    }

    let client: OpaquePointer
    let observer: ClientObserver

    /// - Parameter configure: sets the callbacks of the role; librdkafka calls them on the thread that polls.
    init(
        _ role: Role, _ configuration: KafkaConfiguration, defaults: [(String, String)], observer: ClientObserver,
        configure: (OpaquePointer) -> Void = { _ in }
    ) throws {
        guard let conf = rd_kafka_conf_new() else { throw Failure(.kafkaFatal, "librdkafka gave no configuration") }
        let own = [("bootstrap.servers", configuration.bootstrapServers), ("client.id", configuration.clientID)]
        do {
            for (name, value) in own + defaults + configuration.properties.map({ ($0.name, $0.value) }) {
                try Self.set(conf, name, value)
            }
        } catch {
            rd_kafka_conf_destroy(conf)
            throw error
        }
        rd_kafka_conf_set_opaque(conf, Unmanaged.passUnretained(observer).toOpaque())
        rd_kafka_conf_set_log_cb(conf) { client, level, facility, text in
            ClientObserver.of(client)?.log(level: level, facility: facility, text: text)
        }
        rd_kafka_conf_set_error_cb(conf) { client, code, reason, _ in
            ClientObserver.of(client)?.noteError(rd_kafka_resp_err_t(rawValue: code), reason: reason)
        }
        configure(conf)
        var reason = [CChar](repeating: 0, count: 512)
        guard
            let client = rd_kafka_new(role == .consumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER, conf, &reason, reason.count)
        else {
            rd_kafka_conf_destroy(conf)
            throw Failure(
                .kafkaProperty, "librdkafka refused its configuration: \(text(of: reason))",
                remedy: "check the values given with --kafka-property")
        }
        self.client = client
        self.observer = observer
    }

    deinit {
        rd_kafka_destroy(client)
    }

    private static func set(_ conf: OpaquePointer, _ name: String, _ value: String) throws {
        var reason = [CChar](repeating: 0, count: 512)
        switch rd_kafka_conf_set(conf, name, value, &reason, reason.count) {
        case RD_KAFKA_CONF_OK: return
        case RD_KAFKA_CONF_UNKNOWN:
            throw Failure(
                .kafkaProperty, "librdkafka knows no property \(name)",
                remedy: "see librdkafka's CONFIGURATION.md for the names that version \(String(cString: rd_kafka_version_str())) knows")
        default:
            throw Failure(
                .kafkaProperty, "librdkafka refused the value of \(name)",
                remedy: "see librdkafka's CONFIGURATION.md for the values that \(name) takes")
        }
    }
}

/// Receives a client's log lines and errors, from any of librdkafka's threads.
final class ClientObserver: Sendable {
    private let logger: Logger
    private let last = Mutex<String?>(nil)

    init(logger: Logger) {
        self.logger = logger
    }

    /// The newest error of the client, as librdkafka words it.
    var lastError: String? { last.withLock { $0 } }

    static func of(_ client: OpaquePointer?) -> ClientObserver? {
        guard let client, let opaque = rd_kafka_opaque(client) else { return nil }
        return Unmanaged<ClientObserver>.fromOpaque(opaque).takeUnretainedValue()
    }

    func log(level: Int32, facility: UnsafePointer<CChar>?, text: UnsafePointer<CChar>?) {
        let line = "\(facility.map { String(cString: $0) } ?? ""): \(text.map { String(cString: $0) } ?? "")"
        switch level {
        case ...3: logger.error("\(line)")
        case 4: logger.warning("\(line)")
        case 5, 6: logger.info("\(line)")
        default: logger.debug("\(line)")
        }
    }

    func noteError(_ code: rd_kafka_resp_err_t, reason: UnsafePointer<CChar>?) {
        let text = reason.map { String(cString: $0) } ?? String(cString: rd_kafka_err2str(code))
        last.withLock { $0 = text }
        logger.debug("kafka: \(text)")
    }
}

func text(of buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// librdkafka's name of an error (`UNKNOWN_TOPIC_OR_PART`).
func name(of code: rd_kafka_resp_err_t) -> String { String(cString: rd_kafka_err2name(code)) }

func explanation(of code: rd_kafka_resp_err_t) -> String { String(cString: rd_kafka_err2str(code)) }
