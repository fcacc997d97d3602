internal import ArgumentParser
internal import Dashboard
internal import Diagnostics
internal import Foundation
internal import Kafka
internal import Logging
internal import Postgres
internal import Telemetry

/// Where a program shows what it does, and for whom.
struct HTTPOptions: ParsableArguments {
    @Option(help: "Serve HTTP on HOST:PORT, such as 127.0.0.1:8080; port 0 takes any. See docs/dashboard.md.")
    var http: String?

    @Option(
        help:
            "A file with the token that opens the pages. Default: $EVALCTL_HTTP_TOKEN. Other addresses than loopback need one, steering too."
    )
    var httpTokenFile: String?

    @Option(help: .hidden)
    var httpAddressFile: String?

    func validate() throws {
        if http == nil, httpTokenFile != nil { throw ValidationError("--http-token-file says for whom --http ADDRESS is") }
    }

    /// Nil where HTTP is not asked for.
    /// - Throws: `http.address`, `http.token`.
    func configuration() throws -> HTTPConfiguration? {
        guard let http else { return nil }
        return try HTTPConfiguration(
            address: HTTPAddress(parsing: http),
            token: HTTPToken.find(file: httpTokenFile, environment: ProcessInfo.processInfo.environment))
    }

    /// The same options for a coordinator that this program starts; a token of the environment it inherits.
    func arguments(addressFile: String) -> [String] {
        guard let http else { return [] }
        return ["--http", http, "--http-address-file", addressFile] + (httpTokenFile.map { ["--http-token-file", $0] } ?? [])
    }

    /// Starts serving where it is asked for, and says where.
    func serve(_ status: ProgramStatus, dashboard: DashboardSource? = nil, logger: Logger) throws -> HTTPServer? {
        guard let configuration = try configuration() else { return nil }
        let server = try HTTPServer(configuration, status: status, dashboard: dashboard, logger: logger)
        note("http://\(server.address)/")
        if let httpAddressFile {
            // Whoever waits for the file finds all of it.
            try Data("\(server.address)\n".utf8).write(to: URL(filePath: httpAddressFile), options: .atomic)
        }
        return server
    }
}

extension DaemonOptions {
    /// What `/readyz` asks: the database and the broker, each with a connection of its own.
    func readinessChecks(kafka: KafkaConfiguration, database: DatabaseAddress, name: String, logger: Logger)
        -> @Sendable () throws ->
        [ReadinessCheck]
    {
        {
            var options = ConnectionOptions(applicationName: "\(name) readiness")
            options.connectTimeout = .seconds(2)
            options.statementTimeout = .seconds(1)
            options.answerGrace = .seconds(1)
            options.tcpUserTimeout = .seconds(3)
            var retry = RetryPolicy()
            retry.totalTime = .zero
            let session = PostgresSession(database, options: options, retry: retry)
            let admin = try KafkaAdmin(kafka, logger: logger)
            return [
                ReadinessCheck("database") { try session.withConnection { _ = try $0.execute("SELECT 1 AS one", []) } },
                ReadinessCheck("broker") { try admin.requireReachable(timeoutMilliseconds: 1500) },
            ]
        }
    }

    /// How far the workers' group is behind, for `/metrics`.
    func lag(kafka: KafkaConfiguration, topics: JobTopics, logger: Logger) -> @Sendable () throws -> () throws -> [MetricFamily] {
        {
            let admin = try KafkaAdmin(kafka, logger: logger)
            return {
                let lag = try admin.lag(ofGroup: topics.workerGroup, topic: topics.jobs, timeoutMilliseconds: 3000)
                return [
                    MetricFamily(
                        "evalctl_consumer_lag_messages", .gauge, help: "Job messages that the workers' group has not committed.",
                        samples: [MetricSample(Double(lag.values.reduce(0, +)), labels: [MetricLabel("topic", topics.jobs)])]),
                    MetricFamily(
                        "evalctl_topic_partitions", .gauge, help: "Partitions of the topic of jobs.",
                        samples: [MetricSample(Double(lag.count), labels: [MetricLabel("topic", topics.jobs)])]),
                ]
            }
        }
    }
}
