internal import Diagnostics
internal import Evaluation
internal import Kafka
internal import Logging

/// A worker's end of a ``KafkaTransport``: its share of the partitions, as the consumer group gives it, or, while it has none, all of them.
///
/// A group takes seconds to take a new member in, may have more members than partitions, and may not come about at all. A worker does not wait
/// for it: a message that several workers read is claimed by one.
final class KafkaReceiver: JobReceiver, @unchecked Sendable {
    /// Without partitions for so long, the worker reads by itself.
    private static let patience = Duration.milliseconds(300)
    private static let retryAfter = Duration.seconds(5)
    /// Messages that are no offers and are passed over in one call, so that the worker's other duties have their turn.
    private static let skippedAtOnce = 2000

    private let transport: KafkaTransport
    private let logger: Logger
    private let noteUndecodable: @Sendable (_ source: String, _ reason: String) -> Void
    private let consumer: KafkaConsumer
    private var reader: PartitionReader?
    private var readAlone: Deadline

    init(
        _ transport: KafkaTransport, logger: Logger, noteUndecodable: @escaping @Sendable (_ source: String, _ reason: String) -> Void
    ) throws {
        self.transport = transport
        self.logger = logger
        self.noteUndecodable = noteUndecodable
        consumer = try KafkaConsumer(transport.kafka, group: transport.topics.workerGroup, topics: [transport.topics.jobs], logger: logger)
        readAlone = Deadline(in: Self.patience)
    }

    var isExclusive: Bool { reader == nil }

    var problem: String? { consumer.standingProblem }

    func receive(isWanted: Bool) throws -> ReceivedOffer? {
        if isWanted { consumer.resumeIntake() } else { consumer.pauseIntake() }
        for _ in 0..<Self.skippedAtOnce {
            guard let message = try poll(isWanted: isWanted) else { return nil }
            do {
                return ReceivedOffer(offer: .named(try JobMessage.decode(message.value)), message: message)
            } catch {
                noteUndecodable("\(message.topic) partition \(message.partition) offset \(message.offset)", "\(error)")
                consumer.commit(message)
            }
        }
        return nil
    }

    /// The next message, or nil where none came soon. The group is served whether or not a message is wanted.
    private func poll(isWanted: Bool) throws -> KafkaMessage? {
        let message = try consumer.poll(milliseconds: reader != nil && isWanted ? 5 : 50)
        if consumer.assignedPartitions > 0 {
            if reader != nil { logger.info("the consumer group has given this worker \(consumer.assignedPartitions.counted("partition"))") }
            reader = nil
            readAlone = Deadline(in: Self.patience)
        } else if reader == nil, readAlone.isPast {
            readAlone = Deadline(in: Self.retryAfter)
            do {
                reader = try PartitionReader(transport.kafka, topic: transport.topics.jobs, logger: logger)
                logger.info("no partitions from the consumer group yet: this worker reads all of them meanwhile")
            } catch {
                logger.info("no partitions from the consumer group yet, and no reading without it: \(error)")
            }
        }
        guard message == nil, isWanted, let reader else { return message }
        return reader.poll(milliseconds: 45)
    }

    func acknowledge(_ offer: ReceivedOffer, isGranted: Bool) {
        if let message = offer.message { consumer.commit(message) }
    }

    func wake() { consumer.resumeIntake() }

    func close() { consumer.close() }
}
