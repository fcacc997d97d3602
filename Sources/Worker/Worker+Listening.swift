internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Foundation
internal import Kafka
internal import Logging
internal import Postgres
internal import Telemetry
internal import Transport

extension Worker {
    /// Takes offers of jobs and claims their shards, until the worker stops.
    func listen() throws {
        let session = PostgresSession(
            configuration.database, options: .worker(" claims"), retry: RetryPolicy(totalTime: .seconds(1)),
            isStopping: { [board] in board.stopState == .handingBack })
        let store = EvaluationStore(session: session)
        while true {
            let receiver = try configuration.transport.makeReceiver(store: store, logger: logger) { [undecodable, metrics] source, reason in
                metrics.undecodable.add()
                undecodable.note(source: source, reason: reason)
            }
            board.whenFree { receiver.wake() }
            defer {
                board.whenFree(nil)
                receiver.close()
            }
            do {
                return try listen(to: receiver, store)
            } catch let failure as Failure where failure.code == .kafkaFatal {
                logger.warning("the Kafka consumer is made anew: \(failure)")
                board.wait(seconds: 1)
            }
        }
    }

    private func listen(to receiver: any JobReceiver, _ store: EvaluationStore) throws {
        var pending: ReceivedOffer?
        var drainDeadline: ContinuousClock.Instant?
        var claiming = Claiming(request: newRequest())
        defer { pulses.rest("intake") }
        while true {
            pulses.beat("intake")
            if board.stopState != .none {
                let deadline = drainDeadline ?? clock.now + .seconds(configuration.drainSeconds)
                drainDeadline = deadline
                if board.isIdle { return }
                if clock.now >= deadline { board.raise(.handingBack) }
            }
            do {
                let offer = try receiver.receive(isWanted: pending == nil && board.hasFreeSlot)
                pending = pending ?? offer
                // An offer that came while the last slot was taken waits here.
                guard let waiting = pending, board.stopState == .none, board.hasFreeSlot else { continue }
                let isGranted = try decide(waiting.offer, isShared: !receiver.isExclusive, &claiming, store)
                receiver.acknowledge(waiting, isGranted: isGranted)
                pending = nil
            } catch let failure as Failure where failure.recovery == .transient && failure.code != .kafkaFatal {
                logger.warning("a claim waits for the database: \(failure)")
                board.wait(seconds: 0.1)
            }
        }
    }

    /// A claim under way: where its answer was lost, what became of it is asked before anything else is claimed.
    private struct Claiming {
        var request: ClaimRequest
        var isUnanswered = false
    }

    private func newRequest() -> ClaimRequest {
        ClaimRequest(worker: workerID, token: UUID().uuidString.lowercased(), leaseSeconds: configuration.leaseSeconds)
    }

    /// Claims what is offered.
    /// - Parameter isShared: whether other workers are offered it too; then it is left to them where this one lately lacked something.
    /// - Returns: whether the worker has a shard more.
    private func decide(
        _ offer: JobOffer, isShared: Bool, _ claiming: inout Claiming, _ store: EvaluationStore
    ) throws -> Bool {
        if claiming.isUnanswered, let lease = try store.queue.lease(of: claiming.request) {
            board.add(lease)
            claiming = Claiming(request: newRequest())
        }
        guard board.hasFreeSlot else { return true }
        if case .named(let job) = offer, isShared, board.isUnfit(for: job.attempt.run) { return false }
        let start = ContinuousClock.now
        claiming.isUnanswered = true
        let lease = try claims.timing { try store.queue.claim(offer, claiming.request) }
        claiming.isUnanswered = false
        metrics.claimTime.observe(.now - start)
        metrics.claims.add(1, lease == nil ? "refused" : "granted")
        guard let lease else { return false }
        board.add(lease)
        claiming = Claiming(request: newRequest())
        return true
    }
}
