internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Foundation
internal import Logging
internal import Telemetry
internal import Transport

/// Keeps the window of offered jobs full, and tells watchers what happens.
///
/// It waits for the transport, so it has a thread and a session of its own; see ``Keeper`` for what does not wait.
final class Publisher {
    let configuration: CoordinatorConfiguration
    let store: EvaluationStore
    let events: EventQueue
    let metrics: CoordinatorMetrics
    let logger: Logger
    private let window = PublishingWindow()
    private let sender: any JobSender
    private var pace = PublishingPace()
    private var percentiles = PercentileCache()
    /// What was outstanding at the last poll, to see what has been done since.
    private var watched: Set<ShardAttempt> = []

    /// - Throws: what keeps a coordinator from starting: no broker, a bad property, a topic that cannot be made.
    init(
        _ configuration: CoordinatorConfiguration, store: EvaluationStore, events: EventQueue, metrics: CoordinatorMetrics, logger: Logger
    ) throws {
        self.configuration = configuration
        self.store = store
        self.events = events
        self.metrics = metrics
        self.logger = logger
        sender = try configuration.transport.makeSender(store: store, logger: logger)
    }

    /// One round: publish, offer again, invite second workers, send letters and events.
    /// - Returns: seconds until the next one.
    func round() throws -> Double {
        let fleet = try store.queue.fleet(withinSeconds: configuration.workerTimeoutSeconds)
        sender.attend(fleet)
        metrics.unclaimed.set(Double(fleet.unclaimed))
        metrics.window.set(Double(window.size(slots: fleet.slots, perSecond: pace.perSecond)))
        try noteDone(fleet)
        let published = try publish(fleet)
        if sender.mayLoseOffers { try publishAgain(fleet) }
        try inviteBackups(fleet)
        try sendDeadLetters()
        try sendEvents()
        return published > 0 ? configuration.busyIntervalSeconds : configuration.intervalSeconds
    }

    private func publish(_ fleet: FleetSnapshot) throws -> Int {
        let room = window.room(slots: fleet.slots, perSecond: pace.perSecond, unclaimed: fleet.unclaimed)
        guard room > 0 else { return 0 }
        let demands = try store.queue.demands(limit: room, underWay: fleet.underWay)
        var left = room
        var jobs: [JobMessage] = []
        // Runs come by falling priority: what one priority leaves, the next one shares.
        let priorities = Set(demands.map(\.priority)).sorted(by: >)
        for priority in priorities where left > 0 {
            let sharing = demands.filter { $0.priority == priority }.map(\.demand)
            for (run, count) in PublishingWindow.shares(room: left, of: sharing) {
                let due = try store.queue.publish(run: run, count: count)
                left -= due.count
                jobs += due
            }
        }
        pace.note(jobs.count, at: configuration.clock.now)
        watched.formUnion(jobs.map(\.attempt))
        metrics.publications.add(jobs.count, "first")
        try offer(jobs)
        return jobs.count
    }

    private func publishAgain(_ fleet: FleetSnapshot) throws {
        let again = fleet.toRepublish
        guard !again.isEmpty else { return }
        logger.info("unclaimed while workers are idle, and offered again: \(again.count.counted("shard"))")
        try store.queue.republish(again.map(\.id))
        metrics.publications.add(again.count, "again")
        try offer(again.map { JobMessage($0.id, isBackup: $0.isRunning) })
    }

    private func inviteBackups(_ fleet: FleetSnapshot) throws {
        let late = try fleet.stragglers { run in
            try percentiles.value(of: run, at: configuration.clock.now, every: configuration.stragglerCheckSeconds) {
                try store.queue.percentile95(of: $0)
            }
        }
        guard !late.isEmpty else { return }
        for shard in late {
            logger.info(
                "shard \(shard.id.shard) of run \(shard.id.run) runs for \(Int(shard.secondsRunning)) s: another worker is invited")
        }
        try store.queue.offerBackups(late.map(\.id))
        metrics.publications.add(late.count, "backup")
        try offer(late.map { JobMessage($0.id, isBackup: true) })
    }

    private func offer(_ jobs: [JobMessage]) throws {
        guard !jobs.isEmpty else { return }
        let unsent = zip(jobs, noted(try sender.offer(jobs))).filter { !$0.1 }.map(\.0).filter { !$0.isBackup }
        try store.queue.unpublish(unsent.map(\.attempt))
    }

    /// Counts what was not delivered.
    private func noted(_ deliveries: [Bool]) -> [Bool] {
        metrics.undelivered.add(deliveries.count { !$0 })
        return deliveries
    }
}

extension Publisher {
    /// Tells watchers of shards that were outstanding at the last poll and are done now.
    private func noteDone(_ fleet: FleetSnapshot) throws {
        let out = Set(fleet.shards.map(\.id))
        let done = try store.queue.doneShards(among: watched.subtracting(out).sorted { ($0.run, $0.shard) < ($1.run, $1.shard) })
        events.add(done.map { .shardDone($0.run, shard: $0.shard, images: $0.images, worker: $0.worker) })
        watched = out
    }

    private func sendDeadLetters() throws {
        let letters = try store.queue.unsentDeadLetters()
        guard !letters.isEmpty else { return }
        try store.queue.noteSent(zip(letters, noted(try sender.report(letters))).filter(\.1).map(\.0))
    }

    private func sendEvents() throws {
        let waiting = events.takeAll()
        if !waiting.isEmpty { try sender.announce(waiting) }
    }
}
