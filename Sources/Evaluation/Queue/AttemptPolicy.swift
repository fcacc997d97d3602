internal import Diagnostics

/// When a failed or lost attempt may be tried again.
package struct AttemptBackoff: Sendable, Hashable {
    /// Seconds before the second attempt; doubles with each further one.
    package var firstDelay: Double
    package var maximumDelay: Double

    package init(firstDelay: Double = 0.5, maximumDelay: Double = 60) {
        self.firstDelay = firstDelay
        self.maximumDelay = maximumDelay
    }

    /// Seconds to wait after `attempt` failed, before jitter.
    package func delay(after attempt: Int) -> Double {
        var delay = firstDelay
        for _ in 1..<max(attempt, 1) where delay < maximumDelay { delay *= 2 }
        return min(delay, maximumDelay)
    }

    /// Seconds to wait after `failures` failures of a shard: between half the delay and all of it, so that shards which failed together do
    /// not come back together. The same shard and attempt always wait equally long.
    package func delay(afterFailures failures: Int, of attempt: ShardAttempt) -> Double {
        let seed = [UInt64(bitPattern: attempt.run.rawValue), UInt64(clamping: attempt.shard), UInt64(clamping: attempt.attempt)]
        let mixed = seed.reduce(0x9E37_79B9_7F4A_7C15) { SeededGenerator.mixed($0 ^ $1) }
        return delay(after: failures) * (0.5 + Double(mixed >> 11) * 0x1p-54)
    }
}

/// How often a shard is tried, and what becomes of it then.
package struct AttemptPolicy: Sendable, Hashable {
    /// Attempts that may crash or fail for unknown reasons.
    package var maxAttempts: Int
    package var backoff: AttemptBackoff

    /// Attempts of an input that is bad by itself: the second is another worker's opinion.
    package static let maxPermanentFailures = 2

    package init(maxAttempts: Int = 4, backoff: AttemptBackoff = AttemptBackoff()) {
        self.maxAttempts = maxAttempts
        self.backoff = backoff
    }

    /// What a shard's failures so far come to.
    package enum Verdict: Sendable, Hashable {
        case tryAgain
        /// The images are halved, to find the one that kills workers.
        case split
        /// The images become failures.
        case giveUp
    }

    /// - Parameters:
    ///   - failure: how the newest attempt failed; the count includes it, unless it is transient.
    ///   - isPart: whether the shard is itself a part of one that was split. Such a part is split again at its first failure: the attempts
    ///     are for the image that is found in the end.
    package func verdict(_ failure: FailureClass, failures: Int, imageCount: Int, isPart: Bool) -> Verdict {
        switch failure {
        // It says nothing about the shard, however often it happens.
        case .transient: return .tryAgain
        case .permanent: return failures < min(Self.maxPermanentFailures, maxAttempts) ? .tryAgain : .giveUp
        case .unknown:
            let limit = isPart && imageCount > 1 ? 1 : maxAttempts
            guard failures >= limit else { return .tryAgain }
            return imageCount > 1 ? .split : .giveUp
        }
    }
}

/// What follows from an attempt that ended without a store.
package enum AttemptConsequence: Sendable, Hashable {
    /// The second worker gave up, the first goes on.
    case backupEnded
    /// The second worker goes on alone.
    case promoted
    /// Back to pending with the next attempt, after so many seconds.
    case retried(delay: Double)
    /// Two shards take over its images.
    case split
    /// Its images become failures.
    case died
}
