import Foundation
package import Kafka
package import KafkaMock
import Logging

/// The broker that tests run against: the one that `EVALCTL_TEST_KAFKA` names, else a mock one of each test's own.
package struct TestBroker {
    /// Nil on an external broker.
    package let mock: MockBroker?
    package let configuration: KafkaConfiguration

    private static var externalServers: String? { ProcessInfo.processInfo.environment["EVALCTL_TEST_KAFKA"] }

    /// Whether the broker is a mock one, into which faults can be injected.
    package static var isMock: Bool { externalServers == nil }

    /// A name that no other test on the same broker has.
    package static func uniqueName(_ name: String) -> String { isMock ? name : "\(name)-\(UUID().uuidString.lowercased())" }

    /// - Parameters:
    ///   - topics: made where they are not there.
    ///   - group: one that a mock broker brings into being, so that its first member need not wait for it.
    ///   - brokers: of a mock cluster.
    package init(topics: [TopicDescription], group: String? = nil, brokers: Int = 1) throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        if let servers = Self.externalServers {
            mock = nil
            configuration = KafkaConfiguration(bootstrapServers: servers)
            try KafkaAdmin(configuration, logger: logger).ensure(topics)
        } else {
            let mock = try MockBroker(brokers: brokers, topics: topics, logger: logger)
            if let group { try mock.openGroup(group) }
            self.mock = mock
            configuration = mock.configuration()
        }
    }
}
