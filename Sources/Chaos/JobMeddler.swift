internal import Diagnostics
internal import Kafka
internal import Logging
internal import Synchronization

/// Reads along on the topic of jobs and meddles: sends messages again in another order, takes some away, adds some that are none.
final class JobMeddler: Sendable {
    private let kafka: KafkaConfiguration
    private let topics: JobTopics
    private let logger: Logger
    private let producer: KafkaProducer
    private let seen = Mutex<[[UInt8]]>([])
    private let isClosed = Atomic(false)
    private let isThieving = Atomic(false)

    /// Messages remembered at most.
    private static let memory = 2000

    init(_ kafka: KafkaConfiguration, topics: JobTopics, logger: Logger) throws {
        self.kafka = kafka
        self.topics = topics
        self.logger = logger
        producer = try KafkaProducer(kafka, logger: logger)
        let reader = try KafkaConsumer(kafka, group: "\(topics.prefix).meddler", topics: [topics.jobs], logger: logger)
        _ = NamedThread("meddler") { [self] in
            read(with: reader, until: { isClosed.load(ordering: .acquiring) }) { message in
                guard let value = message.value else { return }
                seen.withLock { seen in
                    seen.append(value)
                    if seen.count > Self.memory { seen.removeFirst() }
                }
            }
        }
    }

    private func read(with consumer: KafkaConsumer, until isOver: () -> Bool, _ body: (KafkaMessage) -> Void) {
        while !isOver() {
            do {
                guard let message = try consumer.poll(milliseconds: 50) else { continue }
                body(message)
                consumer.commit(message)
            } catch {
                logger.warning("the meddler's consumer: \(error)")
                break
            }
        }
        consumer.close(timeoutMilliseconds: 2000)
    }

    /// Sends `count` of the messages that were seen again, up to three times each, in another order.
    /// - Returns: how many were sent.
    func duplicate(_ count: Int, _ generator: inout SeededGenerator) -> Int {
        let known = seen.withLock { $0 }
        guard !known.isEmpty else { return 0 }
        // The newest are likely to matter still.
        let recent = known.suffix(max(count * 2, 1))
        var copies: [[UInt8]] = []
        for value in generator.shuffled(Array(recent)).prefix(count) {
            copies += Array(repeating: value, count: generator.integer(in: 1...3))
        }
        return send(generator.shuffled(copies))
    }

    /// Sends `count` messages that are no job messages, or name jobs that are not there.
    func forge(_ count: Int, _ generator: inout SeededGenerator) -> Int {
        let forms = ["", "{}", "\u{0}\u{1}", #"{"version":1,"run":999999999,"shard":0,"attempt":1}"#, #"{"version":9,"run":1}"#]
        return send((0..<count).map { _ in Array(forms[generator.integer(in: 0...(forms.count - 1))].utf8) })
    }

    private func send(_ values: [[UInt8]]) -> Int {
        let messages = values.map { OutgoingMessage(topic: topics.jobs, key: $0, value: $0) }
        let sent = try? producer.send(messages, timeoutMilliseconds: 1000)
        return (sent ?? []).count { $0 }
    }

    /// Joins the workers' group and takes messages without doing their work, until ``stopThieving()``.
    func startThieving() throws {
        guard !isThieving.exchange(true, ordering: .acquiringAndReleasing) else { return }
        let thief = try KafkaConsumer(kafka, group: topics.workerGroup, topics: [topics.jobs], logger: logger)
        _ = NamedThread("thief") { [self] in
            read(with: thief, until: { !isThieving.load(ordering: .acquiring) }) { _ in
                stolen.add(1, ordering: .relaxed)
            }
        }
    }

    func stopThieving() {
        isThieving.store(false, ordering: .releasing)
    }

    private let stolen = Atomic(0)

    /// Messages taken away so far.
    var stolenMessages: Int { stolen.load(ordering: .relaxed) }

    func close() {
        stopThieving()
        isClosed.store(true, ordering: .releasing)
    }
}
