import CRdkafka
import Diagnostics

extension KafkaAdmin {
    /// How many messages of a topic the group has not committed, for each partition.
    ///
    /// A partition that the group has never committed counts from its first message. Asks the broker once a partition.
    /// - Throws: `kafka.unreachable`, `kafka.authorization`, `kafka.topic`, `kafka.group`.
    package func lag(ofGroup group: String, topic: String, timeoutMilliseconds: Int = 10_000) throws -> [Int: Int] {
        guard let count = try topics(timeoutMilliseconds: timeoutMilliseconds)[topic] else {
            throw Failure(.kafkaTopic, "there is no topic \(topic)", remedy: ErrorKind.topic.remedy)
        }
        let committed = try committedOffsets(ofGroup: group, topic: topic, partitions: count, timeoutMilliseconds)
        var lag: [Int: Int] = [:]
        for partition in 0..<count {
            var low: Int64 = 0
            var high: Int64 = 0
            let code = rd_kafka_query_watermark_offsets(
                client.pointer, topic, Int32(partition), &low, &high, Int32(clamping: timeoutMilliseconds))
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw client.failure("the offsets of topic \(topic) cannot be read", code, otherwise: .kafkaTopic)
            }
            lag[partition] = Int(max(0, high - max(low, committed[partition] ?? low)))
        }
        return lag
    }

    private func committedOffsets(
        ofGroup group: String, topic: String, partitions: Int, _ timeoutMilliseconds: Int
    ) throws -> [Int: Int64] {
        let what = "the offsets of group \(group) cannot be read"
        let list = PartitionList((0..<partitions).map { (KafkaPartition(topic: topic, partition: $0), 0) })
        var request = rd_kafka_ListConsumerGroupOffsets_new(group, list.pointer)
        defer { rd_kafka_ListConsumerGroupOffsets_destroy(request) }
        let event = try answer(to: what, timeoutMilliseconds: timeoutMilliseconds) { options, queue in
            rd_kafka_ListConsumerGroupOffsets(client.pointer, &request, 1, options, queue)
        }
        var count = 0
        let result = rd_kafka_event_ListConsumerGroupOffsets_result(event.pointer)
        guard let groups = rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count), count > 0, let answer = groups[0] else {
            throw Failure(.kafkaGroup, "\(what): the answer names no group")
        }
        if let error = rd_kafka_group_result_error(answer) {
            throw client.failure(what, rd_kafka_error_code(error), otherwise: .kafkaGroup)
        }
        let entries = rd_kafka_group_result_partitions(answer).map { PartitionList.entries(of: $0) } ?? []
        return Dictionary(
            entries.filter { $0.offset >= 0 }.map { ($0.source.partition, $0.offset) }, uniquingKeysWith: { $1 })
    }
}
