/// How many shards are kept published and unclaimed: enough that no worker waits, few enough that steering costs nothing.
package struct PublishingWindow: Sendable, Hashable {
    /// Window per worker slot.
    package var shardsPerSlot: Int
    /// Window while no worker has reported yet, so that the first one finds work.
    package var minimum: Int
    /// Seconds of work that the window holds where shards are so small that two per slot do not last until the next look.
    package var secondsAhead: Double

    package init(shardsPerSlot: Int = 2, minimum: Int = 16, secondsAhead: Double = 0.25) {
        self.shardsPerSlot = shardsPerSlot
        self.minimum = minimum
        self.secondsAhead = secondsAhead
    }

    /// The window for `slots` live worker threads that have lately taken `perSecond` shards a second.
    package func size(slots: Int, perSecond: Double) -> Int {
        guard slots > 0 else { return minimum }
        return max(slots * shardsPerSlot, Int((perSecond * secondsAhead).rounded(.up)))
    }

    /// How many more shards to publish with `unclaimed` shards out already.
    package func room(slots: Int, perSecond: Double = 0, unclaimed: Int) -> Int {
        max(size(slots: slots, perSecond: perSecond) - unclaimed, 0)
    }

    /// Shares `room` between runs of one priority: whichever has the fewest shards under way gets the next one, so that all come to hold
    /// equally many worker threads. Of equals the older run is first.
    /// - Returns: how many shards to publish, for the runs that get any, by number.
    package static func shares(room: Int, of demands: [RunDemand]) -> [(run: RunID, count: Int)] {
        var shares = demands.sorted { $0.run < $1.run }.map { (demand: $0, count: 0) }
        for _ in 0..<max(room, 0) {
            let next = shares.indices.filter { shares[$0].count < shares[$0].demand.due }
                .min { shares[$0].demand.underWay + shares[$0].count < shares[$1].demand.underWay + shares[$1].count }
            guard let next else { break }
            shares[next].count += 1
        }
        return shares.filter { $0.count > 0 }.map { ($0.demand.run, $0.count) }
    }
}

/// What a run wants of the window.
package struct RunDemand: Sendable, Hashable {
    package var run: RunID
    /// Shards that could be published now; need not count beyond the room there is.
    package var due: Int
    /// Shards published or running.
    package var underWay: Int

    package init(run: RunID, due: Int, underWay: Int) {
        self.run = run
        self.due = due
        self.underWay = underWay
    }
}

/// When an unclaimed shard is published again.
///
/// Only while a worker thread is idle: then its message is lost, or queued behind a busy worker. While all threads are busy none could
/// claim it, and sending it again would only fill the topic.
package enum RepublishRule {
    /// Seconds before the first repetition; doubles with each further one, up to ``longestWait``.
    package static let firstWait = 1.0
    package static let longestWait = 16.0

    /// Whether a shard is to be sent again that was sent `publications` times, the last time `seconds` ago.
    package static func isDue(seconds: Double, publications: Int) -> Bool {
        var wait = firstWait
        for _ in 1..<max(publications, 1) where wait < longestWait { wait *= 2 }
        return seconds >= min(wait, longestWait)
    }
}

/// When a running shard is given to a second worker.
package enum StragglerRule {
    package static let factor = 1.5
    /// Finished shards of the run that are needed to know what is usual.
    package static let minimumSamples = 8
    /// Seconds below which nothing is a straggler.
    package static let minimumSeconds = 1.0

    /// Whether a shard of `images` images that runs for `seconds` is late, where 95 of 100 shards took at most `percentile95` seconds
    /// an image.
    package static func isLate(seconds: Double, images: Int, percentile95: Double) -> Bool {
        seconds > max(minimumSeconds, factor * percentile95 * Double(images))
    }
}
