internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Foundation
internal import Kafka
internal import Logging
internal import Postgres
internal import Telemetry

extension Worker {
    /// Reads job messages and claims their shards, until the worker stops.
    func listen() throws {
        let session = PostgresSession(
            configuration.database, options: .worker(" claims"), retry: RetryPolicy(totalTime: .seconds(1)),
            isStopping: { [board] in board.stopState == .handingBack })
        let store = EvaluationStore(session: session)
        while true {
            let topics = configuration.topics
            let consumer = try KafkaConsumer(configuration.kafka, group: topics.workerGroup, topics: [topics.jobs], logger: logger)
            board.whenFree { consumer.resumeIntake() }
            defer {
                board.whenFree(nil)
                consumer.close()
            }
            do {
                return try listen(to: consumer, store)
            } catch let failure as Failure where failure.code == .kafkaFatal {
                logger.warning("the Kafka consumer is made anew: \(failure)")
                board.wait(seconds: 1)
            }
        }
    }

    private func listen(to consumer: KafkaConsumer, _ store: EvaluationStore) throws {
        var pending: KafkaMessage?
        var drainDeadline: Date?
        var intake = Intake(consumer, configuration, logger: logger)
        defer { pulses.rest("intake") }
        while true {
            pulses.beat("intake")
            if board.stopState != .none {
                let deadline = drainDeadline ?? Date().addingTimeInterval(configuration.drainSeconds)
                drainDeadline = deadline
                if board.isIdle { return }
                if Date() >= deadline { board.raise(.handingBack) }
            }
            let message = try intake.poll(isWanted: pending == nil && board.hasFreeSlot)
            pending = pending ?? message
            guard let waiting = pending, board.stopState == .none else { continue }
            // A message that came while the last slot was taken waits here.
            guard board.hasFreeSlot else { continue }
            if try decide(waiting, isShared: intake.isAlone, store) {
                consumer.commit(waiting)
                pending = nil
            }
        }
    }

    /// Claims the shard that a message names.
    /// - Parameter isShared: whether other workers read the message too; then it is left to them where this one lately lacked something.
    /// - Returns: whether the message is dealt with; false while the database is away.
    private func decide(_ message: KafkaMessage, isShared: Bool, _ store: EvaluationStore) throws -> Bool {
        do {
            let job: JobMessage
            do {
                job = try JobMessage.decode(message.value)
            } catch {
                logger.warning("\(message.topic) partition \(message.partition) offset \(message.offset): \(error)")
                metrics.undecodable.add()
                try store.recordUndecodable(
                    topic: message.topic, partition: message.partition, offset: message.offset, message: "\(error)", worker: workerID)
                return true
            }
            if isShared, board.isUnfit(for: job.attempt.run) { return true }
            let start = ContinuousClock.now
            let claimed = try claims.timing { try store.claim(job, worker: workerID, leaseSeconds: configuration.leaseSeconds) }
            metrics.claimTime.observe(.now - start)
            metrics.claims.add(1, claimed == nil ? "refused" : "granted")
            if var lease = claimed {
                lease.partition = isShared ? nil : message.partition
                board.add(lease)
            }
            return true
        } catch let failure as Failure where failure.recovery == .transient {
            logger.warning("a claim waits for the database: \(failure)")
            return false
        }
    }
}
