import CRdkafka
import Diagnostics
package import Logging

/// A topic as it should be.
package struct TopicDescription: Sendable, Hashable {
    package var name: String
    package var partitions: Int
    /// Copies of each partition; -1 leaves it to the broker's default.
    package var replicationFactor: Int

    package init(name: String, partitions: Int, replicationFactor: Int = -1) {
        self.name = name
        self.partitions = partitions
        self.replicationFactor = replicationFactor
    }
}

/// Looks at a cluster's topics and makes those that are missing. All calls block.
package final class KafkaAdmin {
    private let handle: ClientHandle
    private let servers: String

    package init(_ configuration: KafkaConfiguration, logger: Logger) throws {
        servers = configuration.bootstrapServers
        handle = try ClientHandle(
            .producer, configuration, defaults: [("allow.auto.create.topics", "false")], observer: ClientObserver(logger: logger))
    }

    /// Partitions of every topic of the cluster.
    /// - Throws: `kafka.unreachable` where no broker answers in time.
    package func topics(timeoutMilliseconds: Int) throws -> [String: Int] {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(handle.client, 1, nil, &metadata, Int32(timeoutMilliseconds))
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
            rd_kafka_poll(handle.client, 0)
            let reason = handle.observer.lastError ?? explanation(of: code)
            throw Failure(
                .kafkaUnreachable, "no Kafka broker answers at \(servers): \(reason)",
                remedy: "check --kafka, and --kafka-property where the cluster wants TLS or a login", recovery: .transient,
                nativeCode: name(of: code))
        }
        defer { rd_kafka_metadata_destroy(metadata) }
        var found: [String: Int] = [:]
        for index in 0..<Int(metadata.pointee.topic_cnt) {
            let topic = metadata.pointee.topics[index]
            if topic.err == RD_KAFKA_RESP_ERR_NO_ERROR { found[String(cString: topic.topic)] = Int(topic.partition_cnt) }
        }
        return found
    }

    /// Makes the topics that are missing and waits until the cluster shows them. A topic that is there stays as it is.
    package func ensure(_ topics: [TopicDescription], timeoutMilliseconds: Int = 15_000) throws {
        let present = try self.topics(timeoutMilliseconds: timeoutMilliseconds)
        let missing = topics.filter { present[$0.name] == nil }
        for topic in missing { try create(topic, timeoutMilliseconds: timeoutMilliseconds) }
        var waited = 0
        while !missing.isEmpty, waited < timeoutMilliseconds {
            let visible = try self.topics(timeoutMilliseconds: timeoutMilliseconds)
            if missing.allSatisfy({ visible[$0.name] != nil }) { return }
            rd_kafka_poll(handle.client, 100)
            waited += 100
        }
    }

    private func create(_ topic: TopicDescription, timeoutMilliseconds: Int) throws {
        var reason = [CChar](repeating: 0, count: 512)
        var request = rd_kafka_NewTopic_new(
            topic.name, Int32(topic.partitions), Int32(topic.replicationFactor), &reason, reason.count)
        guard request != nil else {
            throw Failure(.kafkaTopic, "topic \(topic.name) cannot be made: \(text(of: reason))")
        }
        defer { rd_kafka_NewTopic_destroy(request) }
        let queue = rd_kafka_queue_new(handle.client)
        defer { rd_kafka_queue_destroy(queue) }
        rd_kafka_CreateTopics(handle.client, &request, 1, nil, queue)
        guard let event = rd_kafka_queue_poll(queue, Int32(timeoutMilliseconds)) else {
            throw Failure(
                .kafkaUnreachable, "the Kafka cluster at \(servers) did not make topic \(topic.name) in time", recovery: .transient)
        }
        defer { rd_kafka_event_destroy(event) }
        var code = rd_kafka_event_error(event)
        var detail = rd_kafka_event_error_string(event).map { String(cString: $0) }
        var count = 0
        if let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count), count > 0,
            let result = results[0]
        {
            code = rd_kafka_topic_result_error(result)
            detail = rd_kafka_topic_result_error_string(result).map { String(cString: $0) }
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS else {
            throw Failure(
                .kafkaTopic, "topic \(topic.name) cannot be made: \(detail ?? explanation(of: code))",
                remedy: "make it by hand with \(topic.partitions) partitions, or allow this client to create topics",
                nativeCode: name(of: code))
        }
    }
}
