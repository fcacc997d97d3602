internal import Foundation
internal import Kafka
internal import Logging

/// Where a worker's job messages come from: its share of the partitions, as the consumer group gives it, or, while it has none, all of them.
///
/// A group takes seconds to take a new member in, may have more members than partitions, and may not come about at all. A worker does not wait
/// for it: a message that several workers read is claimed by one.
struct Intake {
    /// Seconds without partitions before the worker reads by itself.
    private static let patience = 0.3
    private static let retryAfter = 5.0

    private let consumer: KafkaConsumer
    private let configuration: WorkerConfiguration
    private let logger: Logger
    private var reader: PartitionReader?
    private var readAlone: Date

    /// Whether messages come without the group, so that other workers read them too.
    var isAlone: Bool { reader != nil }

    init(_ consumer: KafkaConsumer, _ configuration: WorkerConfiguration, logger: Logger) {
        self.consumer = consumer
        self.configuration = configuration
        self.logger = logger
        readAlone = Date().addingTimeInterval(Self.patience)
    }

    /// The next message, or nil where none came soon. The group is served whether or not a message is wanted.
    mutating func poll(isWanted: Bool) throws -> KafkaMessage? {
        if isWanted { consumer.resumeIntake() } else { consumer.pauseIntake() }
        let message = try consumer.poll(milliseconds: reader != nil && isWanted ? 5 : 50)
        if consumer.assignedPartitions > 0 {
            if reader != nil { logger.info("the consumer group has given this worker \(consumer.assignedPartitions) partitions") }
            reader = nil
            readAlone = Date().addingTimeInterval(Self.patience)
        } else if reader == nil, Date() >= readAlone {
            readAlone = Date().addingTimeInterval(Self.retryAfter)
            do {
                reader = try PartitionReader(configuration.kafka, topic: configuration.topics.jobs, logger: logger)
                logger.info("no partitions from the consumer group yet: this worker reads all of them meanwhile")
            } catch {
                logger.info("no partitions from the consumer group yet, and no reading without it: \(error)")
            }
        }
        guard message == nil, isWanted, let reader else { return message }
        return reader.poll(milliseconds: 45)
    }
}
