import CRdkafka
import Diagnostics
import Logging

/// A producer client, for one thread at a time.
final class ProducerConnection {
    let client: ClientHandle
    private let reports: QueueHandle
    private var topics: [String: TopicHandle] = [:]
    /// Names the next message towards librdkafka; never 0, never reused.
    private var nextToken: UInt = 1

    /// - Throws: `kafka.property`.
    init(_ configuration: KafkaConfiguration, logger: Logger) throws {
        let settings = try ClientSettings(
            configuration,
            defaults: [
                ("acks", "all"),
                ("enable.idempotence", "true"),
                ("linger.ms", "1"),
                ("delivery.timeout.ms", "15000"),
                ("topic.metadata.refresh.interval.ms", "10000"),
                ("reconnect.backoff.max.ms", "2000"),
                // A topic that vanished is made again by whoever knows how many partitions it is to have.
                ("allow.auto.create.topics", "false"),
            ])
        client = try ClientHandle(
            RD_KAFKA_PRODUCER, settings, events: RD_KAFKA_EVENT_DR, log: ClientLog(logger, configuration: configuration))
        guard let queue = rd_kafka_queue_get_main(client.pointer) else {
            throw Failure(.kafkaFatal, "librdkafka gave no queue for the producer")
        }
        reports = QueueHandle(queue, of: client)
    }

    /// Hands all messages to librdkafka, and waits for its reports.
    func deliver(_ messages: [OutgoingMessage], timeoutMilliseconds: Int) -> [Delivery] {
        let deadline = Deadline(in: .milliseconds(timeoutMilliseconds))
        let firstToken = nextToken
        nextToken += UInt(messages.count)
        var deliveries = [Delivery?](repeating: nil, count: messages.count)
        var waiting = 0
        for (index, message) in messages.enumerated() {
            var code = enqueue(message, token: firstToken + UInt(index))
            while code == RD_KAFKA_RESP_ERR__QUEUE_FULL, !deadline.isPast {
                waiting -= takeReports(into: &deliveries, firstToken: firstToken, milliseconds: 50)
                code = enqueue(message, token: firstToken + UInt(index))
            }
            if code == RD_KAFKA_RESP_ERR_NO_ERROR {
                waiting += 1
            } else {
                deliveries[index] = .failed(failure(message.topic, code))
            }
        }
        while waiting > 0, !deadline.isPast {
            waiting -= takeReports(into: &deliveries, firstToken: firstToken, milliseconds: 50)
        }
        return zip(messages, deliveries).map { message, delivery in
            delivery ?? .failed(failure(message.topic, RD_KAFKA_RESP_ERR__TIMED_OUT))
        }
    }

    /// Files the reports of one event under their messages; a report of an earlier call, which gave up waiting, is passed over.
    /// - Returns: how many messages of this call were reported on.
    private func takeReports(into deliveries: inout [Delivery?], firstToken: UInt, milliseconds: Int) -> Int {
        guard let event = reports.poll(milliseconds: milliseconds), event.kind == RD_KAFKA_EVENT_DR else { return 0 }
        var count = 0
        while let message = rd_kafka_event_message_next(event.pointer)?.pointee {
            let token = UInt(bitPattern: message._private)
            guard token >= firstToken, token - firstToken < UInt(deliveries.count) else { continue }
            count += 1
            deliveries[Int(token - firstToken)] =
                message.err == RD_KAFKA_RESP_ERR_NO_ERROR
                ? .acknowledged(partition: Int(message.partition), offset: message.offset)
                : .failed(failure(message.rkt.flatMap { rd_kafka_topic_name($0) }.map { String(cString: $0) } ?? "", message.err))
        }
        return count
    }

    private func enqueue(_ message: OutgoingMessage, token: UInt) -> rd_kafka_resp_err_t {
        guard let topic = topic(message.topic) else { return rd_kafka_last_error() }
        guard let partition = Int32(exactly: message.partition ?? Int(RD_KAFKA_PARTITION_UA)) else {
            return RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION
        }
        let result = (message.value ?? []).withUnsafeBytes { value in
            (message.key ?? []).withUnsafeBytes { key in
                rd_kafka_produce(
                    topic.pointer, partition, RD_KAFKA_MSG_F_COPY,
                    message.value == nil ? nil : UnsafeMutableRawPointer(mutating: value.baseAddress ?? emptyBytes), value.count,
                    message.key == nil ? nil : key.baseAddress ?? emptyBytes, key.count, UnsafeMutableRawPointer(bitPattern: token))
            }
        }
        return result == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error()
    }

    private func topic(_ name: String) -> TopicHandle? {
        if let known = topics[name] { return known }
        guard let made = rd_kafka_topic_new(client.pointer, name, nil) else { return nil }
        let handle = TopicHandle(made, of: client)
        topics[name] = handle
        return handle
    }

    private func failure(_ topic: String, _ code: rd_kafka_resp_err_t) -> Failure {
        let what = "a message to topic \(topic) was not acknowledged"
        return (code == RD_KAFKA_RESP_ERR__FATAL ? client.fatalFailure(what) : nil)
            ?? client.failure(what, code, otherwise: .kafkaDelivery)
    }
}

/// Stands for the address of an empty key or value, which Kafka tells from a null one.
nonisolated(unsafe) private let emptyBytes = UnsafeRawPointer(UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))

/// Owns a producer's topic (`rd_kafka_topic_t`), and keeps the client alive.
private final class TopicHandle {
    let pointer: OpaquePointer
    private let client: ClientHandle

    init(_ pointer: OpaquePointer, of client: ClientHandle) {
        self.pointer = pointer
        self.client = client
    }

    deinit {
        rd_kafka_topic_destroy(pointer)
    }
}
