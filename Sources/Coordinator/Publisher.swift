internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Foundation
internal import Kafka
internal import Logging
internal import Telemetry

/// Keeps the window of job messages in Kafka, and tells watchers what happens.
///
/// It waits for Kafka's acknowledgements, so it has a thread and a session of its own; see ``Keeper`` for what does not wait.
final class Publisher {
    let configuration: CoordinatorConfiguration
    let store: EvaluationStore
    let events: EventQueue
    let metrics: CoordinatorMetrics
    let logger: Logger
    private let window = PublishingWindow()
    private let admin: KafkaAdmin
    private var producer: KafkaProducer
    /// Partitions of the topic of jobs.
    private var partitions: Int
    private var cursor = 0
    private var topicsCheckedAt = ContinuousClock.now
    private var pace = PublishingPace()
    private var percentiles = PercentileCache()
    /// What was out at the last look, to see what has been done since.
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
        admin = try KafkaAdmin(configuration.kafka, logger: logger)
        try admin.ensure(configuration.topicDescriptions)
        partitions = try admin.topics(timeoutMilliseconds: 15_000)[configuration.topics.jobs] ?? configuration.partitions
        producer = try KafkaProducer(configuration.kafka, logger: logger)
    }

    /// One look: publish, publish again, invite second workers, send letters and events.
    /// - Returns: seconds until the next one.
    func round() throws -> Double {
        try checkTopics()
        let fleet = try store.fleet(withinSeconds: configuration.workerTimeoutSeconds)
        metrics.unclaimed.set(Double(fleet.unclaimed))
        metrics.window.set(Double(window.size(slots: fleet.slots, perSecond: pace.perSecond)))
        try noteDone(fleet)
        let published = try publish(fleet)
        try publishAgain(fleet)
        try inviteBackups(fleet)
        try sendDeadLetters()
        try sendEvents()
        return published > 0 ? configuration.busyIntervalSeconds : configuration.intervalSeconds
    }

    private func publish(_ fleet: FleetSnapshot) throws -> Int {
        let room = window.room(slots: fleet.slots, perSecond: pace.perSecond, unclaimed: fleet.unclaimed)
        guard room > 0 else { return 0 }
        let demands = try store.demands(limit: room, underWay: fleet.underWay)
        let declines = try store.declines(withinSeconds: configuration.declineSeconds)
        var loads = fleet.loads(partitions: partitions, startingAt: cursor)
        var left = room
        var publications: [Publication] = []
        // Runs come by falling priority: what one priority leaves, the next one shares.
        let priorities = Set(demands.map(\.priority)).sorted(by: >)
        for priority in priorities where left > 0 {
            let sharing = demands.filter { $0.priority == priority }.map(\.demand)
            for (run, count) in PublishingWindow.shares(room: left, of: sharing) {
                let chosen = (0..<count).map { _ in loads.take(avoiding: declines[run] ?? []) }
                let due = try store.publish(run: run, to: chosen)
                left -= due.count
                publications += due
            }
        }
        cursor = loads.next
        pace.note(publications.count)
        watched.formUnion(publications.map(\.job.attempt))
        metrics.publications.add(publications.count, "first")
        try send(publications)
        return publications.count
    }

    private func publishAgain(_ fleet: FleetSnapshot) throws {
        let again = fleet.toRepublish
        guard !again.isEmpty else { return }
        let declines = try store.declines(withinSeconds: configuration.declineSeconds)
        var loads = fleet.loads(partitions: partitions, startingAt: cursor)
        let publications = again.map { shard in
            let avoided = (declines[shard.id.run] ?? []).union(shard.partition.map { [$0] } ?? [])
            return Publication(job: JobMessage(shard.id, isBackup: shard.isRunning), partition: loads.take(avoiding: avoided))
        }
        cursor = loads.next
        logger.info("\(again.count) shards wait unclaimed while workers are idle: they are sent again, to other partitions")
        try store.republish(publications)
        metrics.publications.add(publications.count, "again")
        try send(publications)
    }

    private func inviteBackups(_ fleet: FleetSnapshot) throws {
        let late = try fleet.stragglers { run in
            try percentiles.value(of: run, every: configuration.stragglerCheckSeconds) { try store.percentile95(of: $0) }
        }
        guard !late.isEmpty else { return }
        var loads = fleet.loads(partitions: partitions, startingAt: cursor)
        let publications = late.map { shard in
            Publication(
                job: JobMessage(shard.id, isBackup: true), partition: loads.take(avoiding: shard.partition.map { [$0] } ?? []))
        }
        cursor = loads.next
        for shard in late {
            logger.info(
                "shard \(shard.id.shard) of run \(shard.id.run) runs for \(Int(shard.secondsRunning)) s: another worker is invited")
        }
        try store.offerBackups(publications)
        metrics.publications.add(publications.count, "backup")
        try send(publications)
    }

    private func send(_ publications: [Publication]) throws {
        guard !publications.isEmpty else { return }
        let acknowledged = try deliver(
            publications.map {
                OutgoingMessage(topic: configuration.topics.jobs, partition: $0.partition, value: $0.job.encoded())
            }, timeoutMilliseconds: 5000)
        let unsent = zip(publications, acknowledged).filter { !$0.1 }.map(\.0.job).filter { !$0.isBackup }
        try store.unpublish(unsent.map(\.attempt))
    }

    /// Sends messages; a producer that has gone out of order is made anew next time.
    private func deliver(_ messages: [OutgoingMessage], timeoutMilliseconds: Int) throws -> [Bool] {
        let deliveries = try producer.deliver(messages, timeoutMilliseconds: timeoutMilliseconds)
        let failures = deliveries.compactMap { if case .failed(let failure) = $0 { failure } else { nil } }
        metrics.undelivered.add(failures.count)
        if let first = failures.first {
            logger.warning("\(failures.count) of \(messages.count) messages were not delivered, the first: \(first)")
            // A topic may have vanished, or come back with other partitions.
            topicsCheckedAt = .now - .seconds(configuration.topicCheckSeconds)
        }
        return deliveries.map(\.isAcknowledged)
    }
}

extension Publisher {
    /// Makes topics again that have vanished. While no broker answers there is nothing to be done.
    private func checkTopics() throws {
        guard ContinuousClock.now - topicsCheckedAt >= .seconds(configuration.topicCheckSeconds) else { return }
        topicsCheckedAt = .now
        do {
            var present = try admin.topics(timeoutMilliseconds: 2000)
            if configuration.topicDescriptions.contains(where: { present[$0.name] == nil }) {
                logger.warning("topics have vanished: they are made again")
                try admin.ensure(configuration.topicDescriptions, timeoutMilliseconds: 5000)
                present = try admin.topics(timeoutMilliseconds: 2000)
            }
            if let count = present[configuration.topics.jobs], count != partitions {
                logger.notice("topic \(configuration.topics.jobs) has \(count) partitions now")
                partitions = count
            }
        } catch {
            logger.warning("the topics cannot be looked at: \(error)")
        }
    }

    /// Tells watchers of shards that were out at the last look and are done now.
    private func noteDone(_ fleet: FleetSnapshot) throws {
        let out = Set(fleet.shards.map(\.id))
        let done = try store.doneShards(among: watched.subtracting(out).sorted { ($0.run, $0.shard) < ($1.run, $1.shard) })
        events.add(done.map { .shardDone($0.run, shard: $0.shard, images: $0.images, worker: $0.worker) })
        watched = out
    }

    private func sendDeadLetters() throws {
        let letters = try store.unsentDeadLetters()
        guard !letters.isEmpty else { return }
        let acknowledged = try deliver(
            letters.map {
                OutgoingMessage(
                    topic: configuration.topics.deadLetter, key: Array("\($0.run)/\($0.shard)".utf8), value: Array($0.json.utf8))
            }, timeoutMilliseconds: 5000)
        try store.noteSent(zip(letters, acknowledged).filter(\.1).map(\.0))
    }

    private func sendEvents() throws {
        let waiting = events.takeAll()
        guard !waiting.isEmpty else { return }
        _ = try deliver(
            waiting.map { OutgoingMessage(topic: configuration.topics.events, value: $0.encoded) }, timeoutMilliseconds: 1000)
    }
}

extension CoordinatorConfiguration {
    var topicDescriptions: [TopicDescription] {
        topics.descriptions(partitions: partitions).map {
            TopicDescription(name: $0.name, partitions: $0.partitions, replicationFactor: replicationFactor)
        }
    }
}
