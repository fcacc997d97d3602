import Diagnostics
import Foundation
import Kafka
import Logging
import Testing

/// The broker these tests run against: the one that `EVALCTL_TEST_KAFKA` names, else an embedded one.
private struct Cluster {
    let broker: EmbeddedBroker?
    let configuration: KafkaConfiguration
    let topic: String

    static let logger: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    init(partitions: Int = 4) throws {
        topic = "evalctl-test-\(UUID().uuidString)"
        let description = TopicDescription(name: topic, partitions: partitions)
        if let servers = ProcessInfo.processInfo.environment["EVALCTL_TEST_KAFKA"] {
            broker = nil
            configuration = KafkaConfiguration(bootstrapServers: servers)
            try KafkaAdmin(configuration, logger: Self.logger).ensure([description])
        } else {
            let embedded = try EmbeddedBroker(topics: [description], logger: Self.logger)
            broker = embedded
            configuration = KafkaConfiguration(bootstrapServers: embedded.bootstrapServers)
        }
    }

    func consumer(group: String = "workers") throws -> KafkaConsumer {
        try KafkaConsumer(configuration, group: "\(group)-\(topic)", topics: [topic], logger: Self.logger)
    }

    func produce(_ values: [String], partitions: Int = 4) throws {
        let producer = try KafkaProducer(configuration, logger: Self.logger)
        let messages = values.enumerated().map { index, value in
            OutgoingMessage(topic: topic, partition: index % partitions, key: Array("k".utf8), value: Array(value.utf8))
        }
        #expect(try producer.send(messages) == messages.map { _ in true })
    }
}

/// Polls until `count` messages came or `seconds` passed.
private func collect(_ consumer: KafkaConsumer, _ count: Int, seconds: Double = 30) throws -> [String] {
    var found: [String] = []
    let deadline = Date().addingTimeInterval(seconds)
    while found.count < count, Date() < deadline {
        guard let message = try consumer.poll(milliseconds: 100) else { continue }
        consumer.commit(message)
        found.append(String(decoding: message.value ?? [], as: UTF8.self))
    }
    return found
}

@Suite struct KafkaTests {
    @Test func `every message arrives once, whichever partition it was sent to`() throws {
        let cluster = try Cluster()
        let values = (0..<100).map { "message \($0)" }
        try cluster.produce(values)
        let consumer = try cluster.consumer()
        #expect(try collect(consumer, 100).sorted() == values.sorted())
        #expect(try collect(consumer, 1, seconds: 1) == [])
    }

    @Test func `a member that starts later goes on where the group has committed`() throws {
        let cluster = try Cluster(partitions: 1)
        try cluster.produce((0..<10).map { "\($0)" }, partitions: 1)
        let first = try cluster.consumer()
        #expect(try collect(first, 4) == ["0", "1", "2", "3"])
        first.close()
        #expect(try collect(cluster.consumer(), 6) == ["4", "5", "6", "7", "8", "9"])
    }

    @Test func `a paused intake hands out nothing, and loses nothing`() throws {
        let cluster = try Cluster(partitions: 2)
        try cluster.produce((0..<20).map { "\($0)" }, partitions: 2)
        let consumer = try cluster.consumer()
        var found = try collect(consumer, 5)
        for _ in 0..<3 {
            consumer.pauseIntake()
            #expect(try collect(consumer, 1, seconds: 0.5) == [])
            consumer.resumeIntake()
            found += try collect(consumer, 5)
        }
        #expect(found.sorted() == (0..<20).map { "\($0)" }.sorted())
    }

    @Test func `partitions that are assigned while the intake is paused stay silent`() throws {
        let cluster = try Cluster(partitions: 2)
        try cluster.produce((0..<4).map { "\($0)" }, partitions: 2)
        let consumer = try cluster.consumer()
        consumer.pauseIntake()
        #expect(try collect(consumer, 1, seconds: 5) == [])
        #expect(consumer.assignedPartitions == 2)
        consumer.resumeIntake()
        #expect(try collect(consumer, 4).count == 4)
    }

    @Test func `a property that librdkafka does not know is named`() throws {
        let configuration = KafkaConfiguration(bootstrapServers: "127.0.0.1:1", properties: [("no.such.property", "s3cret")])
        let failure = #expect(throws: Failure.self) { try KafkaProducer(configuration, logger: Cluster.logger) }
        #expect(failure?.code == .kafkaProperty)
        #expect(failure?.description.contains("no.such.property") == true)
        #expect(failure?.description.contains("s3cret") == false)
    }

    @Test func `a property's bad value is refused without being quoted`() throws {
        let configuration = KafkaConfiguration(bootstrapServers: "127.0.0.1:1", properties: [("security.protocol", "s3cret")])
        let failure = #expect(throws: Failure.self) { try KafkaAdmin(configuration, logger: Cluster.logger) }
        #expect(failure?.description.contains("security.protocol") == true)
        #expect(failure?.description.contains("s3cret") == false)
        #expect(configuration.description == "127.0.0.1:1 (security.protocol)")
    }

    @Test func `a property flag needs a name`() throws {
        #expect(try KafkaConfiguration.property(parsing: "a=b=c") == ("a", "b=c"))
        #expect(throws: Failure.self) { try KafkaConfiguration.property(parsing: "=b") }
        #expect(throws: Failure.self) { try KafkaConfiguration.property(parsing: "b") }
    }

    @Test func `brokers that do not answer are named, in bounded time`() throws {
        let admin = try KafkaAdmin(KafkaConfiguration(bootstrapServers: "127.0.0.1:1"), logger: Cluster.logger)
        let failure = #expect(throws: Failure.self) { try admin.topics(timeoutMilliseconds: 1500) }
        #expect(failure?.code == .kafkaUnreachable)
        #expect(failure?.description.contains("127.0.0.1:1") == true)
        #expect(failure?.recovery == .transient)
    }

    @Test func `topics that are there are left as they are`() throws {
        let cluster = try Cluster(partitions: 3)
        let admin = try KafkaAdmin(cluster.configuration, logger: Cluster.logger)
        try admin.ensure([TopicDescription(name: cluster.topic, partitions: 7)])
        #expect(try admin.topics(timeoutMilliseconds: 5000)[cluster.topic] == 3)
    }

    @Test func `messages sent while the broker is away arrive when it is back`() throws {
        let cluster = try Cluster(partitions: 1)
        guard let broker = cluster.broker else { return }
        try cluster.produce(["before"], partitions: 1)
        let consumer = try cluster.consumer()
        #expect(try collect(consumer, 1) == ["before"])
        broker.setBroker(1, isDown: true)
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: 1)
            broker.setBroker(1, isDown: false)
        }
        try cluster.produce(["after"], partitions: 1)
        #expect(try collect(consumer, 1) == ["after"])
    }
}
