internal import ArgumentParser
internal import Diagnostics
internal import Foundation
internal import Kafka
package import Logging
internal import Postgres
package import Reports
internal import Transport

extension OutputFormat: ExpressibleByArgument {}

extension LogFormat: ExpressibleByArgument {}

/// How much the programs log, and in what form.
package struct LogOptions: ParsableArguments {
    @Option(
        help: """
            Least level of what is logged to standard error: debug, info, warning, error; then levels of single targets, such as \
            info,worker=debug.
            """)
    var logLevel = "warning"

    @Option(help: "text, a line for people; or json, an object a line with the fields run, shard, attempt, worker, code.")
    var logFormat = LogFormat.text

    /// The modules that log.
    private static let targets: Set<String> = [
        "chaos", "commands", "coordinator", "dashboard", "hummingbird", "hummingbirdcore", "kafka", "servicelifecycle", "transport",
        "worker",
    ]

    package init() {}

    package func validate() throws {
        do { _ = try LogLevels(parsing: logLevel, targets: Self.targets) } catch { throw ValidationError("\(error)") }
    }

    package func logger(_ program: String) -> Logger {
        let levels = try? LogLevels(parsing: logLevel, targets: Self.targets)
        return Logger(program: program, format: logFormat, levels: levels ?? LogLevels(.warning))
    }
}

/// Where a cluster's Kafka is, where it has one.
package struct KafkaOptions: ParsableArguments {
    @Option(
        help:
            "Kafka's bootstrap servers, HOST:PORT, several separated by commas. Default: $EVALCTL_KAFKA, else jobs travel through PostgreSQL."
    )
    var kafka: String?

    @Option(
        name: .customLong("kafka-property"), parsing: .unconditionalSingleValue,
        help: "A librdkafka property, NAME=VALUE, such as security.protocol=SASL_SSL. May be repeated.")
    var kafkaProperties: [String] = []

    @Option(
        name: .customLong("kafka-config"),
        help: "A file of librdkafka properties, NAME=VALUE a line, # for comments: the place for secrets. --kafka-property overrides it.")
    var kafkaConfigurationFile: String?

    @Option(help: "Prefix of Kafka's topics and the consumer group.")
    var topicPrefix = "eval"

    package init() {}

    package func validate() throws {
        guard servers == nil, !kafkaProperties.isEmpty || kafkaConfigurationFile != nil else { return }
        throw ValidationError(
            "--kafka-property and --kafka-config say how to reach the Kafka that --kafka or EVALCTL_KAFKA names, and none is named")
    }

    private var servers: String? {
        kafka.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Kafka where it is named, else the database itself.
    func transport(clientID: String) throws -> any JobTransport {
        guard let servers else { return PostgresTransport() }
        return KafkaTransport(
            kafka: KafkaConfiguration(
                bootstrapServers: servers, clientID: clientID,
                properties: try kafkaConfigurationFile.map { try KafkaConfiguration.properties(ofFile: $0) } ?? []
                    + kafkaProperties.map { try KafkaConfiguration.property(parsing: $0) }),
            topics: JobTopics(prefix: topicPrefix))
    }
}

/// Which database a command works on: a given one, or the embedded one.
package struct DatabaseOptions: ParsableArguments {
    @Option(help: "PostgreSQL's address, a postgresql:// URI or key=value pairs. Default: $EVALCTL_DATABASE, else the embedded database.")
    var database: String?

    @Option(help: "Folder of the embedded database, its logs and cached checkpoints. Default: $XDG_STATE_HOME/evalctl.")
    var dataDir: String?

    package init() {}

    /// The address that was given, nil for the embedded database.
    func givenAddress() throws -> DatabaseAddress? {
        guard let text = database, !text.isEmpty else { return nil }
        return try DatabaseAddress(parsing: text)
    }

    /// Absolute path of the data folder.
    var dataDirectory: String { Self.directory(dataDir) }

    /// Absolute path of the data folder that was given, or of the default one.
    package static func directory(_ given: String?) -> String {
        if let given { return given.hasPrefix("/") ? given : FileManager.default.currentDirectoryPath + "/" + given }
        let environment = ProcessInfo.processInfo.environment
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/evalctl" }
        return (environment["HOME"] ?? NSHomeDirectory()) + "/.local/state/evalctl"
    }
}
