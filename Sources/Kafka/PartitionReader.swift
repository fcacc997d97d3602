import CRdkafka
import Diagnostics
package import Logging

/// Reads what is written to all partitions of a topic from now on, without a consumer group.
///
/// For a worker that has no partitions: its group is being reshaped, does not come about, or has more members than partitions. Others read the same
/// messages, so it may only be used where reading one twice does no harm. For one thread at a time; it commits nothing.
package final class PartitionReader {
    private let client: ClientHandle
    private let queue: QueueHandle
    private let maximumMessageBytes: Int

    /// - Throws: `kafka.property`; `kafka.unreachable` where no broker tells of the topic in time; `kafka.topic` where there is none.
    package init(
        _ configuration: KafkaConfiguration, topic: String, maximumMessageBytes: Int = 1 << 20, timeoutMilliseconds: Int = 2000,
        logger: Logger
    ) throws {
        self.maximumMessageBytes = maximumMessageBytes
        let settings = try ClientSettings(
            configuration,
            defaults: [
                ("group.id", "\(topic).without-group"), ("enable.auto.commit", "false"), ("auto.offset.reset", "latest"),
                ("queued.max.messages.kbytes", "1024"), ("reconnect.backoff.max.ms", "2000"), ("allow.auto.create.topics", "false"),
            ])
        client = try ClientHandle(
            RD_KAFKA_CONSUMER, settings, events: RD_KAFKA_EVENT_FETCH | RD_KAFKA_EVENT_ERROR,
            log: ClientLog(logger, configuration: configuration))
        rd_kafka_poll_set_consumer(client.pointer)
        guard let pointer = rd_kafka_queue_get_consumer(client.pointer) else {
            throw Failure(.kafkaFatal, "librdkafka gave no queue to read topic \(topic)")
        }
        queue = QueueHandle(pointer, of: client)
        let count = try Self.partitions(of: topic, client, timeoutMilliseconds: timeoutMilliseconds)
        let list = PartitionList(
            (0..<count).map { (KafkaPartition(topic: topic, partition: $0), Int64(RD_KAFKA_OFFSET_END)) })
        let code = rd_kafka_assign(client.pointer, list.pointer)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw client.failure("topic \(topic) cannot be read", code, otherwise: .kafkaTopic)
        }
    }

    /// The next message, or nil where none came within `milliseconds`. Blocks. Errors pass by themselves, and are not thrown.
    package func poll(milliseconds: Int) -> KafkaMessage? {
        guard let event = queue.poll(milliseconds: milliseconds), event.kind == RD_KAFKA_EVENT_FETCH,
            let raw = rd_kafka_event_message_next(event.pointer), let topic = raw.pointee.rkt.flatMap({ rd_kafka_topic_name($0) })
        else { return nil }
        return KafkaMessage(copying: raw, topic: String(cString: topic), maximumBytes: maximumMessageBytes)
    }

    private static func partitions(of topic: String, _ client: ClientHandle, timeoutMilliseconds: Int) throws -> Int {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(client.pointer, 1, nil, &metadata, Int32(clamping: timeoutMilliseconds))
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
            throw client.failure("topic \(topic) cannot be looked up", code, otherwise: .kafkaUnreachable)
        }
        defer { rd_kafka_metadata_destroy(metadata) }
        for index in 0..<Int(metadata.pointee.topic_cnt) where String(cString: metadata.pointee.topics[index].topic) == topic {
            return Int(metadata.pointee.topics[index].partition_cnt)
        }
        throw Failure(.kafkaTopic, "there is no topic \(topic)", remedy: ErrorKind.topic.remedy, recovery: .transient)
    }
}
