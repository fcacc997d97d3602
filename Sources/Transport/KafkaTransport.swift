internal import Diagnostics
package import EvaluationStore
package import Kafka
package import Logging

/// Jobs through Kafka: a message is the offer, the group of all workers shares the topic's partitions.
package struct KafkaTransport: JobTransport {
    package var kafka: KafkaConfiguration
    package var topics: JobTopics
    /// Partitions of the topic of jobs, where the coordinator makes it.
    package var partitions = Self.defaultPartitions
    /// Copies of each partition, where the coordinator makes the topics; -1 is the cluster's default.
    package var replicationFactor = Self.defaultReplicationFactor

    package static let defaultPartitions = 16
    package static let defaultReplicationFactor = TopicDescription.defaultReplicationFactor

    package init(kafka: KafkaConfiguration, topics: JobTopics) {
        self.kafka = kafka
        self.topics = topics
    }

    package func makeSender(store: EvaluationStore, logger: Logger) throws -> any JobSender {
        try KafkaSender(self, store: store, logger: logger)
    }

    package func makeReceiver(
        store: EvaluationStore, logger: Logger, noteUndecodable: @escaping @Sendable (_ source: String, _ reason: String) -> Void
    ) throws -> any JobReceiver {
        try KafkaReceiver(self, logger: logger, noteUndecodable: noteUndecodable)
    }

    package func requireReachable(logger: Logger) throws {
        _ = try KafkaAdmin(kafka, logger: logger).requireReachable(timeoutMilliseconds: 15_000)
    }

    package func makeMonitor(store: EvaluationStore, logger: Logger) throws -> any TransportMonitor {
        // Whoever asks is told what its client met.
        var quiet = logger
        quiet.logLevel = .critical
        return KafkaMonitor(admin: try KafkaAdmin(kafka, logger: quiet), topics: topics)
    }

    /// The topics as they should be.
    var topicDescriptions: [TopicDescription] {
        topics.descriptions(partitions: partitions).map {
            TopicDescription(name: $0.name, partitions: $0.partitions, replicationFactor: replicationFactor)
        }
    }
}

/// Asks the brokers how far the workers' group is behind, and whether they answer.
final class KafkaMonitor: TransportMonitor {
    let name = "broker"
    private let admin: KafkaAdmin
    private let topics: JobTopics

    init(admin: KafkaAdmin, topics: JobTopics) {
        self.admin = admin
        self.topics = topics
    }

    func lag() throws -> TransportLag {
        let lag = try admin.lag(ofGroup: topics.workerGroup, topic: topics.jobs, timeoutMilliseconds: 3000)
        return TransportLag(source: topics.jobs, waiting: lag.values.reduce(0, +), lanes: lag.count)
    }

    func check() throws { try admin.requireReadable(topic: topics.jobs, timeoutMilliseconds: 1500) }
}
