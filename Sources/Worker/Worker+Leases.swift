internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Foundation
internal import Logging
internal import Postgres
internal import Telemetry

extension Worker {
    /// Renews leases and reports, on a thread of its own and a session that no store keeps waiting, until the worker has ended.
    func keepLeases() {
        let session = PostgresSession(
            configuration.database, options: .worker(" leases"), retry: RetryPolicy(totalTime: .zero),
            isStopping: { [board] in board.isHandingBack })
        let store = EvaluationStore(session: session)
        let interval = min(1, configuration.leaseSeconds / 3)
        var meter = RateMeter(start: clock.now)
        var stalled: Set<String> = []
        while !isOver {
            pulses.beat("leases")
            let rate = meter.rate(finished: board.finishedImages, at: clock.now)
            do {
                let hung = board.stalled(for: .seconds(configuration.stallSeconds))
                try report(board.leases.filter { hung.subtracting(stalled).contains($0.token) }, to: store)
                stalled = hung
                let leases = board.leases.filter { !hung.contains($0.token) }
                metrics.threads.set(Double(leases.count), "busy")
                metrics.threads.set(Double(max(configuration.threads - leases.count, 0)), "idle")
                let standings = try store.queue.renew(
                    leases, seconds: configuration.leaseSeconds, computed: board.computedImages(of: leases))
                metrics.renewals.add(standings.count { $0 == .held })
                let lost = zip(leases, standings).filter { $0.1 == .lost }.map(\.0)
                lost.forEach(board.markLost)
                try store.queue.absolve(lost, worker: workerID)
                let state = board.stopState == .none ? WorkerState.running : .draining
                let problem = fitness.problem(at: clock.now)
                let isToDrain = try store.queue.heartbeat(
                    worker: workerID, state: state, imagesPerSecond: rate, problem: problem, canWork: fitness.canWork,
                    unfitDataSets: fitness.missingDataSets(at: clock.now))
                if isToDrain, state == .running {
                    logger.info("worker \(workerID) was asked to drain")
                    board.raise(.draining)
                }
            } catch {
                logger.warning("leases could not be renewed: \(error)")
            }
            tellOfUndecodable(store)
            let next = Deadline(in: .seconds(interval), on: clock)
            while !next.isPast, !isOver { board.wait(until: next) }
        }
        pulses.rest("leases")
        tellOfUndecodable(store, isLast: true)
        _ = try? store.queue.heartbeat(worker: workerID, state: .stopped, imagesPerSecond: 0)
    }

    private var isOver: Bool { board.stopState == .over || (board.isHandingBack && board.isIdle) }

    /// Gives up shards that hang: their threads are lost, and nothing else of the worker is.
    private func report(_ hung: [Lease], to store: EvaluationStore) throws {
        for lease in hung {
            let message = "it finished no image for \(configuration.stallSeconds) s"
            logger.error("shard \(lease.attempt.shard) of run \(lease.attempt.run) hangs: \(message)")
            try store.queue.fail(lease, AttemptFailure(.unknown, code: "worker.stalled", message: message), worker: workerID)
            board.markLost(lease)
        }
    }

    /// One line and one row a minute, however many messages could not be read.
    private func tellOfUndecodable(_ store: EvaluationStore, isLast: Bool = false) {
        guard let messages = undecodable.take(at: clock.now, isLast: isLast) else { return }
        logger.warning(
            "\(messages.count.counted("job message")) could not be read and \(messages.count.agreeing("was", "were")) skipped, the newest at \(messages.source): \(messages.reason)"
        )
        do {
            try store.queue.recordUndecodable(messages, worker: workerID)
        } catch {
            logger.warning("that could not be kept: \(error)")
        }
    }
}

/// Images per second between two readings.
struct RateMeter {
    private var images = 0
    private var last: ContinuousClock.Instant

    init(start: ContinuousClock.Instant) {
        last = start
    }

    mutating func rate(finished: Int, at now: ContinuousClock.Instant) -> Double {
        let seconds = (now - last) / .seconds(1)
        defer { (images, last) = (finished, now) }
        return seconds > 0 ? Double(finished - images) / seconds : 0
    }
}
