package import ArgumentParser
internal import Coordinator
internal import Dashboard
internal import Diagnostics
internal import Telemetry
internal import Transport

/// `eval-coordinator`: publishes shards, rescues lost ones, finishes runs.
package struct EvalCoordinator: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "eval-coordinator",
        abstract: "Drives runs to their end: publishes shards, rescues lost ones, keeps reports. Several may run; one leads.",
        discussion: """
            Jobs travel through PostgreSQL itself, or through Kafka where --kafka names one; workers have to be told the same. \
            Once it has started, it waits for a database or a broker that is gone. A second signal ends it at once.
            Exit codes: 0 stopped by a signal; 1 failed; 64 wrong usage; 69 a database or broker cannot be reached at the start; \
            130 ended by a second signal.
            """,
        version: programVersion)

    @OptionGroup var daemonOptions: DaemonOptions

    @OptionGroup var httpOptions: HTTPOptions

    @Option(help: "With Kafka: partitions of the topic of jobs, where it has to be made.")
    var partitions = KafkaTransport.defaultPartitions

    @Option(help: "With Kafka: copies of each partition, where topics have to be made; -1 is the cluster's default.")
    var replicationFactor = KafkaTransport.defaultReplicationFactor

    package init() {}

    package func validate() throws {
        guard (1...10_000).contains(partitions) else { throw ValidationError("--partitions takes 1 to 10000") }
        guard replicationFactor == KafkaTransport.defaultReplicationFactor || (1...100).contains(replicationFactor) else {
            throw ValidationError("--replication-factor takes 1 to 100, or -1")
        }
    }

    package func run() throws {
        try ProgramExit.reporting {
            let configuration = CoordinatorConfiguration(
                transport: try transport(), database: try daemonOptions.address(), version: programVersion)
            let logger = daemonOptions.logOptions.logger("eval-coordinator")
            let (metrics, pulses) = (MetricsRegistry(), LoopPulses())
            let coordinator = Coordinator(configuration, logger: logger, metrics: metrics, pulses: pulses)
            let (transport, database) = (configuration.transport, configuration.database)
            let server = try httpOptions.serve(
                ProgramStatus(
                    metrics: metrics, pulses: pulses,
                    build: [
                        MetricLabel("program", "eval-coordinator"), MetricLabel("version", programVersion),
                        MetricLabel("instruction_set", InstructionSet.name),
                    ],
                    makeChecks: daemonOptions.readinessChecks(
                        transport, database: database, name: "eval-coordinator", logger: logger)),
                dashboard: DashboardSource(
                    database: database,
                    makeBrokerMetrics: daemonOptions.lag(transport, database: database, logger: logger)),
                logger: logger)
            defer { server?.stop() }
            try daemonOptions.runDaemon(
                "coordinator", metrics: metrics, pulses: pulses, work: coordinator.run, drain: coordinator.stop, abandon: {})
        }
    }

    private func transport() throws -> any JobTransport {
        let transport = try daemonOptions.kafkaOptions.transport(clientID: "eval-coordinator")
        guard var kafka = transport as? KafkaTransport else { return transport }
        kafka.partitions = partitions
        kafka.replicationFactor = replicationFactor
        return kafka
    }
}
