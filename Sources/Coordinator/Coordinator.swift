internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Foundation
package import Kafka
package import Logging
package import Postgres
internal import Reports

/// What a coordinator needs to know. Times are seconds.
package struct CoordinatorConfiguration: Sendable {
    package var kafka: KafkaConfiguration
    package var database: DatabaseAddress
    package var topics: JobTopics
    /// Partitions of the topic of jobs, where the coordinator makes it.
    package var partitions = 16
    /// Copies of each partition, where the coordinator makes the topics; -1 is the cluster's default.
    package var replicationFactor = -1
    /// Between two looks at the database.
    package var intervalSeconds = 0.2
    /// A shard published and not claimed for so long is published again.
    package var republishSeconds: Double = 15
    /// A worker silent for so long has no slots to fill.
    package var workerTimeoutSeconds: Double = 10

    package init(kafka: KafkaConfiguration, database: DatabaseAddress, topics: JobTopics) {
        self.kafka = kafka
        self.database = database
        self.topics = topics
    }
}

/// Drives runs to their end: publishes shards, rescues lost ones, finishes runs and keeps their reports.
///
/// Any number may run; the one that holds an advisory lock leads, the others wait for it.
package final class Coordinator: @unchecked Sendable {
    private let configuration: CoordinatorConfiguration
    private let logger: Logger
    private let session: PostgresSession
    private let condition = NSCondition()
    private var isStopping = false
    private let window = PublishingWindow()
    private let backoff = AttemptBackoff()

    package init(_ configuration: CoordinatorConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        session = PostgresSession(configuration.database, options: ConnectionOptions(applicationName: "eval-coordinator"))
    }

    /// Tells the coordinator to end; may be called from any thread.
    package func stop() {
        condition.lock()
        isStopping = true
        condition.broadcast()
        condition.unlock()
    }

    /// Blocks until `seconds` passed or the coordinator is to end.
    /// - Returns: whether to go on.
    private func pause(seconds: Double) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        let deadline = Date().addingTimeInterval(seconds)
        while !isStopping, condition.wait(until: deadline) {}
        return !isStopping
    }

    /// Coordinates until it is stopped. Blocks; call it on a thread of its own.
    /// - Throws: what keeps it from starting: no database, no broker, a bad property.
    package func run() throws {
        let store = EvaluationStore(session: session)
        _ = try store.activeRuns()
        try KafkaAdmin(configuration.kafka, logger: logger).ensure(
            configuration.topics.descriptions(partitions: configuration.partitions).map {
                TopicDescription(name: $0.name, partitions: $0.partitions, replicationFactor: configuration.replicationFactor)
            })
        var producer = try KafkaProducer(configuration.kafka, logger: logger)
        var leads = false
        repeat {
            do {
                let held = try lead(leads)
                if held && !leads { logger.info("this coordinator leads") }
                leads = held
                if leads { try round(store, producer) }
            } catch let failure as Failure where failure.recovery == .transient {
                logger.warning("coordinating waits: \(failure)")
                leads = false
                if failure.code == .kafkaFatal { producer = try KafkaProducer(configuration.kafka, logger: logger) }
            }
        } while pause(seconds: configuration.intervalSeconds)
        logger.info("the coordinator has stopped")
    }

    /// Whether this coordinator leads. The lock belongs to the database session and goes with it.
    private func lead(_ already: Bool) throws -> Bool {
        let connections = session.connectionCount
        return try session.withConnection { connection in
            if already && session.connectionCount == connections { return true }
            return try connection.tryLock(AdvisoryLock("evalctl coordinator"))
        }
    }

    /// One look at everything: rescue, bury, finish, publish.
    private func round(_ store: EvaluationStore, _ producer: KafkaProducer) throws {
        for lost in try store.rescueExpired(backoff: backoff) {
            logger.warning("the lease on shard \(lost.shard) of run \(lost.run), attempt \(lost.attempt), ran out")
        }
        let dead = try store.buryExhausted()
        for attempt in dead {
            logger.error("shard \(attempt.shard) of run \(attempt.run) is given up after \(attempt.attempt) attempts")
        }
        if !dead.isEmpty {
            _ = try producer.send(
                dead.map { OutgoingMessage(topic: configuration.topics.deadLetter, key: key($0), value: JobMessage($0).encoded()) })
        }
        for run in try store.finishRuns() {
            let report = try store.report(run)
            try store.keepReport(run, json: try renderJSON(report))
            logger.info("run \(run) is finished: \(report.completeness)")
            announce(#"{"version":1,"event":"finished","run":\#(run)}"#, producer)
        }
        try publish(store, producer)
    }

    private func publish(_ store: EvaluationStore, _ producer: KafkaProducer) throws {
        let runs = try store.activeRuns()
        let slots = try store.liveSlots(withinSeconds: configuration.workerTimeoutSeconds)
        var room = window.room(slots: slots, unclaimed: runs.reduce(0) { $0 + $1.unclaimed })
        for run in runs where run.state == .running && run.pending > 0 && room > 0 {
            let attempts = try store.markPublished(run: run.run, limit: room)
            room -= attempts.count
            try send(attempts, store, producer)
        }
        let again = try store.republishUnclaimed(olderThanSeconds: configuration.republishSeconds)
        if !again.isEmpty {
            logger.info("\(again.count) shards were published and not claimed for \(configuration.republishSeconds) s: sending them again")
            try send(again, store, producer)
        }
    }

    private func send(_ attempts: [ShardAttempt], _ store: EvaluationStore, _ producer: KafkaProducer) throws {
        guard !attempts.isEmpty else { return }
        let acknowledged = try producer.send(
            attempts.map { OutgoingMessage(topic: configuration.topics.jobs, key: key($0), value: JobMessage($0).encoded()) })
        try store.unmarkPublished(zip(attempts, acknowledged).filter { !$0.1 }.map(\.0))
    }

    /// Shards are spread over the partitions by a key of their own.
    private func key(_ attempt: ShardAttempt) -> [UInt8] {
        Array("\(attempt.run)/\(attempt.shard)/\(attempt.attempt)".utf8)
    }

    /// Tells watchers; losing it loses nothing.
    private func announce(_ event: String, _ producer: KafkaProducer) {
        do {
            _ = try producer.send(
                [OutgoingMessage(topic: configuration.topics.events, value: Array(event.utf8))], timeoutMilliseconds: 1000)
        } catch {
            logger.debug("an event was not sent: \(error)")
        }
    }
}
