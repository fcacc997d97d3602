import Diagnostics
import Foundation
import Kafka
import Synchronization
import TestSupport
import Testing

@Suite struct TopicKeeperTests {
    /// A cluster's topics: the mock cluster neither deletes nor creates any for a client.
    private final class Cluster: TopicAdministration {
        var present = ["test.jobs": 16, "test.events": 1]
        var answers = true
        private(set) var looks = 0
        private(set) var made: [TopicDescription] = []

        struct Silence: Error {}

        func topics(timeoutMilliseconds: Int) throws -> [String: Int] {
            looks += 1
            guard answers else { throw Silence() }
            return present
        }

        func ensure(_ topics: [TopicDescription], timeoutMilliseconds: Int) throws {
            for topic in topics where present[topic.name] == nil {
                made.append(topic)
                present[topic.name] = topic.partitions
            }
        }
    }

    private static let topics = [
        TopicDescription(name: "test.jobs", partitions: 16, replicationFactor: 3),
        TopicDescription(name: "test.events", partitions: 1, replicationFactor: 3),
    ]

    @Test func `a topic that vanished is made again as it was configured, at the next look`() {
        let cluster = Cluster()
        let time = Mutex(ContinuousClock.now)
        let log = LogRecorder()
        var keeper = TopicKeeper(
            Self.topics, admin: cluster, logger: log.logger, clock: SteadyClock(longestNap: .milliseconds(1)) { time.withLock { $0 } })
        cluster.present["test.jobs"] = nil
        #expect(keeper.look() == nil && cluster.looks == 0)
        time.withLock { $0 += TopicKeeper.interval }
        #expect(keeper.look() == ["test.jobs": 16, "test.events": 1])
        #expect(cluster.made == [Self.topics[0]])
        #expect(log.lines == ["topics have vanished and are created again"])
        // One that somebody else made is used as it is.
        cluster.present["test.jobs"] = 1
        #expect(keeper.look() == nil)
        keeper.lookSoon()
        #expect(keeper.look()?["test.jobs"] == 1)
        #expect(cluster.made.count == 1)
    }

    @Test func `brokers that say nothing are asked again`() {
        let cluster = Cluster()
        let log = LogRecorder()
        var keeper = TopicKeeper(Self.topics, admin: cluster, logger: log.logger)
        cluster.answers = false
        keeper.lookSoon()
        #expect(keeper.look() == nil && log.lines.count == 1 && log.lines[0].contains("the topics cannot be checked"))
        cluster.answers = true
        cluster.present = [:]
        keeper.lookSoon()
        #expect(keeper.look() == ["test.jobs": 16, "test.events": 1])
        #expect(cluster.made == Self.topics)
    }

    @Test(.enabled(if: !TestBroker.isMock, "the mock cluster neither deletes nor creates topics for a client"))
    func `a topic that is deleted on a cluster comes back with its partitions, though a producer goes on`() async throws {
        try await onThread {
            let cluster = try TestCluster(partitions: 3)
            let admin = try KafkaAdmin(cluster.configuration, logger: TestCluster.logger)
            let producer = try KafkaProducer(cluster.configuration, logger: TestCluster.logger)
            let message = OutgoingMessage(topic: cluster.topic, partition: 2, key: nil, value: [1])
            #expect(try producer.send([message]) == [true])
            let log = LogRecorder()
            var keeper = TopicKeeper([TopicDescription(name: cluster.topic, partitions: 3)], admin: admin, logger: log.logger)
            try admin.remove(topics: [cluster.topic], groups: [])
            let deadline = ContinuousClock.now + .seconds(60)
            var partitions: Int?
            while log.lines.isEmpty || partitions == nil, .now < deadline {
                _ = try producer.send([message], timeoutMilliseconds: 500)
                keeper.lookSoon()
                partitions = keeper.look()?[cluster.topic]
            }
            #expect(partitions == 3 && log.lines.contains { $0.contains("created again") })
        }
    }
}
