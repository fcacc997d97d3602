package import Diagnostics
package import Logging

/// Who shows a cluster's topics, and makes those that are missing.
package protocol TopicAdministration {
    /// Partitions of every topic.
    func topics(timeoutMilliseconds: Int) throws -> [String: Int]
    func ensure(_ topics: [TopicDescription], timeoutMilliseconds: Int) throws
}

extension KafkaAdmin: TopicAdministration {}

/// Recreates topics that vanish, as they were configured.
package struct TopicKeeper {
    private let topics: [TopicDescription]
    private let admin: any TopicAdministration
    private let logger: Logger
    private let clock: SteadyClock
    private var nextLook: Deadline

    /// Between two polls of the cluster.
    package static let interval = Duration.seconds(2)

    package init(_ topics: [TopicDescription], admin: any TopicAdministration, logger: Logger, clock: SteadyClock = .system) {
        self.topics = topics
        self.admin = admin
        self.logger = logger
        self.clock = clock
        nextLook = Deadline(in: Self.interval, on: clock)
    }

    /// Lets the next call of ``look()`` ask the cluster: a topic may have vanished, or come back with other partitions.
    package mutating func lookSoon() {
        nextLook = Deadline(in: .zero, on: clock)
    }

    /// Recreates topics that have vanished. Blocks for some seconds at most; while no broker answers there is nothing to be done.
    /// - Returns: partitions of every topic of the cluster; nil where it was not time to ask, or nobody answered.
    package mutating func look() -> [String: Int]? {
        guard nextLook.isPast else { return nil }
        nextLook = Deadline(in: Self.interval, on: clock)
        do {
            let present = try admin.topics(timeoutMilliseconds: 2000)
            guard topics.contains(where: { present[$0.name] == nil }) else { return present }
            logger.warning("topics have vanished and are created again")
            try admin.ensure(topics, timeoutMilliseconds: 5000)
            return try admin.topics(timeoutMilliseconds: 2000)
        } catch {
            logger.warning("the topics cannot be checked: \(error)")
            return nil
        }
    }
}
