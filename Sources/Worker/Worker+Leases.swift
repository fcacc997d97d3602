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
        var meter = RateMeter()
        var stalled: Set<String> = []
        while board.stopState != .handingBack || !board.isIdle {
            pulses.beat("leases")
            let rate = meter.rate(finished: board.finishedImages)
            do {
                let hung = board.stalled(forSeconds: configuration.stallSeconds)
                for token in hung.subtracting(stalled) {
                    logger.error("a shard has finished no image for \(configuration.stallSeconds) s: its lease \(token) is left to run out")
                }
                stalled = hung
                let leases = board.leases.filter { !hung.contains($0.token) }
                metrics.threads.set(Double(leases.count), "busy")
                metrics.threads.set(Double(max(configuration.threads - leases.count, 0)), "idle")
                let standings = try store.renew(
                    leases, seconds: configuration.leaseSeconds, computed: board.computedImages(of: leases))
                metrics.renewals.add(standings.count { $0 == .held })
                for (lease, standing) in zip(leases, standings) where standing == .lost {
                    board.markLost(lease)
                }
                let state = board.stopState == .none ? WorkerState.running : .draining
                if try store.heartbeat(worker: workerID, state: state, imagesPerSecond: rate), state == .running {
                    logger.info("worker \(workerID) was asked to drain")
                    board.raise(.draining)
                }
            } catch {
                logger.warning("leases could not be renewed: \(error)")
            }
            let next = Date().addingTimeInterval(interval)
            while Date() < next, board.stopState != .handingBack || !board.isIdle {
                board.wait(seconds: max(next.timeIntervalSinceNow, 0.01))
            }
        }
        pulses.rest("leases")
        _ = try? store.heartbeat(worker: workerID, state: .stopped, imagesPerSecond: 0)
    }
}

/// Images per second between two looks.
struct RateMeter {
    private var images = 0
    private var last = ContinuousClock.now

    mutating func rate(finished: Int) -> Double {
        let now = ContinuousClock.now
        let seconds = (now - last) / .seconds(1)
        defer { (images, last) = (finished, now) }
        return seconds > 0 ? Double(finished - images) / seconds : 0
    }
}
