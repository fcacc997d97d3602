internal import ArgumentParser
internal import Chaos
internal import Commands
internal import Diagnostics
internal import EvaluationStore
internal import Fleet
internal import Foundation
internal import ImageInput
internal import ImageSources
internal import Kafka
internal import Logging
internal import NoWork
internal import Postgres
internal import Reports

struct ChaosCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chaos",
        abstract: "Lets a fleet work while programs, database, broker and messages fail at random, and checks every image.",
        discussion: """
            Starts two coordinators and three workers, submits runs, and kills, stops and cuts off what it can. Afterwards every run has to \
            have the digest of an undisturbed one. The same seed gives the same plan of faults. Exits with 1 unless all is well.
            """)

    @Option(help: "Decides which faults happen when.")
    var seed: UInt64 = 1

    @Option(help: "How long faults happen.")
    var minutes = 3.0

    @Option(help: "What jobs travel through: postgres, or kafka.")
    var transport = TransportChoice.postgres

    @Option(
        help: "A Kafka to use instead of a mock broker, HOST:PORT. Its brokers are left alone, topics and groups of the trial are removed.")
    var kafka: String?

    @Option(
        name: .customLong("kafka-property"), parsing: .unconditionalSingleValue,
        help: "With --kafka: a librdkafka property, NAME=VALUE. May be repeated.")
    var kafkaProperties: [String] = []

    @Option(name: .customLong("kafka-config"), help: "With --kafka: a file of librdkafka properties, NAME=VALUE a line.")
    var kafkaConfigurationFile: String?

    @Option(
        help: """
            A database to use instead of an embedded one: one made for this, which stays as the trial leaves it. Programs reach it through a \
            proxy that reads along, so without TLS. The server itself is left alone.
            """)
    var database: String?

    @Option(help: "Folder with the demo: demo.pth, and images in val.")
    var demo = "pipeline/demo"

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var logOptions: LogOptions

    func validate() throws {
        guard (0.1...1440).contains(minutes) else { throw ValidationError("--minutes takes 0.1 to 1440") }
        guard kafka != nil || (kafkaProperties.isEmpty && kafkaConfigurationFile == nil) else {
            throw ValidationError("--kafka-property and --kafka-config say how to reach --kafka")
        }
    }

    func run() throws {
        try ProgramExit.reporting {
            guard FileManager.default.fileExists(atPath: demo + "/demo.pth") else {
                throw Failure(
                    Failure.Code("chaos.demo"), "there is no demo.pth in \(demo)", remedy: "name the repository's pipeline/demo with --demo"
                )
            }
            let interruption = Interruption()
            // Short: the paths of Unix sockets are limited.
            let folder = "/tmp/evalctl-chaos-\(ProcessInfo.processInfo.processIdentifier)"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let outcome: ChaosOutcome
            do {
                outcome = try trial(in: folder, interruption)
            } catch {
                note("the logs are in \(folder)")
                throw error
            }
            output(try outcome.rendered(as: format))
            guard outcome.isClean else {
                note("the logs are in \(folder)")
                throw ProgramExit.failure
            }
            try? FileManager.default.removeItem(atPath: folder)
        }
    }

    private func trial(in folder: String, _ interruption: Interruption) throws -> ChaosOutcome {
        var logger = logOptions.logger("evalctl")
        // This program's own Kafka clients meet the faults too, and say so at length.
        if logger.logLevel > .info { logger.logLevel = .critical }
        let services = try ChaosServices(
            folder: folder, database: try database.map { try DatabaseAddress(parsing: $0) }, transport: try servicesTransport())
        do {
            let workloads: [ChaosWorkload] = try services.withStore { try self.workloads($0) }
            let trial = try ChaosTrial(
                seed: seed, minutes: minutes, services: services, workloads: workloads, folder: folder, logger: logger, report: note)
            let outcome = try trial.run { try interruption.check() }
            try services.stop()
            return outcome
        } catch {
            try? services.stop()
            throw error
        }
    }

    private func servicesTransport() throws -> ChaosServices.Transport {
        guard let kafka else { return transport == .kafka ? .mockKafka : .postgres }
        return .kafka(
            KafkaConfiguration(
                bootstrapServers: kafka, clientID: "evalctl-chaos",
                properties: try kafkaConfigurationFile.map { try KafkaConfiguration.properties(ofFile: $0) } ?? []
                    + kafkaProperties.map { try KafkaConfiguration.property(parsing: $0) }))
    }

    /// The demo, whose shards take a while, and runs of no work, whose rows are many.
    private func workloads(_ store: EvaluationStore) throws -> [ChaosWorkload] {
        try store.session.withConnection { _ = try MigrationRunner().migrate($0) }
        let model = try ModelRegistration(store: store).add("chaos-demo", path: demo + "/demo.pth", options: CheckpointOptions.parse([]))
            .model
        let dataset = try DataSetRegistration(store: store).add(
            "chaos-demo", from: ImageSource(root: demo + "/val"), labels: .classFolders
        ).dataset
        let options = try RunOptions.parse([])
        let images = 20_000
        return [
            ChaosWorkload(name: "the demo", images: dataset.images) { store, shardSize in
                var options = options
                options.shardSize = shardSize
                options.new = true
                return try options.submit(model: model, dataset: dataset, store: store)
            },
            ChaosWorkload(name: "no work", images: images) { store, shardSize in
                try NoWorkRuns(store: store, images: images, version: programVersion).submit(shardSize: shardSize)
            },
        ]
    }
}
