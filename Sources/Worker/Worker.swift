internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Foundation
internal import Kafka
package import Logging
internal import Postgres

/// Pulls shard jobs from Kafka, evaluates their images, stores the rows.
///
/// One thread listens to Kafka and claims; `threads` threads compute; one renews the leases. They share a ``SlotBoard``.
package final class Worker: @unchecked Sendable {
    private let configuration: WorkerConfiguration
    private let logger: Logger
    private let board: SlotBoard
    private let contexts: RunContexts
    private let pool: PostgresPool
    private var workerID: Int64 = 0
    private let claims = ClaimTimes()

    package init(_ configuration: WorkerConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        let board = SlotBoard(slots: configuration.threads)
        self.board = board
        contexts = RunContexts(
            cacheDirectory: configuration.cacheDirectory, dataSetRoots: configuration.dataSetRoots,
            acceptsBenchmarks: configuration.acceptsBenchmarks)
        pool = PostgresPool(
            configuration.database, options: ConnectionOptions(applicationName: "eval-worker"), size: min(configuration.threads, 4) + 1,
            isStopping: { board.stopState == .handingBack })
    }

    /// Tells the worker to claim nothing more and to end; may be called from any thread, more than once.
    package func drain() {
        board.raise(.draining)
    }

    /// Tells the worker to give back what it has and end now.
    package func stopNow() {
        board.raise(.handingBack)
    }

    /// Works until it is drained. Blocks; call it on a thread of its own.
    /// - Throws: what keeps the worker from starting: no database, no broker, a bad property.
    package func run() throws {
        try withStore { store in
            workerID = try store.register(
                WorkerDescription(
                    host: ProcessInfo.processInfo.hostName, processID: Int(ProcessInfo.processInfo.processIdentifier),
                    version: configuration.version, instructionSet: InstructionSet.name, threads: configuration.threads))
        }
        _ = try KafkaAdmin(configuration.kafka, logger: logger).requireReachable(timeoutMilliseconds: 15_000)
        logger.info("worker \(workerID) is ready with \(configuration.threads) threads")
        let threads = (0..<configuration.threads).map { index in
            NamedThread("slot-\(index)") { self.computeShards() }
        }
        let heartbeat = NamedThread("heartbeat") { self.keepLeases() }
        defer {
            board.raise(.draining)
            threads.forEach { $0.join() }
            board.raise(.handingBack)
            heartbeat.join()
            try? withStore { try $0.heartbeat(worker: workerID, state: .stopped, imagesPerSecond: 0) }
            if let file = configuration.claimTimesFile { claims.write(to: file, logger) }
            logger.info("worker \(workerID) has stopped after \(board.finishedImages) images")
        }
        try listen()
    }

    private func withStore<Result>(_ body: (EvaluationStore) throws -> Result) throws -> Result {
        try pool.withSession { try body(EvaluationStore(session: $0)) }
    }

    /// Reads job messages and claims their shards, until the worker stops.
    private func listen() throws {
        let topics = configuration.topics
        let consumer = try KafkaConsumer(configuration.kafka, group: topics.workerGroup, topics: [topics.jobs], logger: logger)
        defer { consumer.close() }
        var pending: KafkaMessage?
        var drainDeadline: Date?
        while true {
            if board.stopState != .none {
                let deadline = drainDeadline ?? Date().addingTimeInterval(configuration.drainSeconds)
                drainDeadline = deadline
                if board.isIdle { return }
                if Date() >= deadline { board.raise(.handingBack) }
            }
            if pending == nil && board.hasFreeSlot { consumer.resumeIntake() } else { consumer.pauseIntake() }
            let message = try consumer.poll(milliseconds: pending == nil ? 50 : 200)
            pending = pending ?? message
            if let waiting = pending, board.stopState == .none, try decide(waiting) {
                consumer.commit(waiting)
                pending = nil
            }
        }
    }

    /// Claims the shard that a message names.
    /// - Returns: whether the message is dealt with; false while the database is away.
    private func decide(_ message: KafkaMessage) throws -> Bool {
        do {
            let job: JobMessage
            do {
                job = try JobMessage.decode(message.value)
            } catch {
                logger.warning("\(message.topic) partition \(message.partition) offset \(message.offset): \(error)")
                try withStore {
                    try $0.recordUndecodable(
                        topic: message.topic, partition: message.partition, offset: message.offset, message: "\(error)", worker: workerID)
                }
                return true
            }
            let lease = try claims.timing {
                try withStore { try $0.claim(job.attempt, worker: workerID, leaseSeconds: configuration.leaseSeconds) }
            }
            if let lease { board.add(lease) }
            return true
        } catch let failure as Failure where failure.recovery == .transient {
            logger.warning("a claim waits for the database: \(failure)")
            return false
        }
    }

    /// Computes shards one after another, on a thread of its own.
    private func computeShards() {
        var evaluator: ImageEvaluator?
        while let lease = board.next() {
            compute(lease, reusing: &evaluator)
            board.finish(lease)
        }
    }

    private func compute(_ lease: Lease, reusing evaluator: inout ImageEvaluator?) {
        let name = "shard \(lease.attempt.shard) of run \(lease.attempt.run), attempt \(lease.attempt.attempt)"
        do {
            let (context, images) = try insistently(lease) { store in
                let context = try contexts.context(for: lease.attempt.run, store: store)
                return (context, try store.images(ofDataSet: context.run.specification.datasetID, range: lease.range))
            }
            if evaluator?.runID != lease.attempt.run { evaluator = try ImageEvaluator(context) }
            guard let evaluator else { return }
            switch try ShardProcessor(board: board).process(lease, images: images, evaluator: evaluator) {
            case .abandoned: logger.info("\(name) was taken away")
            case .handedBack: try withStore { try $0.handBack(lease) }
            case .finished(let result):
                try insistently(lease) { try $0.store(result, lease: lease, worker: workerID) }
                logger.debug("\(name) is stored: \(result.predictions.count) images, \(result.failures.count) failures")
            }
        } catch let failure as Failure where failure.code == .leaseLost {
            logger.info("\(name): \(failure)")
        } catch {
            logger.error("\(name) failed: \(error)")
            let code = Failure.code(of: error)?.rawValue ?? "worker.failed"
            let delay = AttemptBackoff().delay(after: lease.attempt.attempt)
            do {
                try withStore { try $0.fail(lease, code: code, message: "\(error)", worker: workerID, retryAfter: delay) }
            } catch {
                logger.error("\(name) could not be given back, its lease will run out: \(error)")
            }
        }
    }

    /// Repeats `body` while the database is away, until it is done or the lease is lost.
    private func insistently<Result>(_ lease: Lease, _ body: (EvaluationStore) throws -> Result) throws -> Result {
        var delay = 0.1
        while true {
            do {
                return try withStore(body)
            } catch let failure as Failure
                where failure.recovery == .transient && failure.code.rawValue.hasPrefix("database.") && !board.isLost(lease)
                && board.stopState != .handingBack
            {
                logger.warning("shard \(lease.attempt.shard) of run \(lease.attempt.run) waits for the database: \(failure)")
                board.wait(seconds: delay)
                delay = min(delay * 2, 2)
            }
        }
    }

    /// Renews leases and reports once a second, on a thread of its own.
    private func keepLeases() {
        var images = 0
        var last = ContinuousClock.now
        while board.stopState != .handingBack || !board.isIdle {
            let now = ContinuousClock.now
            let seconds = Double((now - last).components.seconds) + Double((now - last).components.attoseconds) * 1e-18
            let finished = board.finishedImages
            let rate = seconds > 0 ? Double(finished - images) / seconds : 0
            (images, last) = (finished, now)
            do {
                try withStore { store in
                    let leases = board.leases
                    for (lease, standing) in zip(leases, try store.renew(leases, seconds: configuration.leaseSeconds))
                    where standing == .lost { board.markLost(lease) }
                    try store.heartbeat(
                        worker: workerID, state: board.stopState == .none ? .running : .draining, imagesPerSecond: rate)
                }
            } catch {
                logger.warning("leases could not be renewed: \(error)")
            }
            let next = Date().addingTimeInterval(min(1, configuration.leaseSeconds / 3))
            while Date() < next, board.stopState != .handingBack { board.wait(seconds: max(next.timeIntervalSinceNow, 0.01)) }
        }
    }
}
