/// A message as it was read.
package struct KafkaMessage: Sendable, Hashable {
    package var topic: String
    package var partition: Int
    package var offset: Int64
    package var key: [UInt8]?
    /// Nil for a null value (a tombstone).
    package var value: [UInt8]?
}

/// A message to be sent.
package struct OutgoingMessage: Sendable, Hashable {
    package var topic: String
    /// Nil leaves the choice to the key's hash.
    package var partition: Int?
    package var key: [UInt8]?
    package var value: [UInt8]

    package init(topic: String, partition: Int? = nil, key: [UInt8]? = nil, value: [UInt8]) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
    }
}
