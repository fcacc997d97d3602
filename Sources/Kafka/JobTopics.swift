/// The pipeline's topics and its consumer group, under one prefix.
package struct JobTopics: Sendable, Hashable {
    package var prefix: String

    package init(prefix: String = "eval") {
        self.prefix = prefix
    }

    /// Job messages for workers.
    package var jobs: String { "\(prefix).jobs" }
    /// What happens, for whoever wants to watch; losing one loses nothing.
    package var events: String { "\(prefix).events" }
    /// Shards that were given up.
    package var deadLetter: String { "\(prefix).dead-letter" }
    /// The group that all workers belong to.
    package var workerGroup: String { "\(prefix).workers" }

    /// All topics, with `partitions` of jobs.
    package func descriptions(partitions: Int) -> [TopicDescription] {
        [
            TopicDescription(name: jobs, partitions: partitions), TopicDescription(name: events, partitions: 1),
            TopicDescription(name: deadLetter, partitions: 1),
        ]
    }
}
