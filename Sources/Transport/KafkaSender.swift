internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Kafka
internal import Logging

/// A coordinator's end of a ``KafkaTransport``. It chooses the lane, which is a partition, that each offer goes to, and recreates topics that vanish.
final class KafkaSender: JobSender {
    private let transport: KafkaTransport
    private let store: EvaluationStore
    private let logger: Logger
    private let producer: KafkaProducer
    private var lanes: LaneChoice
    private var topicKeeper: TopicKeeper

    /// - Throws: no broker, a bad property, a topic that cannot be made.
    init(_ transport: KafkaTransport, store: EvaluationStore, logger: Logger) throws {
        self.transport = transport
        self.store = store
        self.logger = logger
        let admin = try KafkaAdmin(transport.kafka, logger: logger)
        try admin.ensure(transport.topicDescriptions)
        lanes = LaneChoice(count: try admin.topics(timeoutMilliseconds: 15_000)[transport.topics.jobs] ?? transport.partitions)
        topicKeeper = TopicKeeper(transport.topicDescriptions, admin: admin, logger: logger)
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
        if acknowledged.contains(false) { topicKeeper.lookSoon() }
        return acknowledged
    }

    private func checkTopics() {
        guard let count = topicKeeper.look()?[transport.topics.jobs], count != lanes.count else { return }
        lanes = LaneChoice(count: count)
        warnOfPartitions()
    }
}
