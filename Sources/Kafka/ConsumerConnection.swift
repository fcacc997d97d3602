import CRdkafka
import Diagnostics
import Logging

/// A consumer client and its two queues.
final class ConsumerConnection: Sendable {
    let client: ClientHandle
    /// Rebalances and errors.
    let events: QueueHandle
    /// The messages of all assigned partitions, forwarded from their own queues.
    let intake: QueueHandle

    /// - Throws: `kafka.property`.
    init(_ configuration: KafkaConfiguration, group: String, logger: Logger) throws {
        let settings = try ClientSettings(
            configuration,
            defaults: [
                ("group.id", group),
                ("partition.assignment.strategy", "cooperative-sticky"),
                // KafkaConsumer stores the offsets of decided messages, and librdkafka commits what is stored: on this interval, when a
                // partition is given up, and on leaving. An own rd_kafka_commit during a rebalance would lose all partitions.
                ("enable.auto.offset.store", "false"),
                ("enable.auto.commit", "true"),
                ("auto.commit.interval.ms", "500"),
                ("auto.offset.reset", "earliest"),
                ("session.timeout.ms", "10000"),
                ("heartbeat.interval.ms", "500"),
                ("topic.metadata.refresh.interval.ms", "10000"),
                // A client that has this many messages of a partition waiting looks for more only once a second, so not 1.
                ("queued.min.messages", "64"),
                ("queued.max.messages.kbytes", "1024"),
                ("reconnect.backoff.max.ms", "2000"),
                ("allow.auto.create.topics", "false"),
            ])
        let events = RD_KAFKA_EVENT_FETCH | RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR
        client = try ClientHandle(
            RD_KAFKA_CONSUMER, settings, events: events, log: ClientLog(logger, configuration: configuration))
        rd_kafka_poll_set_consumer(client.pointer)
        guard let eventQueue = rd_kafka_queue_get_consumer(client.pointer), let intakeQueue = rd_kafka_queue_new(client.pointer) else {
            throw Failure(.kafkaFatal, "librdkafka gave no queue for the consumer of group \(group)")
        }
        client.setOutliving(Self.abortsUnassigned)
        self.events = QueueHandle(eventQueue, of: client)
        intake = QueueHandle(intakeQueue, of: client)
    }

    /// Before version 2.3, librdkafka aborts the process when a cooperative consumer that never was given an assignment leaves or is destroyed
    /// (confluentinc/librdkafka, issue 4312).
    private static let abortsUnassigned = rd_kafka_version() < 0x0203_0000

    /// Says that the group has given this member an assignment, be it an empty one.
    func noteAssignment() {
        client.setOutliving(false)
    }

    /// Lets the messages of a partition go to ``intake`` instead of among the events.
    func forwardToIntake(_ partition: KafkaPartition) {
        guard let queue = rd_kafka_queue_get_partition(client.pointer, partition.topic, Int32(clamping: partition.partition)) else {
            return
        }
        rd_kafka_queue_forward(queue, intake.pointer)
        rd_kafka_queue_destroy(queue)
    }

    /// Whether the group hands partitions over one by one, instead of giving up all of them first.
    var isCooperative: Bool {
        rd_kafka_rebalance_protocol(client.pointer).map { String(cString: $0) } == "COOPERATIVE"
    }
}
