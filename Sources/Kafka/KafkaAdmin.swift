import CRdkafka
import Diagnostics
package import Logging

/// A topic as it should be.
package struct TopicDescription: Sendable, Hashable {
    package var name: String
    package var partitions: Int
    package var replicationFactor: Int

    /// Leaves the number of copies to the brokers.
    package static let defaultReplicationFactor = -1

    /// - Parameter replicationFactor: copies of each partition.
    package init(name: String, partitions: Int, replicationFactor: Int = TopicDescription.defaultReplicationFactor) {
        self.name = name
        self.partitions = partitions
        self.replicationFactor = replicationFactor
    }
}

/// Looks at a cluster's topics and groups, and makes topics that are missing. All calls block, for one thread at a time.
package final class KafkaAdmin {
    let client: ClientHandle
    private let errors: QueueHandle

    /// - Throws: `kafka.property`.
    package init(_ configuration: KafkaConfiguration, logger: Logger) throws {
        let settings = try ClientSettings(
            configuration, defaults: [("reconnect.backoff.max.ms", "1000"), ("allow.auto.create.topics", "false")])
        client = try ClientHandle(
            RD_KAFKA_PRODUCER, settings, events: RD_KAFKA_EVENT_ERROR, log: ClientLog(logger, configuration: configuration))
        guard let queue = rd_kafka_queue_get_main(client.pointer) else {
            throw Failure(.kafkaFatal, "librdkafka gave no queue for the admin client")
        }
        errors = QueueHandle(queue, of: client)
    }

    /// Partitions of every topic of the cluster. A topic without a leader for each of its partitions is not there yet.
    /// - Throws: `kafka.unreachable` where no broker answers in time, `kafka.authentication`.
    package func topics(timeoutMilliseconds: Int) throws -> [String: Int] {
        try withMetadata(ofAllTopics: true, timeoutMilliseconds: timeoutMilliseconds) { metadata in
            var found: [String: Int] = [:]
            for index in 0..<Int(metadata.topic_cnt) {
                let topic = metadata.topics[index]
                let isLed = (0..<Int(topic.partition_cnt)).allSatisfy { topic.partitions[$0].leader >= 0 }
                if topic.err == RD_KAFKA_RESP_ERR_NO_ERROR, isLed { found[String(cString: topic.topic)] = Int(topic.partition_cnt) }
            }
            return found
        }
    }

    /// Asks the cluster for its brokers.
    /// - Returns: how many there are.
    /// - Throws: `kafka.unreachable` where none answers in time, naming the servers and the last problem with them; `kafka.authentication`.
    @discardableResult
    package func requireReachable(timeoutMilliseconds: Int) throws -> Int {
        try withMetadata(ofAllTopics: false, timeoutMilliseconds: timeoutMilliseconds) { Int($0.broker_cnt) }
    }

    /// Makes the topics that are missing and waits until the cluster shows them. A topic that is there stays as it is.
    /// - Throws: `kafka.unreachable`, `kafka.authentication`, `kafka.authorization`; `kafka.topic` where the cluster refuses to make one.
    package func ensure(_ topics: [TopicDescription], timeoutMilliseconds: Int = 15_000) throws {
        let deadline = Deadline(in: .milliseconds(timeoutMilliseconds))
        var missing = topics
        var created: Set<String> = []
        while true {
            let left = max(1, Int(deadline.left.milliseconds))
            let present = try self.topics(timeoutMilliseconds: left)
            missing.removeAll { present[$0.name] != nil }
            guard let first = missing.first else { return }
            guard !deadline.isPast else {
                throw Failure(
                    .kafkaTopic, "topic \(first.name) has no leader for all of its partitions after \(timeoutMilliseconds) ms",
                    remedy: "look at the state of the cluster's brokers", recovery: .transient)
            }
            for topic in missing where created.insert(topic.name).inserted {
                try create(topic, timeoutMilliseconds: left)
            }
            _ = errors.poll(milliseconds: 50)
        }
    }

    private func create(_ topic: TopicDescription, timeoutMilliseconds: Int) throws {
        let what = "topic \(topic.name) cannot be made"
        let remedy = "make it by hand with \(topic.partitions.counted("partition")), or allow this client to create topics"
        var reason = [CChar](repeating: 0, count: 512)
        var request = rd_kafka_NewTopic_new(
            topic.name, Int32(clamping: topic.partitions), Int32(clamping: topic.replicationFactor), &reason, reason.count)
        guard request != nil else { throw Failure(.kafkaTopic, "\(what): \(String(nullTerminated: reason))") }
        defer { rd_kafka_NewTopic_destroy(request) }
        let event: Event
        do {
            event = try answer(to: what, timeoutMilliseconds: timeoutMilliseconds) { options, queue in
                rd_kafka_CreateTopics(client.pointer, &request, 1, options, queue)
            }
        } catch var failure as Failure where failure.code == .kafkaUnreachable {
            // Brokers answer, or it were not known that the topic is missing: it is their controller that does not.
            failure.code = .kafkaTopic
            failure.remedy = remedy
            throw failure
        }
        var count = 0
        guard let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.pointer), &count), count > 0,
            let result = results[0]
        else { throw Failure(.kafkaTopic, "\(what): \(event.errorText)", remedy: remedy, nativeCode: name(of: event.error)) }
        let code = rd_kafka_topic_result_error(result)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR, code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS else { return }
        let detail = rd_kafka_topic_result_error_string(result).map { String(cString: $0) }
        var failure = client.failure(what, code, otherwise: .kafkaTopic, reason: detail)
        failure.remedy =
            code == RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR
            ? "the cluster has too few brokers for so many copies: give another --replication-factor" : failure.remedy ?? remedy
        throw failure
    }

    /// Sends one admin request, and waits for the event with its answer.
    func answer(
        to what: String, timeoutMilliseconds: Int, send: (_ options: OpaquePointer?, _ queue: OpaquePointer) -> Void
    ) throws -> Event {
        guard let raw = rd_kafka_queue_new(client.pointer) else { throw Failure(.kafkaFatal, "\(what): librdkafka gave no queue") }
        let queue = QueueHandle(raw, of: client)
        let options = rd_kafka_AdminOptions_new(client.pointer, RD_KAFKA_ADMIN_OP_ANY)
        defer { rd_kafka_AdminOptions_destroy(options) }
        rd_kafka_AdminOptions_set_request_timeout(options, Int32(clamping: timeoutMilliseconds), nil, 0)
        send(options, raw)
        guard let event = queue.poll(milliseconds: timeoutMilliseconds + 1000) else {
            throw client.failure(what, RD_KAFKA_RESP_ERR__TIMED_OUT, otherwise: .kafkaUnreachable)
        }
        guard event.error == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw client.failure(what, event.error, otherwise: .kafkaTopic, reason: event.errorText)
        }
        return event
    }

    private func withMetadata<Result>(
        ofAllTopics: Bool, timeoutMilliseconds: Int, _ body: (borrowing rd_kafka_metadata) throws -> Result
    ) throws -> Result {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(client.pointer, ofAllTopics ? 1 : 0, nil, &metadata, Int32(clamping: timeoutMilliseconds))
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
            let refused = refusal()
            throw client.failure(
                "\(refused == nil ? "no Kafka broker answers" : "Kafka refuses this client") at \(client.configuration.bootstrapServers)",
                refused ?? code, otherwise: .kafkaUnreachable)
        }
        defer { rd_kafka_metadata_destroy(metadata) }
        return try body(metadata.pointee)
    }

    /// The newest error by which the cluster refused this client, since this was last asked.
    private func refusal() -> rd_kafka_resp_err_t? {
        var refusal: rd_kafka_resp_err_t?
        while let event = errors.poll(milliseconds: 0) {
            if [.authentication, .authorization].contains(ErrorKind(event.error)) { refusal = event.error }
        }
        return refusal
    }
}
