internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Foundation
internal import Logging
internal import Postgres
internal import Telemetry

extension Worker {
    /// Computes shards one after another, on a thread of its own.
    /// - Parameter loop: the thread's name, by which its rounds are watched: a round is an image.
    func computeShards(_ loop: String) {
        var evaluator: ImageEvaluator?
        while let lease = board.next() {
            compute(lease, reusing: &evaluator, loop)
            board.finish(lease)
        }
    }

    private func compute(_ lease: Lease, reusing evaluator: inout ImageEvaluator?, _ loop: String) {
        let name = "shard \(lease.attempt.shard) of run \(lease.attempt.run), attempt \(lease.attempt.attempt)"
        do {
            let fetchStart = ContinuousClock.now
            let (context, images) = try insistently(name, while: { !board.isLost(lease) }) { store in
                let context = try contexts.context(for: lease.attempt.run, store: store)
                return (context, try store.catalogue.images(ofDataSet: context.run.specification.datasetID, range: lease.range))
            }
            if evaluator?.runID != lease.attempt.run { evaluator = try ImageEvaluator(context) }
            guard let evaluator else { return }
            metrics.phases.observe(.now - fetchStart, "fetch")
            // A thread that hangs in an image is lost until the worker starts anew.
            let limit = Duration.seconds(configuration.stallSeconds)
            let processor = ShardProcessor(
                board: board, beginsImage: { [pulses] in pulses.beat(loop, limit: limit) }, hasEnded: { [pulses] in pulses.rest(loop) })
            switch try processor.process(lease, images: images, evaluator: evaluator) {
            case .abandoned:
                metrics.noteTakenAway()
                logger.info("\(name) was taken away")
            case .handedBack:
                try withStore { try $0.queue.handBack(lease) }
                metrics.shards.add(1, "handed_back")
            case .finished(let result):
                // Only the database can say whether the lease still stands, so the rows are kept until it does.
                let storeStart = ContinuousClock.now
                try insistently(name) { try $0.store(result, lease: lease, worker: workerID) }
                metrics.noteStored(result, in: .now - storeStart)
                logger.debug("\(name) is stored: \(result.predictions.count) images, \(result.failures.count) failures")
            }
        } catch let failure as Failure where failure.code == .leaseLost {
            metrics.noteTakenAway()
            logger.info("\(name): \(failure)")
        } catch {
            giveUp(lease, name, because: error)
        }
    }

    /// Ends an attempt that failed as a whole.
    private func giveUp(_ lease: Lease, _ name: String, because error: any Error) {
        guard !board.isLost(lease) else {
            metrics.noteTakenAway()
            return logger.info("\(name) was taken away: \(error)")
        }
        logger.error("\(name) failed: \(error)")
        let failure = AttemptFailure(
            FailureClass(of: error), code: Failure.code(of: error)?.rawValue ?? "worker.failed", message: "\(error)")
        metrics.shards.add(1, "failed")
        metrics.failedAttempts.add(1, failure.failureClass.rawValue)
        if failure.failureClass == .transient { board.noteUnfit(for: lease.attempt.run) }
        do {
            try insistently(name, while: { !board.isLost(lease) }) {
                try $0.queue.fail(lease, failure, worker: workerID)
            }
        } catch {
            logger.error("\(name) could not be given back, its lease will run out: \(error)")
        }
    }

    private func withStore<Result>(_ body: (EvaluationStore) throws -> Result) throws -> Result {
        try pool.withSession { try body(EvaluationStore(session: $0)) }
    }

    /// Repeats `body` while the database is away, until it is done, it makes no sense any more, or the worker gives back what it has.
    private func insistently<Result>(
        _ name: String, while isWanted: () -> Bool = { true }, _ body: (EvaluationStore) throws -> Result
    ) throws -> Result {
        var delay = 0.1
        while true {
            do {
                return try withStore(body)
            } catch let failure as Failure
                where failure.recovery == .transient && failure.code.rawValue.hasPrefix("database.") && isWanted()
                && board.stopState != .handingBack
            {
                metrics.databaseWaits.add()
                logger.warning("\(name) waits for the database: \(failure)")
                let until = clock.now + .seconds(delay)
                while clock.now < until, board.stopState != .handingBack { board.wait(until: until) }
                delay = min(delay * 2, 2)
            }
        }
    }
}
