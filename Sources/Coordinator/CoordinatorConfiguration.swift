package import Kafka
package import Postgres

/// What a coordinator needs to know. Times are seconds.
package struct CoordinatorConfiguration: Sendable {
    package var kafka: KafkaConfiguration
    package var database: DatabaseAddress
    package var topics: JobTopics
    /// Version of this program.
    package var version: String
    /// Partitions of the topic of jobs, where the coordinator makes it.
    package var partitions = 16
    /// Copies of each partition, where the coordinator makes the topics; -1 is the cluster's default.
    package var replicationFactor = -1
    /// Between two looks at the database.
    package var intervalSeconds = 0.1
    /// Between two looks while shards are so small that the window drains faster.
    package var busyIntervalSeconds = 0.02
    /// A worker silent for so long has no slots to fill.
    package var workerTimeoutSeconds: Double = 5
    /// Partitions whose worker lacked something that a run needs get no more of it for so long, while there are others.
    package var declineSeconds: Double = 60
    /// Between two looks at whether the topics are there.
    package var topicCheckSeconds: Double = 2
    /// Between two looks at how long a run's shards take, near its end.
    package var stragglerCheckSeconds: Double = 2

    package init(kafka: KafkaConfiguration, database: DatabaseAddress, topics: JobTopics, version: String) {
        self.kafka = kafka
        self.database = database
        self.topics = topics
        self.version = version
    }
}
