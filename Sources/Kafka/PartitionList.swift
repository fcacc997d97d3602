import CRdkafka

/// Owns a list of partitions and offsets for librdkafka (`rd_kafka_topic_partition_list_t`).
struct PartitionList: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(_ entries: [(source: KafkaPartition, offset: Int64)]) {
        pointer = rd_kafka_topic_partition_list_new(Int32(clamping: entries.count))
        for entry in entries {
            let element = rd_kafka_topic_partition_list_add(pointer, entry.source.topic, Int32(clamping: entry.source.partition))
            element?.pointee.offset = entry.offset
        }
    }

    /// A subscription to whole topics.
    init(topics: [String]) {
        pointer = rd_kafka_topic_partition_list_new(Int32(clamping: topics.count))
        for topic in topics {
            rd_kafka_topic_partition_list_add(pointer, topic, RD_KAFKA_PARTITION_UA)
        }
    }

    deinit {
        rd_kafka_topic_partition_list_destroy(pointer)
    }

    /// The entries of a list that librdkafka owns.
    static func entries(
        of list: UnsafePointer<rd_kafka_topic_partition_list_t>
    ) -> [(source: KafkaPartition, offset: Int64, error: rd_kafka_resp_err_t)] {
        (0..<Int(list.pointee.cnt)).map { index in
            let element = list.pointee.elems[index]
            return (KafkaPartition(topic: String(cString: element.topic), partition: Int(element.partition)), element.offset, element.err)
        }
    }
}
