import Diagnostics
import Foundation
import Kafka
import KafkaMock
import TestSupport
import Testing

/// What only a mock broker can be made to do: fail on demand, be slow, go down and come back. These are the cases that `EVALCTL_TEST_KAFKA` leaves
/// out, with the one of `AdminTests` in which a broker refuses to make topics.
@Suite(.enabled(if: TestBroker.isMock)) struct FaultTests {
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

    @Test func `a producer that the broker calls out of sequence fails that batch, and is replaced for the next`() async throws {
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

    @Test func `a member evicted from the group comes back, and goes on after what was decided`() async throws {
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

    @Test(.timeLimit(.minutes(10))) func `leaving takes bounded time with every broker down`() async throws {
        let (cluster, broker) = try embedded()
        try await onThread {
            try cluster.produce(["one"])
            let consumer = try cluster.consumer()
            #expect(try collect(consumer, 1).count == 1)
            broker.setBroker(1, isDown: true)
            consumer.close(timeoutMilliseconds: 1500)
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `leaving takes bounded time in the midst of joining, and before any broker was found`() async throws {
        let (cluster, _) = try embedded()
        try await onThread {
            let joining = try cluster.consumer()
            _ = try joining.poll(milliseconds: 800)
            let lost = try KafkaConsumer(
                KafkaConfiguration(bootstrapServers: "127.0.0.1:1"), group: "g", topics: ["t"], logger: TestCluster.logger)
            #expect(try lost.poll(milliseconds: 300) == nil)
            joining.close(timeoutMilliseconds: 1500)
            lost.close(timeoutMilliseconds: 1500)
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

    @Test func `three brokers serve one topic, and one of them may be slow`() async throws {
        let (cluster, broker) = try embedded(partitions: 6, brokers: 3)
        try await onThread {
            broker.setRoundTrip(broker: 2, milliseconds: 200)
            try cluster.produce(numerals(60))
            #expect(Set(try collect(cluster.consumer(), 60).map(\.text)) == Set(numerals(60)))
        }
    }

    @Test func `a right that is missing stands as a problem while it lasts, names topic, right and user, and ends no consumer`()
        async throws
    {
        let (cluster, broker) = try embedded()
        try await onThread {
            // The mock cluster takes no logins, and refuses what it is told to.
            let consumer = try cluster.consumer()
            broker.failNext(.joinGroup, with: Array(repeating: .groupAuthorizationFailed, count: 3))
            let deadline = Date().addingTimeInterval(20)
            while consumer.standingProblem == nil, Date() < deadline { _ = try consumer.poll(milliseconds: 50) }
            #expect(consumer.standingProblem?.contains("needs the right READ") == true, "\(consumer.standingProblem ?? "")")
            try cluster.produce(["one"])
            #expect(try collect(consumer, 1).map(\.text) == ["one"])
            #expect(consumer.standingProblem == nil)
        }
    }

    @Test func `a topic that can be read is told from one that is not there, and from a leader that does not answer`() async throws {
        let (cluster, broker) = try embedded(partitions: 1, brokers: 2)
        try await onThread {
            let admin = try KafkaAdmin(cluster.configuration, logger: TestCluster.logger)
            try admin.requireReadable(topic: cluster.topic, timeoutMilliseconds: 3000)
            #expect(
                #expect(throws: Failure.self) { try admin.requireReadable(topic: "none", timeoutMilliseconds: 1000) }?.code == .kafkaTopic)
            broker.setBroker(1, isDown: true)
            broker.setBroker(2, isDown: true)
            let failure = #expect(throws: Failure.self) { try admin.requireReadable(topic: cluster.topic, timeoutMilliseconds: 1500) }
            #expect(failure?.code == .kafkaUnreachable)
        }
    }
}
