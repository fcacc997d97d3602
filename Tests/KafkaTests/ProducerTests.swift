import Diagnostics
import Foundation
import Kafka
import Testing

@Suite struct ProducerTests {
    @Test func `each delivery tells partition and offset, in the order of the messages`() async throws {
        try await onThread {
            let cluster = try TestCluster(partitions: 3)
            let producer = try KafkaProducer(cluster.configuration, logger: TestCluster.logger)
            let partitions = [2, 0, 2, 1, 2]
            let deliveries = try producer.deliver(partitions.map { OutgoingMessage(topic: cluster.topic, partition: $0, value: [1]) })
            let placed = deliveries.map { delivery -> [Int64] in
                guard case .acknowledged(let partition, let offset) = delivery else { return [] }
                return [Int64(partition), offset]
            }
            #expect(placed == [[2, 0], [0, 0], [2, 1], [1, 0], [2, 2]])
        }
    }

    @Test func `more messages than the queue holds are sent all the same`() async throws {
        try await onThread {
            let cluster = try TestCluster(partitions: 2)
            let producer = try KafkaProducer(cluster.configuration(("queue.buffering.max.messages", "50")), logger: TestCluster.logger)
            let sent = try producer.send((0..<1000).map { OutgoingMessage(topic: cluster.topic, partition: $0 % 2, value: [2]) })
            #expect(sent == [Bool](repeating: true, count: 1000))
        }
    }

    @Test func `a message that is too large is refused, and the others go`() async throws {
        try await onThread {
            let cluster = try TestCluster(partitions: 1)
            let producer = try KafkaProducer(cluster.configuration, logger: TestCluster.logger)
            let large = [UInt8](repeating: 0, count: 3_000_000)
            let deliveries = try producer.deliver([[1], large, [2]].map { OutgoingMessage(topic: cluster.topic, partition: 0, value: $0) })
            #expect(deliveries.map(\.isAcknowledged) == [true, false, true])
            guard case .failed(let failure) = deliveries[1] else { return }
            #expect(failure.code == .kafkaMessageTooLarge)
            #expect(failure.message.contains(cluster.topic))
            #expect(failure.recovery == .permanent)
        }
    }

    @Test func `a partition or topic that does not exist fails its message alone`() async throws {
        try await onThread {
            let cluster = try TestCluster(partitions: 1)
            let producer = try KafkaProducer(cluster.configuration, logger: TestCluster.logger)
            let deliveries = try producer.deliver(
                [0, 77, Int.max].map { OutgoingMessage(topic: cluster.topic, partition: $0, value: [1]) })
            #expect(deliveries.map(\.isAcknowledged) == [true, false, false])
            for case .failed(let failure) in deliveries {
                #expect(failure.code == .kafkaTopic)
            }
        }
    }

    @Test(.timeLimit(.minutes(10))) func `without a broker every message fails in bounded time, with the cause`() async throws {
        try await onThread {
            let configuration = KafkaConfiguration(bootstrapServers: "127.0.0.1:1", properties: [("delivery.timeout.ms", "1500")])
            let producer = try KafkaProducer(configuration, logger: TestCluster.logger)
            let deliveries = try producer.deliver([OutgoingMessage(topic: "t", value: [1]), OutgoingMessage(topic: "t", value: [2])])
            for delivery in deliveries {
                guard case .failed(let failure) = delivery else {
                    Issue.record("a message was acknowledged by nobody")
                    continue
                }
                #expect(failure.code == .kafkaUnreachable)
                #expect(failure.message.contains("Connection refused"))
            }
        }
    }

    @Test func `nothing sent is an answer at once`() throws {
        #expect(try KafkaProducer(KafkaConfiguration(bootstrapServers: "127.0.0.1:1"), logger: TestCluster.logger).send([]) == [])
    }
}
