package import Kafka

/// The command line that coordinators and workers of a fleet have in common.
package struct DaemonArguments: Sendable {
    /// Nil where jobs travel through the database.
    package var kafka: (configuration: KafkaConfiguration, topics: JobTopics)?
    /// Level of their logs.
    package var logLevel = "info"

    package init(kafka: (configuration: KafkaConfiguration, topics: JobTopics)?) {
        self.kafka = kafka
    }

    /// The arguments; the database's address goes through ``environment(database:)``.
    package var list: [String] {
        var list = ["--log-level", logLevel, "--end-with-input"]
        guard let kafka else { return list }
        list += ["--kafka", kafka.configuration.bootstrapServers, "--topic-prefix", kafka.topics.prefix]
        for (name, value) in kafka.configuration.properties { list += ["--kafka-property", "\(name)=\(value)"] }
        return list
    }

    /// The environment, in which no other Kafka is named.
    package static func environment(database: String) -> [String: String] { ["EVALCTL_DATABASE": database, "EVALCTL_KAFKA": ""] }
}
