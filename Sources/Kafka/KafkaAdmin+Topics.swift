import CRdkafka
import Diagnostics

extension KafkaAdmin {
    /// Asks the leader of each partition of a topic for its offsets: whether what is written can be read, by the names that brokers give themselves.
    /// - Throws: `kafka.unreachable`, naming `advertised.listeners` where only the bootstrap servers answer; `kafka.authorization`, `kafka.topic`.
    package func requireReadable(topic: String, timeoutMilliseconds: Int) throws {
        let deadline = Deadline(in: .milliseconds(timeoutMilliseconds))
        guard let count = try topics(timeoutMilliseconds: timeoutMilliseconds)[topic] else {
            throw Failure(.kafkaTopic, "there is no topic \(topic)", remedy: ErrorKind.topic.remedy)
        }
        for partition in 0..<count {
            var (low, high) = (Int64(0), Int64(0))
            let left = max(100, deadline.left.milliseconds)
            let code = rd_kafka_query_watermark_offsets(client.pointer, topic, Int32(partition), &low, &high, left)
            guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
            var failure = client.failure("partition \(partition) of topic \(topic) cannot be read", code, otherwise: .kafkaTopic)
            switch ErrorKind(code) {
            case .unreachable:
                failure.remedy =
                    "the bootstrap servers answer, the broker that leads the partition does not: check that the names in its advertised.listeners can be resolved and reached from here"
            case .authorization: failure.remedy = "give \(client.configuration.principal) the rights READ and DESCRIBE on topic \(topic)"
            default: break
            }
            throw failure
        }
    }

    /// Removes topics and groups. One that is not there is passed over.
    /// - Throws: `kafka.unreachable`, `kafka.authorization`.
    package func remove(topics: [String], groups: [String], timeoutMilliseconds: Int = 10_000) throws {
        for topic in topics {
            var request = rd_kafka_DeleteTopic_new(topic)
            defer { rd_kafka_DeleteTopic_destroy(request) }
            _ = try answer(to: "topic \(topic) cannot be removed", timeoutMilliseconds: timeoutMilliseconds) { options, queue in
                rd_kafka_DeleteTopics(client.pointer, &request, 1, options, queue)
            }
        }
        for group in groups {
            var request = rd_kafka_DeleteGroup_new(group)
            defer { rd_kafka_DeleteGroup_destroy(request) }
            _ = try answer(to: "group \(group) cannot be removed", timeoutMilliseconds: timeoutMilliseconds) { options, queue in
                rd_kafka_DeleteGroups(client.pointer, &request, 1, options, queue)
            }
        }
    }
}
