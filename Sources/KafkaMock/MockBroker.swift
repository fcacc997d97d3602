internal import CRdkafka
internal import Diagnostics
package import Kafka
package import Logging
internal import Synchronization

/// A stand-in for a Kafka cluster, for tests and trials: librdkafka's mock cluster in this process, on loopback. Odd bytes of a client end its process.
///
/// Messages live in memory, at most 5 MB a partition, and end with it.
package final class MockBroker: @unchecked Sendable {
    private let client: OpaquePointer
    private let logger: Logger
    private let properties: [(name: String, value: String)]
    private let keepers = Mutex<[GroupKeeper]>([])
    let cluster: OpaquePointer
    /// `host:port` of its brokers.
    package let bootstrapServers: String

    /// - Throws: `kafka.fatal` where no loopback port can be opened, `kafka.topic`.
    /// - Parameter properties: what its clients set.
    package init(
        brokers: Int = 1, topics: [TopicDescription] = [], properties: [(name: String, value: String)] = MockBroker.clientProperties,
        logger: Logger
    ) throws {
        self.logger = logger
        self.properties = properties
        let settings = rd_kafka_conf_new()
        rd_kafka_conf_set(settings, "log_level", "0", nil, 0)
        guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, settings, nil, 0) else {
            rd_kafka_conf_destroy(settings)
            throw Failure(.kafkaFatal, "librdkafka made no client for the mock broker")
        }
        guard let cluster = rd_kafka_mock_cluster_new(client, Int32(clamping: brokers)),
            let servers = rd_kafka_mock_cluster_bootstraps(cluster)
        else {
            rd_kafka_destroy(client)
            throw Failure(.kafkaFatal, "the mock broker could not be started", remedy: "check that loopback ports can be opened")
        }
        self.client = client
        self.cluster = cluster
        bootstrapServers = String(cString: servers)
        for topic in topics { try create(topic) }
    }

    /// What clients of a mock broker should set, in every process: it waits with a rebalance for most of the session timeout, and
    /// answers an empty fetch only when its time is up.
    package static let clientProperties: [(name: String, value: String)] = [
        ("session.timeout.ms", "3500"),
        ("heartbeat.interval.ms", "300"),
        ("fetch.wait.max.ms", "50"),
        ("reconnect.backoff.max.ms", "500"),
    ]

    /// The same for clients that come and go by force. The mock cluster names members by their addresses in its memory, so that a member which was
    /// away and a new one can have one name; who is told to lead a group without members crashes in librdkafka's cooperative assignor.
    package static let roughProperties = clientProperties + [(name: "partition.assignment.strategy", value: "range")]

    /// How clients reach this broker.
    package func configuration(clientID: String = "evalctl") -> KafkaConfiguration {
        KafkaConfiguration(bootstrapServers: bootstrapServers, clientID: clientID, properties: properties)
    }

    /// Makes a topic; the mock cluster does not answer CreateTopics. One that is there stays as it is.
    package func create(_ topic: TopicDescription) throws {
        let code = rd_kafka_mock_topic_create(
            cluster, topic.name, Int32(clamping: topic.partitions), Int32(clamping: max(1, topic.replicationFactor)))
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS else {
            let name = String(cString: rd_kafka_err2name(code))
            throw Failure(.kafkaTopic, "the mock broker cannot make topic \(topic.name)", nativeCode: name)
        }
    }

    /// Brings a consumer group into being, so that its first real member need not wait for it. Returns at once.
    package func openGroup(_ group: String) throws {
        try create(GroupKeeper.topic)
        let keeper = try GroupKeeper(configuration(clientID: "evalctl-broker"), group: group, logger: logger)
        keepers.withLock { $0.append(keeper) }
    }

    deinit {
        keepers.withLock { $0.forEach { $0.stop() } }
        rd_kafka_mock_cluster_destroy(cluster)
        rd_kafka_destroy(client)
    }
}
