import Diagnostics
import Foundation
import Kafka
import KafkaMock
import Testing

/// What only a mock broker can be made to do.
@Suite(.enabled(if: TestCluster.isEmbedded)) struct FaultTests {
    private func embedded(partitions: Int = 1, brokers: Int = 1) throws -> (TestCluster, MockBroker) {
        let cluster = try TestCluster(partitions: partitions, brokers: brokers)
        return (cluster, try #require(cluster.broker))
    }

    @Test func `messages sent while the broker is away arrive when it is back`() async throws {
        let (cluster, broker) = try embedded()
        try await onThread {
            try cluster.produce(["before"])
            let consumer = try cluster.consumer()
            #expect(try collect(consumer, 1).map(\.text) == ["before"])
            broker.setBroker(1, isDown: true)
            Thread.detachNewThread {
                Thread.sleep(forTimeInterval: 2)
                broker.setBroker(1, isDown: false)
            }
            try cluster.produce(["after"])
            #expect(try collect(consumer, 1).map(\.text) == ["after"])
        }
    }

    @Test func `a message whose acknowledgement was lost is there once`() async throws {
        let (cluster, broker) = try embedded()
        try await onThread {
            let producer = try KafkaProducer(cluster.configuration, logger: TestCluster.logger)
            broker.failNext(.produce, with: [.disconnect, .notEnoughReplicas, .notLeader, .requestTimedOut])
            #expect(try producer.send([OutgoingMessage(topic: cluster.topic, partition: 0, value: [1])]) == [true])
            #expect(try collect(cluster.consumer(), 2, seconds: 6).count == 1)
        }
    }

    @Test func `a producer that the broker put out of order fails that batch, and is made anew for the next`() async throws {
        let (cluster, broker) = try embedded()
        try await onThread {
            let producer = try KafkaProducer(cluster.configuration, logger: TestCluster.logger)
            let message = OutgoingMessage(topic: cluster.topic, partition: 0, value: [1])
            #expect(try producer.send([message]) == [true])
            broker.failNext(.produce, with: [.outOfOrderSequence])
            #expect(try producer.send([message]) == [false])
            let again = try producer.deliver([message])[0]
            #expect(again.isAcknowledged, "\(again)")
        }
    }

    @Test func `fetches, heartbeats and joins that fail in passing lose no message`() async throws {
        let (cluster, broker) = try embedded(partitions: 2)
        try await onThread {
            broker.failNext(.findCoordinator, with: [.coordinatorNotAvailable])
            broker.failNext(.joinGroup, with: [.coordinatorNotAvailable])
            broker.failNext(.fetch, with: [.notLeader, .disconnect])
            try cluster.produce(numerals(20))
            let consumer = try cluster.consumer()
            var found = Set(try collect(consumer, 10).map(\.text))
            broker.failNext(.fetch, with: [.disconnect, .requestTimedOut])
            broker.failNext(.heartbeat, with: [.unknownMember])
            let deadline = Date().addingTimeInterval(30)
            while found.count < 20, Date() < deadline {
                found.formUnion(try collect(consumer, 1, seconds: 1).map(\.text))
            }
            #expect(found == Set(numerals(20)))
        }
    }

    @Test func `a member put out of the group comes back, and goes on after what was decided`() async throws {
        let (cluster, broker) = try embedded()
        try await onThread {
            try cluster.produce(numerals(3))
            let consumer = try cluster.consumer()
            #expect(try collect(consumer, 3).count == 3)
            Thread.sleep(forTimeInterval: 1)
            broker.failNext(.heartbeat, with: [.unknownMember])
            try poll(consumer) { consumer.assignedPartitions == 0 }
            try cluster.produce(["later"])
            #expect(try collect(consumer, 1).map(\.text) == ["later"])
        }
    }

    @Test func `leaving takes bounded time with every broker down`() async throws {
        let (cluster, broker) = try embedded()
        try await onThread {
            try cluster.produce(["one"])
            let consumer = try cluster.consumer()
            #expect(try collect(consumer, 1).count == 1)
            broker.setBroker(1, isDown: true)
            let start = ContinuousClock.now
            consumer.close(timeoutMilliseconds: 1500)
            #expect(ContinuousClock.now - start < .seconds(4))
        }
    }

    @Test func `leaving takes bounded time in the midst of joining, and before any broker was found`() async throws {
        let (cluster, _) = try embedded()
        try await onThread {
            let joining = try cluster.consumer()
            _ = try joining.poll(milliseconds: 800)
            let lost = try KafkaConsumer(
                KafkaConfiguration(bootstrapServers: "127.0.0.1:1"), group: "g", topics: ["t"], logger: TestCluster.logger)
            #expect(try lost.poll(milliseconds: 300) == nil)
            #expect(lost.lastError?.contains("127.0.0.1") == true)
            let start = ContinuousClock.now
            joining.close(timeoutMilliseconds: 1500)
            lost.close(timeoutMilliseconds: 1500)
            #expect(ContinuousClock.now - start < .seconds(6))
        }
    }

    @Test func `a cluster that refuses the client's way of logging in is told from one that is down`()
        async throws
    {
        let (cluster, _) = try embedded()
        try await onThread {
            let configuration = cluster.configuration(
                ("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanisms", "PLAIN"), ("sasl.username", "u"),
                ("sasl.password", "hunter2"), ("reconnect.backoff.max.ms", "200"))
            let refused = #expect(throws: Failure.self) {
                try KafkaAdmin(configuration, logger: TestCluster.logger).requireReachable(timeoutMilliseconds: 1500)
            }
            #expect(refused?.code == .kafkaAuthentication, "\(String(describing: refused))")
            #expect(refused?.description.contains("hunter2") == false)
        }
    }

    @Test func `a topic that is made after a consumer subscribed to it is read`() async throws {
        let (cluster, broker) = try embedded()
        try await onThread {
            let topic = "late-\(cluster.topic)"
            let consumer = try KafkaConsumer(
                cluster.configuration(("topic.metadata.refresh.interval.ms", "500")), group: "late", topics: [topic],
                logger: TestCluster.logger)
            #expect(try consumer.poll(milliseconds: 500) == nil)
            try broker.create(TopicDescription(name: topic, partitions: 1))
            let producer = try KafkaProducer(cluster.configuration, logger: TestCluster.logger)
            #expect(try producer.send([OutgoingMessage(topic: topic, partition: 0, value: [5])]) == [true])
            #expect(try collect(consumer, 1).map(\.value) == [[5]])
        }
    }

    @Test func `a group that the broker opened early takes its first member without the long wait`() async throws {
        let (cluster, broker) = try embedded(partitions: 4)
        try await onThread {
            try cluster.produce(numerals(4))
            // The long wait is three seconds, whatever else the machine does; three tries show that it is not there.
            var shortest = Duration.seconds(60)
            for attempt in 0..<3 where shortest >= .seconds(3) {
                let group = "workers\(attempt)"
                try broker.openGroup("\(group)-\(cluster.topic)")
                Thread.sleep(forTimeInterval: 1.5)
                let start = ContinuousClock.now
                #expect(try collect(cluster.consumer(group: group), 4).count == 4)
                shortest = min(shortest, ContinuousClock.now - start)
            }
            #expect(shortest < .seconds(3))
        }
    }

    @Test func `three brokers serve one topic, and one of them may be slow`() async throws {
        let (cluster, broker) = try embedded(partitions: 6, brokers: 3)
        try await onThread {
            broker.setRoundTrip(broker: 2, milliseconds: 200)
            try cluster.produce(numerals(60))
            #expect(Set(try collect(cluster.consumer(), 60).map(\.text)) == Set(numerals(60)))
        }
    }
}
