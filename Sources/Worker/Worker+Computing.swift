internal import Diagnostics
internal import Engine
internal import Evaluation
internal import EvaluationStore
internal import ImageSources
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
        let logger = logger.about(lease.attempt, worker: workerID)
        let name = "shard \(lease.attempt.shard) of run \(lease.attempt.run), attempt \(lease.attempt.attempt)"
        do {
            try work(on: lease, name, &evaluator, loop)
        } catch let failure as Failure where failure.code == .leaseLost {
            metrics.noteTakenAway()
            logger.info("\(name): \(failure)")
        } catch {
            end(lease, name, because: error)
        }
    }

    private func work(on lease: Lease, _ name: String, _ evaluator: inout ImageEvaluator?, _ loop: String) throws {
        let logger = logger.about(lease.attempt, worker: workerID)
        let fetchStart = ContinuousClock.now
        let (context, images) = try insistently(name, while: { !board.isLost(lease) }) { store in
            let context = try contexts.context(for: lease.attempt.run, store: store)
            return (context, try store.catalogue.images(ofDataSet: context.run.specification.datasetID, range: lease.range))
        }
        if evaluator?.runID != lease.attempt.run {
            // Its memory has to be free before more is taken.
            evaluator = nil
            evaluator = try ImageEvaluator(context)
        }
        guard let evaluator else { return }
        metrics.phases.observe(.now - fetchStart, "fetch")
        // A thread that hangs in an image is lost until the worker starts anew.
        let limit = Duration.seconds(configuration.stallSeconds)
        let opinion = OpinionOnImage(context: context, workerID: workerID) { body in
            try self.insistently(name, while: { !self.board.isLost(lease) }, body)
        }
        let processor = ShardProcessor(
            board: board, beginsImage: { [pulses] in pulses.beat(loop, limit: limit) }, hasEnded: { [pulses] in pulses.rest(loop) },
            settle: { try opinion.settle($0, of: $1, others: $2) })
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
            try insistently(name) { try $0.queue.store(result, lease: lease, worker: workerID) }
            metrics.noteStored(result, in: .now - storeStart)
            logger.debug("\(name) is stored: \(result.predictions.count.counted("image")), \(result.failures.count.counted("failure"))")
            noteFit(for: lease.attempt.run, result)
        }
    }

    /// A shard that is stored shows that this machine has what its run needs.
    private func noteFit(for run: RunID, _ result: ShardResult) {
        guard !result.predictions.isEmpty else { return }
        let needs = fitness.noteFit(contexts.needs(of: run))
        for case .dataSet(let id) in needs {
            // What was doubted before is not worth a failed shard.
            try? withStore { try $0.queue.dropDoubts(of: workerID, on: id) }
        }
    }

    /// Ends an attempt that failed as a whole: what is this worker's fault goes back with nothing held against the shard.
    private func end(_ lease: Lease, _ name: String, because error: any Error) {
        let logger = logger.about(lease.attempt, worker: workerID, code: Failure.code(of: error)?.rawValue)
        guard !board.isLost(lease) else {
            metrics.noteTakenAway()
            return logger.info("\(name) was taken away: \(error)")
        }
        do {
            if let unfitness = unfitness(error, on: lease) {
                logger.warning("\(name) goes back, the fault is this worker's: \(unfitness.cause)")
                fitness.note(unfitness.need, "\(unfitness.cause)", isOwn: unfitness.isOwn, at: clock.now)
                if unfitness.cause.code.rawValue == "worker.cache" { fitness.set(.cache, cacheProbe.problem()) }
                metrics.shards.add(1, "handed_back")
                try insistently(name, while: { !board.isLost(lease) }) { try $0.queue.handBack(lease) }
            } else {
                try giveUp(lease, name, because: error)
            }
        } catch {
            logger.error("\(name) could not be given back, its lease will run out: \(error)")
        }
    }

    /// What an error says that this worker lacks; nil where it is not the worker's fault.
    private func unfitness(_ error: any Error, on lease: Lease) -> Unfitness? {
        if let unfitness = error as? Unfitness { return unfitness }
        guard let failure = error as? Failure, FailureBlame(of: failure.code) == .worker else { return nil }
        let isOfImages = ["dataset.", "source.", "image."].contains { failure.code.rawValue.hasPrefix($0) }
        let need = contexts.needs(of: lease.attempt.run).first { need in
            switch need {
            case .dataSet: isOfImages
            case .model: !isOfImages && failure.code != .engineMemory
            case .run: failure.code == .engineMemory
            }
        }
        // A server that does not answer now may answer soon.
        return need.map { Unfitness(need: $0, cause: failure, isOwn: failure.code != .sourceUnreachable) }
    }

    private func giveUp(_ lease: Lease, _ name: String, because error: any Error) throws {
        let code = Failure.code(of: error)
        logger.error("\(name) failed: \(error)")
        if let code, !FailureBlame.isKnown(code) { metrics.unknownFailures.add(1, code.rawValue) }
        let failure = AttemptFailure(FailureClass(of: error), code: code?.rawValue ?? "worker.failed", message: "\(error)")
        metrics.shards.add(1, "failed")
        metrics.failedAttempts.add(1, failure.failureClass.rawValue)
        try insistently(name, while: { !board.isLost(lease) }) { try $0.queue.fail(lease, failure, worker: workerID) }
    }

    private func withStore<Result>(_ body: (EvaluationStore) throws -> Result) throws -> Result {
        try pool.withSession { try body(EvaluationStore(session: $0)) }
    }

    /// Repeats `body` while the database is away or refuses this worker, until it is done, it makes no sense any more, or the worker gives back
    /// what it has. What the database has against the rows themselves is thrown.
    private func insistently<Result>(
        _ name: String, while isWanted: () -> Bool = { true }, _ body: (EvaluationStore) throws -> Result
    ) throws -> Result {
        var delay = 0.1
        while true {
            do {
                return try withStore(body)
            } catch let failure as Failure where DatabaseTrouble.passes(failure) && isWanted() && !board.isHandingBack {
                metrics.databaseWaits.add()
                let level: Logger.Level = failure.recovery == .transient ? .warning : .error
                logger.log(level: level, "\(name) waits for the database: \(failure)")
                let until = Deadline(in: .seconds(delay), on: clock)
                while !until.isPast, !board.isHandingBack { board.wait(until: until) }
                delay = min(delay * 2, failure.recovery == .transient ? 2 : 30)
            }
        }
    }
}

/// Which failures of the database may be over later without a change of what was asked.
enum DatabaseTrouble {
    /// Those that concern what was asked, not the server or this worker's rights.
    private static let ofStatement: Set<Failure.Code> = [
        .databaseUniqueViolation, .databaseForeignKeyViolation, .databaseNotNullViolation, .databaseCheckViolation,
        .databaseConstraintViolation, .databaseInvalidValue, .databaseRaised, .databaseSyntax, .databaseUndefinedColumn,
        .databaseUndefinedFunction, .databaseDuplicateObject, .databaseUnexpectedResult, .databaseNestedTransaction,
    ]

    static func passes(_ failure: Failure) -> Bool {
        failure.code.rawValue.hasPrefix("database.") && !ofStatement.contains(failure.code)
    }
}
