/// One partition of a topic.
package struct KafkaPartition: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var topic: String
    package var partition: Int

    package init(topic: String, partition: Int) {
        self.topic = topic
        self.partition = partition
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.topic, left.partition) < (right.topic, right.partition)
    }

    package var description: String { "\(topic)[\(partition)]" }
}

/// A message as it was read, copied out of librdkafka's memory.
package struct KafkaMessage: Sendable, Hashable {
    package var topic: String
    package var partition: Int
    package var offset: Int64
    package var key: [UInt8]?
    /// Nil for a null value (a tombstone), and for one above the consumer's limit.
    package var value: [UInt8]?
    /// The size of a value, or of a key, that was above the consumer's limit and so was not copied.
    package var oversizedBytes: Int?
    /// Milliseconds since 1970 as the producer or broker set them, where they did.
    package var timestamp: Int64?

    package init(
        topic: String, partition: Int, offset: Int64, key: [UInt8]? = nil, value: [UInt8]?, oversizedBytes: Int? = nil,
        timestamp: Int64? = nil
    ) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.key = key
        self.value = value
        self.oversizedBytes = oversizedBytes
        self.timestamp = timestamp
    }

    package var source: KafkaPartition { KafkaPartition(topic: topic, partition: partition) }
}

/// A message to be sent.
package struct OutgoingMessage: Sendable, Hashable {
    package var topic: String
    /// Nil leaves the choice to the key's hash.
    package var partition: Int?
    package var key: [UInt8]?
    /// Nil sends a null value (a tombstone).
    package var value: [UInt8]?

    package init(topic: String, partition: Int? = nil, key: [UInt8]? = nil, value: [UInt8]?) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
    }
}
