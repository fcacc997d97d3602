import CRdkafka
import Diagnostics
package import Logging

/// An idempotent producer that waits until every in-sync replica has a message (`acks=all`).
///
/// It belongs to one thread at a time; all calls block.
package final class KafkaProducer {
    private let handle: ClientHandle
    private let logger: Logger
    private var topics: [String: OpaquePointer] = [:]

    package init(_ configuration: KafkaConfiguration, logger: Logger) throws {
        self.logger = logger
        handle = try ClientHandle(
            .producer, configuration,
            defaults: [
                ("acks", "all"),
                ("enable.idempotence", "true"),
                ("linger.ms", "2"),
                ("delivery.timeout.ms", "15000"),
                ("allow.auto.create.topics", "false"),
            ], observer: ClientObserver(logger: logger)
        ) { conf in
            rd_kafka_conf_set_dr_msg_cb(conf) { _, message, _ in
                guard let message, let opaque = message.pointee._private else { return }
                Unmanaged<Delivery>.fromOpaque(opaque).takeRetainedValue().code = message.pointee.err
            }
        }
    }

    /// Sends messages and waits for their acknowledgements.
    /// - Returns: for each message whether it was acknowledged. One that was not may have arrived all the same.
    /// - Throws: `kafka.fatal` where the producer has to be made anew.
    package func send(_ messages: [OutgoingMessage], timeoutMilliseconds: Int = 20_000) throws -> [Bool] {
        let deliveries = try messages.map(enqueue)
        var waited = 0
        while deliveries.contains(where: { $0.code == nil }), waited < timeoutMilliseconds {
            rd_kafka_poll(handle.client, 100)
            waited += 100
            if rd_kafka_outq_len(handle.client) == 0 { rd_kafka_poll(handle.client, 0) }
        }
        let fatal = rd_kafka_fatal_error(handle.client, nil, 0)
        guard fatal == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw Failure(
                .kafkaFatal, "the Kafka producer cannot go on: \(explanation(of: fatal))", recovery: .transient,
                nativeCode: name(of: fatal))
        }
        for delivery in deliveries {
            guard let code = delivery.code, code != RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
            logger.warning("kafka producer: a message was not delivered: \(explanation(of: code))")
        }
        return deliveries.map { $0.code == RD_KAFKA_RESP_ERR_NO_ERROR }
    }

    private func enqueue(_ message: OutgoingMessage) throws -> Delivery {
        let delivery = Delivery()
        let topic = try topicHandle(message.topic)
        while true {
            let opaque = Unmanaged.passRetained(delivery).toOpaque()
            let refused = message.value.withUnsafeBytes { value in
                (message.key ?? []).withUnsafeBytes { key in
                    rd_kafka_produce(
                        topic, message.partition.map(Int32.init) ?? RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                        UnsafeMutableRawPointer(mutating: value.baseAddress), value.count, message.key == nil ? nil : key.baseAddress,
                        key.count, opaque)
                }
            }
            if refused == 0 { return delivery }
            Unmanaged<Delivery>.fromOpaque(opaque).release()
            let code = rd_kafka_last_error()
            if code == RD_KAFKA_RESP_ERR__QUEUE_FULL {
                rd_kafka_poll(handle.client, 100)
                continue
            }
            delivery.code = code
            return delivery
        }
    }

    private func topicHandle(_ name: String) throws -> OpaquePointer {
        if let known = topics[name] { return known }
        guard let made = rd_kafka_topic_new(handle.client, name, nil) else {
            let code = rd_kafka_last_error()
            throw Failure(.kafkaTopic, "topic \(name) cannot be used: \(explanation(of: code))")
        }
        topics[name] = made
        return made
    }

    deinit {
        rd_kafka_flush(handle.client, 1000)
        for topic in topics.values { rd_kafka_topic_destroy(topic) }
    }
}

/// What became of one message; librdkafka holds it until it tells.
private final class Delivery {
    var code: rd_kafka_resp_err_t?
}
