internal import ArgumentParser
internal import Dashboard
internal import Diagnostics
internal import EvaluationStore
internal import Foundation
internal import Logging
internal import Postgres
internal import Telemetry
internal import Transport

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
    /// What `/readyz` asks: the database and the transport.
    func readinessChecks(
        _ transport: any JobTransport, database: DatabaseAddress, name: String, logger: Logger,
        further: @escaping @Sendable @autoclosure () -> [ReadinessCheck] = []
    ) -> @Sendable () throws -> [ReadinessCheck] {
        {
            let store = EvaluationStore(session: Self.impatientSession(database, "\(name) readiness"))
            let monitor = try transport.makeMonitor(store: store, logger: logger)
            return [
                ReadinessCheck("database") { try store.queue.requireAccess() },
                ReadinessCheck(monitor.name) { try monitor.check() },
            ] + further()
        }
    }

    /// How far the workers are behind, for `/metrics`.
    func lag(_ transport: any JobTransport, database: DatabaseAddress, logger: Logger) -> @Sendable () throws -> () throws -> [MetricFamily]
    {
        {
            let monitor = try transport.makeMonitor(
                store: EvaluationStore(session: Self.impatientSession(database, "eval-coordinator lag")), logger: logger)
            return {
                let lag = try monitor.lag()
                return [
                    MetricFamily(
                        "evalctl_consumer_lag_messages", .gauge,
                        help: "Offers of jobs that no worker has decided, by the topic or table they are in.",
                        samples: [MetricSample(Double(lag.waiting), labels: [MetricLabel("topic", lag.source)])]),
                    MetricFamily(
                        "evalctl_topic_partitions", .gauge,
                        help: "Partitions of the topic of jobs; 1 where jobs travel through the database.",
                        samples: [MetricSample(Double(lag.lanes), labels: [MetricLabel("topic", lag.source)])]),
                ]
            }
        }
    }

    /// A session that gives up soon, because a request waits for it.
    private static func impatientSession(_ database: DatabaseAddress, _ name: String) -> PostgresSession {
        var options = ConnectionOptions(applicationName: name)
        options.connectTimeout = .seconds(2)
        options.statementTimeout = .seconds(1)
        options.answerGrace = .seconds(1)
        options.tcpUserTimeout = .seconds(3)
        return PostgresSession(database, options: options, retry: RetryPolicy(totalTime: .zero))
    }
}
