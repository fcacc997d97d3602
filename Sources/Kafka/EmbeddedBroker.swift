import CRdkafka
import Diagnostics
package import Logging

/// Kafka for one machine: librdkafka's mock cluster in this process, on loopback. Messages live in memory and end with it.
package final class EmbeddedBroker: @unchecked Sendable {
    private let handle: ClientHandle
    private let cluster: OpaquePointer
    /// `host:port` of its brokers.
    package let bootstrapServers: String

    package init(brokers: Int = 1, topics: [TopicDescription], logger: Logger) throws {
        handle = try ClientHandle(
            .producer, KafkaConfiguration(bootstrapServers: "", clientID: "evalctl-broker"), defaults: [],
            observer: ClientObserver(logger: logger))
        guard let cluster = rd_kafka_mock_cluster_new(handle.client, Int32(brokers)) else {
            throw Failure(.kafkaFatal, "the embedded broker could not be started", remedy: "check that loopback ports can be opened")
        }
        self.cluster = cluster
        bootstrapServers = rd_kafka_mock_cluster_bootstraps(cluster).map { String(cString: $0) } ?? ""
        for topic in topics { try create(topic) }
    }

    /// Makes a topic; the mock cluster does not answer CreateTopics.
    package func create(_ topic: TopicDescription) throws {
        let code = rd_kafka_mock_topic_create(cluster, topic.name, Int32(topic.partitions), 1)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw Failure(.kafkaTopic, "the embedded broker cannot make topic \(topic.name): \(explanation(of: code))")
        }
    }

    /// Cuts a broker's connections and refuses new ones, or lets it answer again. Brokers count from 1.
    package func setBroker(_ broker: Int, isDown: Bool) {
        if isDown { rd_kafka_mock_broker_set_down(cluster, Int32(broker)) } else { rd_kafka_mock_broker_set_up(cluster, Int32(broker)) }
    }

    /// Delays every answer of a broker.
    package func setRoundTrip(broker: Int, milliseconds: Int) {
        rd_kafka_mock_broker_set_rtt(cluster, Int32(broker), Int32(milliseconds))
    }

    deinit {
        rd_kafka_mock_cluster_destroy(cluster)
    }
}
