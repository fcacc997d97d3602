import CRdkafka
import Diagnostics
import Synchronization

/// Owns one librdkafka client (`rd_kafka_t`), which is safe to use from several threads.
///
/// Queues and topics hold on to it, so it is destroyed last, on the thread that lets go of it: never one of librdkafka's.
final class ClientHandle: @unchecked Sendable {
    let pointer: OpaquePointer
    let log: ClientLog
    let configuration: KafkaConfiguration
    private let outlives = Atomic(false)

    /// Says whether the client has to be left as it is when this handle ends, with its threads: destroying it would end the process.
    func setOutliving(_ outlives: Bool) {
        self.outlives.store(outlives, ordering: .releasing)
    }

    /// See ``setOutliving(_:)``.
    var isOutliving: Bool { outlives.load(ordering: .acquiring) }

    /// - Throws: `kafka.property`.
    init(_ kind: rd_kafka_type_t, _ settings: consuming ClientSettings, events: Int32, log: ClientLog) throws {
        var settings = settings
        configuration = settings.configuration
        self.log = log
        pointer = try settings.makeClient(kind, events: events, log: log)
    }

    deinit {
        if isOutliving {
            // It goes on to log.
            _ = Unmanaged.passRetained(log)
            return
        }
        // One whose topic vanished may wait for its own threads for ever.
        let client = Leaving(pointer: pointer, log: log)
        let thread = NamedThread("kafka-destroy") {
            rd_kafka_destroy_flags(client.pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
            withExtendedLifetime(client.log) {}
        }
        _ = thread.join(until: Deadline(in: Self.destroyTime))
    }

    /// What librdkafka may take to end a client; it is left behind then.
    private static let destroyTime = Duration.seconds(3)

    /// What is needed of a client while it is destroyed.
    private struct Leaving: @unchecked Sendable {
        let pointer: OpaquePointer
        let log: ClientLog
    }

    /// The failure for something that librdkafka answered with `code`.
    ///
    /// - Parameters:
    ///   - what: what cannot be done, as the start of a sentence.
    ///   - fallback: the failure's code where the error is of no class of its own.
    ///   - reason: librdkafka's own words, where there are better ones than the code's.
    func failure(_ what: String, _ code: rd_kafka_resp_err_t, otherwise fallback: Failure.Code, reason: String? = nil) -> Failure {
        let kind = ErrorKind(code)
        if kind.concernsConnection, let problem = log.lastProblem, let refusal = ConnectionRefusal(of: problem, configuration) {
            return Failure(
                .kafkaAuthentication, "\(what): \(refusal.cause)", remedy: refusal.remedy, recovery: .permanent, nativeCode: name(of: code))
        }
        var cause = configuration.withoutSecrets(reason ?? explanation(of: code))
        if kind.concernsConnection, let problem = log.lastProblem {
            cause += "; last problem: \(problem)"
        }
        return Failure(
            kind.code ?? fallback, "\(what): \(cause)", remedy: kind.remedy, recovery: kind.recovery, nativeCode: name(of: code))
    }

    /// The error that broke this client for good, if one did.
    func fatalFailure(_ what: String) -> Failure? {
        var reason = [CChar](repeating: 0, count: 512)
        let code = rd_kafka_fatal_error(pointer, &reason, reason.count)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        let cause = configuration.withoutSecrets(String(nullTerminated: reason))
        return Failure(.kafkaFatal, "\(what): \(cause)", recovery: .transient, nativeCode: name(of: code))
    }
}

/// librdkafka's name of an error (`UNKNOWN_TOPIC_OR_PART`).
func name(of code: rd_kafka_resp_err_t) -> String { String(cString: rd_kafka_err2name(code)) }

/// librdkafka's sentence for an error.
func explanation(of code: rd_kafka_resp_err_t) -> String { String(cString: rd_kafka_err2str(code)) }

/// Owns one queue of a client (`rd_kafka_queue_t`), and keeps the client alive.
final class QueueHandle: @unchecked Sendable {
    let pointer: OpaquePointer
    private let client: ClientHandle

    /// - Parameter pointer: a queue that the caller obtained from `client` and hands over.
    init(_ pointer: OpaquePointer, of client: ClientHandle) {
        self.pointer = pointer
        self.client = client
    }

    deinit {
        rd_kafka_queue_destroy(pointer)
    }

    /// The next event, or nil when none came in time. Blocks.
    func poll(milliseconds: Int) -> Event? {
        guard let event = rd_kafka_queue_poll(pointer, Int32(clamping: max(0, milliseconds))) else { return nil }
        return Event(event)
    }
}

/// Owns one event taken from a queue (`rd_kafka_event_t`).
struct Event: ~Copyable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        rd_kafka_event_destroy(pointer)
    }

    var kind: Int32 { rd_kafka_event_type(pointer) }
    var error: rd_kafka_resp_err_t { rd_kafka_event_error(pointer) }
    var errorText: String { rd_kafka_event_error_string(pointer).map(String.init(cString:)) ?? "" }
}
