internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Logging
internal import Telemetry

/// What a leading coordinator does with PostgreSQL alone, so that it goes on while Kafka is away: reclaims expired leases, splits and buries
/// shards, finishes runs, notices workers that are gone.
struct Keeper {
    let store: EvaluationStore
    let events: EventQueue
    let metrics: CoordinatorMetrics
    let logger: Logger
    private let policy = AttemptPolicy()
    private var watch = StateWatch()
    private let clock: SteadyClock
    private var outage: OutageWatch
    private var prunedAt: ContinuousClock.Instant?

    /// Between two prunings of rows that nothing needs any more.
    private static let pruningInterval = Duration.seconds(60)

    init(store: EvaluationStore, events: EventQueue, metrics: CoordinatorMetrics, clock: SteadyClock, logger: Logger) {
        self.store = store
        self.clock = clock
        outage = OutageWatch()
        self.events = events
        self.metrics = metrics
        self.logger = logger
    }

    /// One poll of everything.
    mutating func round() throws {
        let ended = try store.queue.rescue(policy: policy, endsExpired: outage.allowsExpiry(at: clock.now))
        outage.noteContact(at: clock.now)
        ended.forEach(report)
        for run in try store.queue.finishRuns() {
            metrics.finishedRuns.add()
            logger.info("run \(run) has ended")
        }
        for gone in try store.queue.markGone() {
            metrics.goneWorkers.add()
            logger.warning("worker \(gone.id) on \(gone.host) is gone: it reports no more")
        }
        events.add(try watch.look(store))
        if prunedAt.map({ clock.now - $0 > Self.pruningInterval }) ?? true {
            prunedAt = clock.now
            try store.queue.pruneUndecodable()
            try store.queue.pruneDoubts()
        }
    }

    private func report(_ ended: EndedAttempt) {
        let logger = logger.about(ended.attempt, code: ended.failure.code)
        let name = "shard \(ended.attempt.shard) of run \(ended.attempt.run), attempt \(ended.attempt.attempt)"
        let why = "\(ended.failure.code), \(ended.failure.message)"
        metrics.note(ended)
        events.add([.shardLost(ended.attempt)])
        switch ended.consequence {
        case .backupEnded: logger.warning("the second worker on \(name) gave up; the first goes on")
        case .promoted: logger.warning("\(name) was lost (\(why)); the second worker goes on")
        case .retried(let delay): logger.warning("\(name) was lost (\(why)); it is tried again in \(delay) s")
        case .split:
            logger.warning("\(name) was lost (\(why)); its images are halved into shards \(ended.parts)")
            events.add([.shardSplit(ended.attempt.run, shard: ended.attempt.shard, parts: ended.parts)])
        case .died:
            logger.error("\(name) is given up with its \(ended.range.imageCount.counted("image")) (\(why))")
            events.add([
                .imagesDead(
                    ended.attempt.run, shard: ended.attempt.shard, ordinals: ended.range.ordinals, code: ended.failure.code)
            ])
        }
    }
}
