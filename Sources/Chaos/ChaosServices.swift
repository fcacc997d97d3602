internal import Diagnostics
package import EvaluationStore
internal import Foundation
package import Kafka
internal import KafkaMock
internal import Logging
package import Postgres

/// The database and the broker of a trial: its own, to which anything can be done, or given ones.
package final class ChaosServices {
    /// The database, past all faults.
    package let database: DatabaseAddress
    /// Nil where jobs travel through the database.
    let kafka: (configuration: KafkaConfiguration, topics: JobTopics)?
    let cluster: EmbeddedCluster?
    private(set) var broker: BrokerProcess?
    private let folder: String
    private var brokers = 1
    /// Stands before the mock broker, so that another one can take its place.
    private let brokerProxy: FaultProxy?
    private var isDatabaseUp = true

    /// Partitions of a mock broker's topic of jobs.
    private static let partitions = 8

    /// What jobs travel through.
    package enum Transport: Sendable {
        case postgres
        /// A mock broker of the trial's own.
        case mockKafka
        case kafka(KafkaConfiguration)
    }

    /// - Parameters:
    ///   - folder: where a database of its own goes.
    ///   - database: a given database, migrated already; nil for one of its own.
    package init(folder: String, database: DatabaseAddress?, transport: Transport) throws {
        switch transport {
        case .postgres: (kafka, broker, brokerProxy) = (nil, nil, nil)
        case .kafka(let configuration):
            kafka = (configuration, JobTopics(prefix: "chaos-\(ProcessInfo.processInfo.processIdentifier)"))
            (broker, brokerProxy) = (nil, nil)
        case .mockKafka:
            let broker = try BrokerProcess(folder: folder, number: brokers, partitions: Self.partitions)
            let proxy = try FaultProxy(at: .tcp(host: "127.0.0.1", port: 0), to: broker.endpoint, content: .kafka)
            self.broker = broker
            brokerProxy = proxy
            kafka = (
                KafkaConfiguration(
                    bootstrapServers: "127.0.0.1:\(proxy.port)", clientID: "evalctl-chaos", properties: MockBroker.roughProperties),
                JobTopics()
            )
        }
        self.folder = folder
        if let database {
            self.database = database
            cluster = nil
        } else {
            let cluster = EmbeddedCluster(directory: folder + "/postgres")
            self.database = try cluster.start()
            self.cluster = cluster
        }
    }

    /// Puts an empty broker in the place of the one there.
    func replaceBroker() throws {
        guard let brokerProxy else { return }
        brokers += 1
        let fresh = try BrokerProcess(folder: folder, number: brokers, partitions: Self.partitions)
        brokerProxy.redirect(to: fresh.endpoint)
        broker?.end()
        brokerProxy.dropConnections()
        broker = fresh
    }

    /// Puts an empty broker in the place of one that ended by itself.
    /// - Returns: whether one had.
    func replaceEndedBroker() throws -> Bool {
        guard let broker, !broker.isRunning else { return false }
        try replaceBroker()
        return true
    }

    /// Calls `body` with the database, past all faults.
    package func withStore<Result>(_ body: (EvaluationStore) throws -> Result) throws -> Result {
        let session = PostgresSession(
            database, options: ConnectionOptions(applicationName: "evalctl-chaos"), retry: RetryPolicy(totalTime: .seconds(1)))
        defer { session.close() }
        return try body(EvaluationStore(session: session))
    }

    /// Where the database listens.
    func databaseEndpoint() throws -> StreamEndpoint {
        let port = database.port ?? 5432
        guard let host = database.host, !host.isEmpty else { return .tcp(host: "127.0.0.1", port: port) }
        return host.hasPrefix("/") ? .unix("\(host)/.s.PGSQL.\(port)") : .tcp(host: host, port: port)
    }

    /// Ends the database of its own.
    /// - Returns: whether it did; it may be down already.
    func stopDatabase(immediately: Bool) throws -> Bool {
        guard let cluster, isDatabaseUp else { return false }
        isDatabaseUp = false
        return try cluster.stop(immediately: immediately)
    }

    func startDatabase() throws {
        guard let cluster, !isDatabaseUp else { return }
        _ = try cluster.start()
        isDatabaseUp = true
    }

    /// Takes the trial's topics and groups off a given Kafka.
    private func removeTopics() {
        guard broker == nil, let kafka, let admin = try? KafkaAdmin(kafka.configuration, logger: Logger(label: "evalctl-chaos")) else {
            return
        }
        let names = kafka.topics.descriptions(partitions: 1).map(\.name)
        try? admin.remove(topics: names, groups: [kafka.topics.workerGroup, "\(kafka.topics.prefix).meddler"])
    }

    package func stop() throws {
        removeTopics()
        broker?.end()
        brokerProxy?.close()
        try startDatabase()
        try cluster?.stop()
    }
}
