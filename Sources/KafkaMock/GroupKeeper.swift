internal import Diagnostics
internal import Dispatch
internal import Kafka
internal import Logging
internal import Synchronization

/// A member that keeps a mock broker's consumer group alive, and reads none of its messages.
///
/// A group that comes into being waits three seconds for more members before it hands out partitions, and librdkafka's mock
/// cluster has no setting for that. With this member there from the broker's start, those seconds pass while other things start.
final class GroupKeeper: Sendable {
    /// A topic of the broker that nobody writes to.
    static let topic = TopicDescription(name: "group-keeper", partitions: 1)

    private let isStopped = Atomic(false)
    private let hasLeft = DispatchSemaphore(value: 0)

    /// Joins `group`. The broker must have ``topic``.
    init(_ configuration: KafkaConfiguration, group: String, logger: Logger) throws {
        // It leaves while the broker ends, and may find it gone: that is not worth a log line.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .error)
        let consumer = try KafkaConsumer(configuration, group: group, topics: [Self.topic.name], logger: quiet)
        DispatchQueue(label: "kafka-group-keeper").async { [self] in
            do {
                while !isStopped.load(ordering: .acquiring) {
                    _ = try consumer.poll(milliseconds: 100)
                }
            } catch {
                logger.warning("the keeper of kafka group \(group) stopped: \(error)")
            }
            consumer.close(timeoutMilliseconds: 300)
            hasLeft.signal()
        }
    }

    /// Leaves the group; waits for that, so that the broker is still there to be told.
    func stop() {
        isStopped.store(true, ordering: .releasing)
        _ = hasLeft.wait(timeout: .now() + 3)
    }
}
