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
            isStopping: { [board] in board.isHandingBack })
        let store = EvaluationStore(session: session)
        var isReady = false
        while true {
            // Nothing is claimed until something can be done with it.
            while !fitness.mayClaim, board.stopState == .none { board.wait(seconds: 0.2) }
            let receiver = try configuration.transport.makeReceiver(store: store, logger: logger) { [undecodable, metrics] source, reason in
                metrics.undecodable.add()
                undecodable.note(source: source, reason: reason)
            }
            if !isReady { logger.info("worker \(workerID) is ready with \(configuration.threads.counted("thread"))") }
            isReady = true
            board.whenFree { receiver.wake() }
            defer {
                board.whenFree(nil)
                receiver.close()
            }
            do {
                if try listen(to: receiver, store) { return }
            } catch let failure as Failure where failure.code.rawValue.hasPrefix("kafka.") {
                logger.warning("the Kafka consumer is made anew: \(failure)")
                board.wait(seconds: 1)
            }
        }
    }

    /// - Returns: true once the worker is to end, false where it became unfit for all work and leaves its lanes to others.
    private func listen(to receiver: any JobReceiver, _ store: EvaluationStore) throws -> Bool {
        var pending: ReceivedOffer?
        var claiming = Claiming(request: newRequest())
        defer { pulses.rest("intake") }
        while true {
            pulses.beat("intake")
            if let drained = board.drainDeadline {
                if board.isIdle || drained.later(by: Self.handBackTime).isPast { return true }
                if drained.isPast { board.raise(.handingBack) }
            } else if !fitness.mayClaim {
                return false
            }
            do {
                let offer = try receiver.receive(isWanted: pending == nil && board.hasFreeSlot)
                fitness.set(.transport, receiver.problem)
                pending = pending ?? offer
                // An offer that came while the last slot was taken waits here.
                guard let waiting = pending, board.stopState == .none, board.hasFreeSlot else { continue }
                let isGranted = try decide(waiting.offer, isExclusive: receiver.isExclusive, &claiming, store)
                receiver.acknowledge(waiting, isGranted: isGranted)
                pending = nil
            } catch let failure as Failure where failure.code.rawValue.hasPrefix("database.") {
                // Whatever the database says, nothing ends a worker that has started.
                logger.log(level: failure.recovery == .transient ? .warning : .error, "a claim waits for the database: \(failure)")
                board.wait(seconds: failure.recovery == .transient ? 0.1 : 1)
            }
        }
    }

    /// What threads have to finish an image and give back their shards; then they are taken for hung.
    static let handBackTime = Duration.seconds(3)

    /// A claim under way: where its answer was lost, what became of it is asked before anything else is claimed.
    private struct Claiming {
        var request: ClaimRequest
        var isUnanswered = false
    }

    private func newRequest() -> ClaimRequest {
        ClaimRequest(worker: workerID, token: UUID().uuidString.lowercased(), leaseSeconds: configuration.leaseSeconds)
    }

    /// Claims what is offered.
    /// - Parameter isExclusive: whether no other worker is offered it; then it is declined where this one lacks something of it.
    /// - Returns: whether the worker has a shard more.
    private func decide(
        _ offer: JobOffer, isExclusive: Bool, _ claiming: inout Claiming, _ store: EvaluationStore
    ) throws -> Bool {
        if claiming.isUnanswered, let lease = try store.queue.lease(of: claiming.request) {
            board.add(lease)
            claiming = Claiming(request: newRequest())
        }
        guard board.hasFreeSlot else { return true }
        (claiming.request.unfitDataSets, claiming.request.unfitModels, claiming.request.unfitRuns) = fitness.unfit(at: clock.now)
        claiming.request.takesSuspects = !board.hasSuspect
        let start = ContinuousClock.now
        claiming.isUnanswered = true
        let lease = try claims.timing { try store.queue.claim(offer, claiming.request) }
        claiming.isUnanswered = false
        metrics.claimTime.observe(.now - start)
        metrics.claims.add(1, lease == nil ? "refused" : "granted")
        guard let lease else {
            if case .named(let job) = offer, isExclusive, !job.isBackup, !claiming.request.takesEverything {
                try store.queue.decline(
                    job.attempt, worker: workerID, code: "worker.unfit", message: fitness.problem(at: clock.now) ?? "it has a suspect shard"
                )
            }
            return false
        }
        board.add(lease)
        claiming = Claiming(request: newRequest())
        return true
    }
}
