import CRdkafka
import Diagnostics
package import Logging

/// A member of a consumer group.
///
/// It belongs to one thread, which must keep calling ``poll(milliseconds:)`` whether it wants messages or not: a member that stops
/// polling is put out of the group. ``pauseIntake()`` keeps messages away meanwhile.
package final class KafkaConsumer {
    private let handle: ClientHandle
    private var isPaused = false
    private var isClosed = false
    private let logger: Logger

    /// Joins `group` and subscribes to `topics`.
    package init(_ configuration: KafkaConfiguration, group: String, topics: [String], logger: Logger) throws {
        self.logger = logger
        handle = try ClientHandle(
            .consumer, configuration,
            defaults: [
                ("group.id", group),
                ("partition.assignment.strategy", "cooperative-sticky"),
                ("enable.auto.commit", "false"),
                ("auto.offset.reset", "earliest"),
                ("session.timeout.ms", "10000"),
                ("heartbeat.interval.ms", "1000"),
                ("topic.metadata.refresh.interval.ms", "10000"),
                // Messages that were fetched and not handed out are dropped by a pause: keep few.
                ("queued.min.messages", "1"),
                ("queued.max.messages.kbytes", "1024"),
                ("fetch.wait.max.ms", "100"),
                ("allow.auto.create.topics", "false"),
            ], observer: ClientObserver(logger: logger)
        ) { conf in
            rd_kafka_conf_set_rebalance_cb(conf) { client, code, partitions, _ in
                guard let client, let partitions else { return }
                applyRebalance(code, partitions, to: client)
            }
        }
        rd_kafka_poll_set_consumer(handle.client)
        try withPartitionList(topics.map { ($0, RD_KAFKA_PARTITION_UA) }) { list in
            let code = rd_kafka_subscribe(handle.client, list)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw Failure(.kafkaTopic, "cannot subscribe to \(topics): \(explanation(of: code))", nativeCode: name(of: code))
            }
        }
    }

    /// The next message, or nil where none came within `milliseconds`.
    /// - Throws: `kafka.fatal` where the consumer has to be made anew. What passes by itself is logged and not thrown.
    package func poll(milliseconds: Int) throws -> KafkaMessage? {
        if isPaused { forEachAssigned { rd_kafka_pause_partitions(handle.client, $0) } }
        guard let raw = rd_kafka_consumer_poll(handle.client, Int32(milliseconds)) else { return nil }
        defer { rd_kafka_message_destroy(raw) }
        let message = raw.pointee
        guard message.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
            try handleError(message.err)
            return nil
        }
        return KafkaMessage(
            topic: message.rkt.flatMap { rd_kafka_topic_name($0) }.map { String(cString: $0) } ?? "",
            partition: Int(message.partition), offset: message.offset, key: bytes(message.key, message.key_len),
            value: bytes(message.payload, message.len))
    }

    private func handleError(_ code: rd_kafka_resp_err_t) throws {
        if code == RD_KAFKA_RESP_ERR__FATAL || rd_kafka_fatal_error(handle.client, nil, 0) != RD_KAFKA_RESP_ERR_NO_ERROR {
            throw Failure(
                .kafkaFatal, "the Kafka consumer cannot go on: \(explanation(of: code))", recovery: .transient,
                nativeCode: name(of: code))
        }
        if code != RD_KAFKA_RESP_ERR__PARTITION_EOF {
            logger.warning("kafka consumer: \(explanation(of: code))")
        }
    }

    private func bytes(_ pointer: UnsafeMutableRawPointer?, _ count: Int) -> [UInt8]? {
        pointer.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) }
    }

    /// Says that `message` and all before it in its partition need not be read again.
    package func commit(_ message: KafkaMessage) {
        withPartitionList([(message.topic, Int32(message.partition))]) { list in
            list.pointee.elems[0].offset = message.offset + 1
            let code = rd_kafka_commit(handle.client, list, 1)
            if code != RD_KAFKA_RESP_ERR_NO_ERROR {
                logger.debug("kafka consumer: commit: \(explanation(of: code))")
            }
        }
    }

    /// No message is handed out until ``resumeIntake()``, of partitions assigned meanwhile neither.
    package func pauseIntake() {
        isPaused = true
    }

    package func resumeIntake() {
        guard isPaused else { return }
        isPaused = false
        forEachAssigned { rd_kafka_resume_partitions(handle.client, $0) }
    }

    /// Partitions this member reads now.
    package var assignedPartitions: Int {
        var count = 0
        forEachAssigned { list in
            count = Int(list.pointee.cnt)
            return RD_KAFKA_RESP_ERR_NO_ERROR
        }
        return count
    }

    /// The newest error of the client, as librdkafka words it.
    package var lastError: String? { handle.observer.lastError }

    private func forEachAssigned(_ body: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> rd_kafka_resp_err_t) {
        var list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
        guard rd_kafka_assignment(handle.client, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return }
        defer { rd_kafka_topic_partition_list_destroy(list) }
        if list.pointee.cnt > 0 { _ = body(list) }
    }

    /// Leaves the group, so that its partitions go to others at once.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        rd_kafka_consumer_close(handle.client)
    }

    deinit {
        close()
    }
}

/// Calls `body` with a list of partitions, which lives only so long.
private func withPartitionList<Result>(
    _ partitions: [(topic: String, partition: Int32)],
    _ body: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) throws -> Result
) rethrows -> Result {
    guard let list = rd_kafka_topic_partition_list_new(Int32(partitions.count)) else { preconditionFailure("out of memory") }
    defer { rd_kafka_topic_partition_list_destroy(list) }
    for (topic, partition) in partitions { rd_kafka_topic_partition_list_add(list, topic, partition) }
    return try body(list)
}

/// Takes and gives up partitions as the group says; called on the thread that polls.
private func applyRebalance(
    _ code: rd_kafka_resp_err_t, _ partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>, to client: OpaquePointer
) {
    let isCooperative = rd_kafka_rebalance_protocol(client).map { String(cString: $0) } == "COOPERATIVE"
    switch code {
    case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS where isCooperative:
        rd_kafka_error_destroy(rd_kafka_incremental_assign(client, partitions))
    case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS where isCooperative:
        rd_kafka_error_destroy(rd_kafka_incremental_unassign(client, partitions))
    case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
        rd_kafka_assign(client, partitions)
    default:
        rd_kafka_assign(client, nil)
    }
}
