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
            isStopping: { [board] in board.stopState == .handingBack })
        let store = EvaluationStore(session: session)
        let interval = min(1, configuration.leaseSeconds / 3)
        var meter = RateMeter(start: clock.now)
        var stalled: Set<String> = []
        while board.stopState != .handingBack || !board.isIdle {
            pulses.beat("leases")
            let rate = meter.rate(finished: board.finishedImages, at: clock.now)
            do {
                let hung = board.stalled(for: .seconds(configuration.stallSeconds))
                for token in hung.subtracting(stalled) {
                    logger.error("a shard has finished no image for \(configuration.stallSeconds) s: its lease \(token) is left to run out")
                }
                stalled = hung
                let leases = board.leases.filter { !hung.contains($0.token) }
                metrics.threads.set(Double(leases.count), "busy")
                metrics.threads.set(Double(max(configuration.threads - leases.count, 0)), "idle")
                let standings = try store.queue.renew(
                    leases, seconds: configuration.leaseSeconds, computed: board.computedImages(of: leases))
                metrics.renewals.add(standings.count { $0 == .held })
                for (lease, standing) in zip(leases, standings) where standing == .lost {
                    board.markLost(lease)
                }
                let state = board.stopState == .none ? WorkerState.running : .draining
                if try store.queue.heartbeat(worker: workerID, state: state, imagesPerSecond: rate), state == .running {
                    logger.info("worker \(workerID) was asked to drain")
                    board.raise(.draining)
                }
            } catch {
                logger.warning("leases could not be renewed: \(error)")
            }
            tellOfUndecodable(store)
            let next = clock.now + .seconds(interval)
            while clock.now < next, board.stopState != .handingBack || !board.isIdle { board.wait(until: next) }
        }
        pulses.rest("leases")
        tellOfUndecodable(store, isLast: true)
        _ = try? store.queue.heartbeat(worker: workerID, state: .stopped, imagesPerSecond: 0)
    }

    /// One line and one row a minute, however many messages could not be read.
    private func tellOfUndecodable(_ store: EvaluationStore, isLast: Bool = false) {
        guard let messages = undecodable.take(at: clock.now, isLast: isLast) else { return }
        logger.warning(
            "\(messages.count) job messages could not be read and were skipped, the newest at \(messages.source): \(messages.reason)")
        do {
            try store.queue.recordUndecodable(messages, worker: workerID)
        } catch {
            logger.warning("that could not be kept: \(error)")
        }
    }
}

/// Images per second between two looks.
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
