internal import Diagnostics
internal import Engine
internal import Evaluation
internal import EvaluationStore
internal import Foundation
package import Logging
internal import Postgres
internal import SpikeKernels
internal import Synchronization
package import Telemetry
internal import Transport

/// Claims shards, evaluates their images, stores the rows.
///
/// One thread listens to offers and claims; `threads` threads compute; one renews the leases. They share a ``SlotBoard``. Once it has started,
/// nothing that happens to database or broker ends a worker.
package final class Worker: @unchecked Sendable {
    let configuration: WorkerConfiguration
    let logger: Logger
    let board: SlotBoard
    let contexts: RunContexts
    let pool: PostgresPool
    let claims = ClaimTimes()
    let undecodable = UndecodableTally()
    let fitness = Fitness()
    let cacheProbe: CacheProbe
    let clock: SteadyClock
    let metrics: WorkerMetrics
    let pulses: LoopPulses
    private(set) var workerID: Int64 = 0

    package init(
        _ configuration: WorkerConfiguration, logger: Logger, metrics: MetricsRegistry = MetricsRegistry(),
        pulses: LoopPulses = LoopPulses()
    ) {
        self.configuration = configuration
        self.logger = logger
        self.metrics = WorkerMetrics(metrics)
        self.pulses = pulses
        clock = configuration.clock
        cacheProbe = CacheProbe(directory: configuration.cacheDirectory)
        let board = SlotBoard(slots: configuration.threads, drainTime: .seconds(configuration.drainSeconds), clock: clock)
        self.board = board
        contexts = RunContexts(
            cacheDirectory: configuration.cacheDirectory, dataSetRoots: configuration.dataSetRoots,
            hashEngines: configuration.hashEngines, threads: configuration.threads, memoryLimit: configuration.memoryLimit)
        pool = PostgresPool(
            configuration.database, options: .worker(""), retry: RetryPolicy(totalTime: .seconds(2)), size: min(configuration.threads, 4),
            isStopping: { board.isHandingBack })
    }

    /// Tells the worker to claim nothing more and to end; may be called from any thread, more than once.
    package func drain() {
        board.raise(.draining)
    }

    /// Gives back what it has within a second, where the database answers; the caller ends the process then.
    package func abandon() {
        board.raise(.handingBack)
        let leaving = NamedThread("leaving") { [self] in
            let session = PostgresSession(configuration.database, options: .worker(" leaving"), retry: RetryPolicy(totalTime: .zero))
            let store = EvaluationStore(session: session)
            for lease in board.leases { try? store.queue.handBack(lease) }
            _ = try? store.queue.heartbeat(worker: workerID, state: .stopped, imagesPerSecond: 0)
        }
        _ = leaving.join(until: Deadline(in: .seconds(1), on: clock))
    }

    /// What keeps the worker from work now, for a person; nil where nothing does.
    package var problem: String? { fitness.problem(at: clock.now) }

    /// Works until it is drained. Blocks; call it on a thread of its own.
    /// - Throws: what keeps the worker from starting: no database, a schema of another version, no broker, a bad property.
    package func run() throws {
        let start = PostgresSession(configuration.database, options: .worker(" start"), isStopping: { [board] in board.stopState != .none })
        try start.retrying { try MigrationRunner().check($0) }
        let kernels = try KernelSelection.kernels(laneBits: 32).name
        workerID = try start.retrying { _ in
            try EvaluationStore(session: start).queue.register(
                WorkerDescription(
                    host: ProcessInfo.processInfo.hostName, processID: Int(ProcessInfo.processInfo.processIdentifier),
                    version: configuration.version, instructionSet: InstructionSet.name, kernels: kernels,
                    threads: configuration.threads))
        }
        start.close()
        try configuration.transport.requireReachable(logger: logger)
        lookAtMachine(isFirst: true)
        let threads = (0..<configuration.threads).map { index in
            NamedThread("slot-\(index)") { self.computeShards("slot-\(index)") }
        }
        let heartbeat = NamedThread("heartbeat") { self.keepLeases() }
        let watch = NamedThread("fitness") { self.watchFitness() }
        defer {
            board.raise(.draining)
            if board.isIdle { threads.forEach { $0.join() } }
            let deadline = Deadline(in: .seconds(1), on: clock)
            let hung = threads.count { !$0.join(until: deadline) }
            if hung > 0 {
                logger.error("\(hung.counted("thread")) \(hung.agreeing("hangs and is", "hang and are")) left behind")
                abandon()
            }
            board.raise(hung > 0 ? .over : .handingBack)
            // Neither may delay the end: each may wait for a database that does not answer.
            let last = Deadline(in: .seconds(3), on: clock)
            _ = heartbeat.join(until: last) && watch.join(until: last)
            if let file = configuration.claimTimesFile { claims.write(to: file, logger) }
            logger.info("worker \(workerID) has stopped after \(board.finishedImages.counted("image"))")
        }
        // On a thread of its own: a database that does not answer may block a claim for longer than the worker has to end.
        let outcome = Mutex<Result<Void, any Error>>(.success(()))
        let intake = NamedThread("intake") { [self] in
            let result = Result { try listen() }
            outcome.withLock { $0 = result }
            board.raise(.draining)
        }
        var drained = board.drainDeadline
        while drained == nil {
            board.wait(seconds: 3600)
            drained = board.drainDeadline
        }
        if let drained, !intake.join(until: drained.later(by: Self.handBackTime + .seconds(1))) {
            logger.warning("the database holds a claim for longer than the worker has to end, which is left behind")
        }
        try outcome.withLock { $0 }.get()
    }
}

extension ConnectionOptions {
    /// For a worker: what takes long is noticed soon, and a worker that is stopped in the middle of a store keeps no locks.
    static func worker(_ purpose: String) -> ConnectionOptions {
        var options = ConnectionOptions(applicationName: "eval-worker\(purpose)")
        options.connectTimeout = .seconds(3)
        options.tcpUserTimeout = .seconds(8)
        options.idleInTransactionTimeout = .seconds(10)
        return options
    }
}
