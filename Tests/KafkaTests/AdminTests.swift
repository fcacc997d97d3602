import Diagnostics
import Foundation
import Kafka
import KafkaMock
import TestSupport
import Testing

@Suite struct AdminTests {
    @Test(.timeLimit(.minutes(10))) func `brokers that do not answer are named with the cause, in bounded time`() async throws {
        try await onThread {
            let admin = try KafkaAdmin(KafkaConfiguration(bootstrapServers: "127.0.0.1:1"), logger: TestCluster.logger)
            let failure = #expect(throws: Failure.self) { try admin.requireReachable(timeoutMilliseconds: 1500) }
            #expect(failure?.code == .kafkaUnreachable)
            #expect(failure?.message.contains("no Kafka broker answers at 127.0.0.1:1") == true)
            #expect(failure?.message.contains("Connection refused") == true)
            #expect(failure?.recovery == .transient)
        }
    }

    @Test func `a host name that does not resolve is told`() async throws {
        try await onThread {
            let admin = try KafkaAdmin(KafkaConfiguration(bootstrapServers: "no-such-host.invalid:9092"), logger: TestCluster.logger)
            let failure = #expect(throws: Failure.self) { try admin.topics(timeoutMilliseconds: 1500) }
            #expect(failure?.code == .kafkaUnreachable)
            #expect(failure?.message.contains("no-such-host.invalid") == true)
        }
    }

    @Test func `topics that are there are left as they are, however often they are asked for`() async throws {
        try await onThread {
            let cluster = try TestCluster(partitions: 3)
            let admin = try KafkaAdmin(cluster.configuration, logger: TestCluster.logger)
            for _ in 0..<2 {
                try admin.ensure([TopicDescription(name: cluster.topic, partitions: 7)])
                #expect(try admin.topics(timeoutMilliseconds: 5000)[cluster.topic] == 3)
            }
            #expect(try admin.requireReachable(timeoutMilliseconds: 5000) >= 1)
        }
    }

    @Test(.enabled(if: TestBroker.isMock))
    func `a broker that cannot make topics is told from one that cannot be reached`() async throws {
        try await onThread {
            let cluster = try TestCluster()
            let admin = try KafkaAdmin(cluster.configuration, logger: TestCluster.logger)
            let failure = #expect(throws: Failure.self) {
                try admin.ensure([TopicDescription(name: "missing", partitions: 2)], timeoutMilliseconds: 3000)
            }
            #expect(failure?.code == .kafkaTopic, "\(String(describing: failure))")
            #expect(failure?.message.contains("topic missing cannot be made") == true)
            #expect(try admin.topics(timeoutMilliseconds: 5000)["missing"] == nil)
            try cluster.broker?.create(TopicDescription(name: "missing", partitions: 2))
            try admin.ensure([TopicDescription(name: "missing", partitions: 2)])
            #expect(try admin.topics(timeoutMilliseconds: 5000)["missing"] == 2)
        }
    }

    @Test func `a group's lag is what it has not committed`() async throws {
        try await onThread {
            let cluster = try TestCluster(partitions: 2)
            try cluster.produce(numerals(10))
            let admin = try KafkaAdmin(cluster.configuration, logger: TestCluster.logger)
            let before = try admin.lag(ofGroup: "workers-\(cluster.topic)", topic: cluster.topic)
            #expect(before == [0: 5, 1: 5])
            let consumer = try cluster.consumer()
            #expect(try collect(consumer, 10).count == 10)
            consumer.close()
            let after = try admin.lag(ofGroup: "workers-\(cluster.topic)", topic: cluster.topic)
            #expect(after == [0: 0, 1: 0])
            let failure = #expect(throws: Failure.self) { try admin.lag(ofGroup: "g", topic: "no-such-topic") }
            #expect(failure?.code == .kafkaTopic)
        }
    }
}
