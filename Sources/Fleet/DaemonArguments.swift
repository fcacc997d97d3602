package import Kafka

/// The command line that coordinators and workers of a fleet have in common.
package struct DaemonArguments: Sendable {
    package var kafka: KafkaConfiguration
    package var topics: JobTopics
    /// Level of their logs.
    package var logLevel = "info"

    package init(kafka: KafkaConfiguration, topics: JobTopics) {
        self.kafka = kafka
        self.topics = topics
    }

    /// The arguments; the database's address goes through the environment.
    package var list: [String] {
        var list = ["--kafka", kafka.bootstrapServers, "--topic-prefix", topics.prefix, "--log-level", logLevel, "--end-with-input"]
        for (name, value) in kafka.properties { list += ["--kafka-property", "\(name)=\(value)"] }
        return list
    }
}
