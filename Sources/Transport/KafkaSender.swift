internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Kafka
internal import Logging

/// A coordinator's end of a ``KafkaTransport``. It chooses the lane, which is a partition, that each offer goes to, and keeps the topics in being.
final class KafkaSender: JobSender {
    private let transport: KafkaTransport
    private let store: EvaluationStore
    private let logger: Logger
    private let admin: KafkaAdmin
    private let producer: KafkaProducer
    private var lanes: LaneChoice
    private var nextTopicCheck = Deadline(in: topicCheckInterval)

    /// Between two looks at whether the topics are there.
    private static let topicCheckInterval = Duration.seconds(2)

    /// - Throws: no broker, a bad property, a topic that cannot be made.
    init(_ transport: KafkaTransport, store: EvaluationStore, logger: Logger) throws {
        self.transport = transport
        self.store = store
        self.logger = logger
        admin = try KafkaAdmin(transport.kafka, logger: logger)
        try admin.ensure(transport.topicDescriptions)
        lanes = LaneChoice(count: try admin.topics(timeoutMilliseconds: 15_000)[transport.topics.jobs] ?? transport.partitions)
        producer = try KafkaProducer(transport.kafka, logger: logger)
        warnOfPartitions()
    }

    /// A topic may have been made by somebody else, or a broker.
    private func warnOfPartitions() {
        guard lanes.count != transport.partitions else { return }
        let consequence =
            lanes.count < transport.partitions
            ? "no more than \(lanes.count.counted("worker")) get partitions of their own" : "that is no harm"
        logger.warning(
            "topic \(transport.topics.jobs) has \(lanes.count.counted("partition")), and --partitions says \(transport.partitions): \(consequence)"
        )
    }

    func attend(_ fleet: FleetSnapshot) {
        checkTopics()
        lanes.look(at: fleet)
    }

    var mayLoseOffers: Bool { true }

    func offer(_ jobs: [JobMessage]) throws -> [Bool] {
        lanes.note(try store.queue.declines(withinSeconds: LaneChoice.declineSeconds))
        return try deliver(
            jobs.map { OutgoingMessage(topic: transport.topics.jobs, partition: lanes.take(for: $0.attempt), value: $0.encoded()) },
            timeoutMilliseconds: 5000)
    }

    func announce(_ events: [EvaluationEvent]) throws {
        _ = try deliver(
            events.map { OutgoingMessage(topic: transport.topics.events, value: $0.encoded) }, timeoutMilliseconds: 1000)
    }

    func report(_ letters: [DeadLetter]) throws -> [Bool] {
        try deliver(
            letters.map {
                OutgoingMessage(
                    topic: transport.topics.deadLetter, key: Array("\($0.run)/\($0.shard)".utf8), value: Array($0.json.utf8))
            }, timeoutMilliseconds: 5000)
    }

    /// Sends messages; a broken producer is replaced the next time.
    private func deliver(_ messages: [OutgoingMessage], timeoutMilliseconds: Int) throws -> [Bool] {
        let acknowledged = try producer.send(messages, timeoutMilliseconds: timeoutMilliseconds)
        // A topic may have vanished, or come back with other partitions.
        if acknowledged.contains(false) { nextTopicCheck = Deadline(in: .zero) }
        return acknowledged
    }

    /// Makes topics again that have vanished. While no broker answers there is nothing to be done.
    private func checkTopics() {
        guard nextTopicCheck.isPast else { return }
        nextTopicCheck = Deadline(in: Self.topicCheckInterval)
        do {
            let wanted = transport.topicDescriptions
            var present = try admin.topics(timeoutMilliseconds: 2000)
            if wanted.contains(where: { present[$0.name] == nil }) {
                logger.warning("topics have vanished and are created again")
                try admin.ensure(wanted, timeoutMilliseconds: 5000)
                present = try admin.topics(timeoutMilliseconds: 2000)
            }
            if let count = present[transport.topics.jobs], count != lanes.count {
                lanes = LaneChoice(count: count)
                warnOfPartitions()
            }
        } catch {
            logger.warning("the topics cannot be checked: \(error)")
        }
    }
}
