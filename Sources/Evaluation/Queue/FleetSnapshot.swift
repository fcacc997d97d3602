/// A shard that is published or running, as the coordinator sees it in one look.
package struct OutstandingShard: Sendable, Hashable {
    package var id: ShardAttempt
    package var images: Int
    package var isRunning: Bool
    /// How often it was sent in this attempt.
    package var publications: Int
    /// Since it was sent, by the database's clock.
    package var secondsSincePublished: Double
    /// Since it was claimed; 0 for one that is not running.
    package var secondsRunning: Double
    package var worker: Int64?
    package var backupWorker: Int64?
    package var isBackupOffered: Bool
    /// Whether an attempt failed before.
    package var hasFailed: Bool

    package init(
        id: ShardAttempt, images: Int, isRunning: Bool, publications: Int, secondsSincePublished: Double,
        secondsRunning: Double = 0, worker: Int64? = nil, backupWorker: Int64? = nil, isBackupOffered: Bool = false,
        hasFailed: Bool = false
    ) {
        self.id = id
        self.images = images
        self.isRunning = isRunning
        self.publications = publications
        self.secondsSincePublished = secondsSincePublished
        self.secondsRunning = secondsRunning
        self.worker = worker
        self.backupWorker = backupWorker
        self.isBackupOffered = isBackupOffered
        self.hasFailed = hasFailed
    }

    /// Whether its message waits for a worker: it is published, or a second worker is invited to it and none has come.
    package var awaitsClaim: Bool { !isRunning || (isBackupOffered && backupWorker == nil) }
}

/// A worker that reports, and takes work.
package struct LiveWorker: Sendable, Hashable {
    package var id: Int64
    package var slots: Int

    package init(id: Int64, slots: Int) {
        self.id = id
        self.slots = slots
    }
}

/// What is out and who could take more, in one look.
package struct FleetSnapshot: Sendable, Hashable {
    package var shards: [OutstandingShard]
    package var workers: [LiveWorker]

    package init(shards: [OutstandingShard], workers: [LiveWorker]) {
        self.shards = shards
        self.workers = workers
    }

    package var slots: Int { workers.reduce(0) { $0 + $1.slots } }

    /// Shards whose messages wait for a worker.
    package var unclaimed: Int { shards.count { !$0.isRunning } }

    /// Shards published or running, by run.
    package var underWay: [RunID: Int] {
        shards.reduce(into: [:]) { $0[$1.id.run, default: 0] += 1 }
    }

    /// Free threads of live workers, by worker; workers without any are left out.
    package var idleSlots: [Int64: Int] {
        var busy: [Int64: Int] = [:]
        for shard in shards where shard.isRunning {
            if let worker = shard.worker { busy[worker, default: 0] += 1 }
            if let worker = shard.backupWorker { busy[worker, default: 0] += 1 }
        }
        let idle = workers.map { ($0.id, $0.slots - busy[$0.id, default: 0]) }
        return Dictionary(idle.filter { $0.1 > 0 }, uniquingKeysWith: { first, _ in first })
    }

    /// Shards to send again, longest waiting first: at most twice as many as there are idle threads.
    package var toRepublish: [OutstandingShard] {
        let idle = idleSlots.values.reduce(0, +)
        guard idle > 0 else { return [] }
        return Array(
            shards.filter {
                $0.awaitsClaim && RepublishRule.isDue(seconds: $0.secondsSincePublished, publications: $0.publications)
            }
            .sorted {
                ($1.secondsSincePublished, $0.id.run, $0.id.shard) < ($0.secondsSincePublished, $1.id.run, $1.id.shard)
            }
            .prefix(2 * idle))
    }

    /// Running shards that could be given to a second worker now: no message waits, so that nothing else is left for idle threads, and
    /// another worker than the shard's own has one. Longest running first, at most one for each idle thread.
    /// - Parameter percentile95: seconds an image that 95 of 100 shards of a run kept to; nil where that is not known, or the run has
    ///   pending shards.
    package func stragglers(percentile95: (RunID) throws -> Double?) rethrows -> [OutstandingShard] {
        let idle = idleSlots
        guard !idle.isEmpty, !shards.contains(where: \.awaitsClaim) else { return [] }
        let late = try shards.filter { shard in
            guard shard.isRunning, shard.backupWorker == nil, !shard.isBackupOffered, !shard.hasFailed,
                idle.keys.contains(where: { $0 != shard.worker }),
                let usual = try percentile95(shard.id.run)
            else { return false }
            return StragglerRule.isLate(seconds: shard.secondsRunning, images: shard.images, percentile95: usual)
        }
        return Array(
            late.sorted { ($1.secondsRunning, $0.id.run, $0.id.shard) < ($0.secondsRunning, $1.id.run, $1.id.shard) }
                .prefix(idle.values.reduce(0, +)))
    }
}
