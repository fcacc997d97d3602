/// How many shards are kept published and unclaimed: enough that no worker waits, few enough that steering costs nothing.
package struct PublishingWindow: Sendable, Hashable {
    /// Window per worker slot.
    package var shardsPerSlot: Int
    /// Window while no worker has reported yet, so that the first one finds work.
    package var minimum: Int

    package init(shardsPerSlot: Int = 2, minimum: Int = 16) {
        self.shardsPerSlot = shardsPerSlot
        self.minimum = minimum
    }

    /// How many more shards to publish with `slots` live worker threads and `unclaimed` shards out already.
    package func room(slots: Int, unclaimed: Int) -> Int {
        max(max(minimum, slots * shardsPerSlot) - unclaimed, 0)
    }
}

/// When a failed or lost attempt may be tried again.
package struct AttemptBackoff: Sendable, Hashable {
    /// Seconds before the second attempt; doubles with each further one.
    package var firstDelay: Double
    package var maximumDelay: Double

    package init(firstDelay: Double = 0.5, maximumDelay: Double = 60) {
        self.firstDelay = firstDelay
        self.maximumDelay = maximumDelay
    }

    /// Seconds to wait after `attempt` failed.
    package func delay(after attempt: Int) -> Double {
        var delay = firstDelay
        for _ in 1..<max(attempt, 1) where delay < maximumDelay { delay *= 2 }
        return min(delay, maximumDelay)
    }
}
