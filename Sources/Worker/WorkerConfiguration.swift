package import Kafka
package import Postgres

/// What a worker needs to know. Times are seconds.
package struct WorkerConfiguration: Sendable {
    package var kafka: KafkaConfiguration
    package var database: DatabaseAddress
    package var topics: JobTopics
    /// Shards computed at the same time, one thread each.
    package var threads: Int
    /// How long a claim lasts without being renewed.
    package var leaseSeconds: Double = 30
    /// How long a worker that is told to stop goes on with the shards it has.
    package var drainSeconds: Double = 30
    /// A shard that finishes no image for so long is taken for hung: its lease is left to run out.
    package var stallSeconds: Double = 600
    /// Folder where checkpoints are kept by their hash.
    package var cacheDirectory: String
    /// Where data sets lie on this machine, by name, where that is not where they were added.
    package var dataSetRoots: [String: String] = [:]
    /// Whether the worker takes runs of the network of no work, which are measurements and no evaluations.
    package var acceptsBenchmarks = false
    /// File that the times of all claims are written to at the end, as JSON; nil for none.
    package var claimTimesFile: String?
    /// Version of this program.
    package var version: String

    package init(
        kafka: KafkaConfiguration, database: DatabaseAddress, topics: JobTopics, threads: Int, cacheDirectory: String, version: String
    ) {
        self.kafka = kafka
        self.database = database
        self.topics = topics
        self.threads = threads
        self.cacheDirectory = cacheDirectory
        self.version = version
    }
}
