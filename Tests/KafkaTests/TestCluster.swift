import Foundation
import Kafka
import KafkaMock
import Logging
import TestSupport
import Testing

/// A topic of its own on the broker that tests run against.
struct TestCluster {
    private let testBroker: TestBroker
    let topic: String
    let partitions: Int

    static let logger: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    init(partitions: Int = 4, brokers: Int = 1) throws {
        self.partitions = partitions
        topic = "evalctl-test-\(UUID().uuidString)"
        testBroker = try TestBroker(topics: [TopicDescription(name: topic, partitions: partitions)], brokers: brokers)
    }

    /// Nil on an external broker.
    var broker: MockBroker? { testBroker.mock }
    var configuration: KafkaConfiguration { testBroker.configuration }

    /// The configuration with further properties.
    func configuration(_ properties: (String, String)...) -> KafkaConfiguration {
        var result = configuration
        result.properties += properties.map { (name: $0.0, value: $0.1) }
        return result
    }

    func consumer(
        group: String = "workers", _ properties: (String, String)..., maximumMessageBytes: Int = 1 << 20,
        logger: Logger = TestCluster.logger
    ) throws -> KafkaConsumer {
        var own = configuration
        own.properties += properties.map { (name: $0.0, value: $0.1) }
        return try KafkaConsumer(
            own, group: "\(group)-\(topic)", topics: [topic], maximumMessageBytes: maximumMessageBytes, logger: logger)
    }

    /// Sends values to the partitions in turn, one after the other in each.
    func produce(_ values: [String]) throws {
        let producer = try KafkaProducer(configuration, logger: Self.logger)
        let messages = values.enumerated().map { index, value in
            OutgoingMessage(topic: topic, partition: index % partitions, key: Array("k".utf8), value: Array(value.utf8))
        }
        #expect(try producer.send(messages) == messages.map { _ in true })
    }
}

extension KafkaMessage {
    var text: String { String(decoding: value ?? [], as: UTF8.self) }
}

/// The texts `"0"`, `"1"`, … up to before `count`.
func numerals(_ count: Int) -> [String] { (0..<count).map { "\($0)" } }

/// Polls until `count` messages came or `seconds` passed, and commits each.
func collect(_ consumer: KafkaConsumer, _ count: Int, seconds: Double = 120) throws -> [KafkaMessage] {
    var found: [KafkaMessage] = []
    let deadline = Date().addingTimeInterval(seconds)
    while found.count < count, Date() < deadline {
        guard let message = try consumer.poll(milliseconds: 100) else { continue }
        consumer.commit(message)
        found.append(message)
    }
    return found
}

/// Polls until `condition` holds or `seconds` passed; a message that comes is an error of the test.
func poll(_ consumer: KafkaConsumer, seconds: Double = 120, until condition: () -> Bool) throws {
    let deadline = Date().addingTimeInterval(seconds)
    while !condition(), Date() < deadline {
        #expect(try consumer.poll(milliseconds: 50) == nil)
    }
    #expect(condition())
}

/// Runs blocking work on a thread of its own, so that tests wait side by side.
func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
            continuation.resume(with: Swift.Result { try body() })
        }
    }
}
