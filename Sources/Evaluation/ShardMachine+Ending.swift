extension ShardMachine {
    /// How a holder's attempt ended without a store.
    package enum Ending: Sendable, Hashable {
        /// The worker stops, and could not finish.
        case handedBack
        case failed(FailureClass)
        /// The lease was not renewed in time.
        case expired

        /// How the attempt failed; nil where it did not.
        package var failure: FailureClass? {
            switch self {
            case .handedBack: nil
            case .failed(let failure): failure
            case .expired: .unknown
            }
        }
    }

    /// What follows from the end of an attempt.
    package enum Consequence: Sendable, Hashable {
        /// The token is no holder's: nothing changed.
        case ignored
        /// The second worker gave up, the first goes on.
        case backupEnded
        /// The second worker goes on alone.
        case promoted
        /// Back to pending with the same attempt.
        case returned
        /// Back to pending with the next attempt, after so many seconds.
        case retried(delay: Double)
        /// Two shards take over its images.
        case split
        /// Its images become failures.
        case died
    }

    /// Ends the attempt of the holder of `token`.
    package mutating func end(_ token: String, _ ending: Ending, policy: AttemptPolicy) -> Consequence {
        guard state == .running else { return .ignored }
        if backup?.token == token {
            (backup, isBackupOffered) = (nil, false)
            return .backupEnded
        }
        guard primary?.token == token else { return .ignored }
        let lost = id
        (primary, backup) = (backup, nil)
        isBackupOffered = false
        if let failure = ending.failure {
            id.attempt += 1
            if failure == .transient { transientFailures += 1 } else { failures += 1 }
        }
        if primary != nil { return .promoted }
        guard let failure = ending.failure else {
            state = .pending
            return .returned
        }
        switch policy.verdict(failure, failures: failures, imageCount: imageCount, isPart: isPart) {
        case .tryAgain:
            state = .pending
            let count = failure == .transient ? transientFailures : failures
            return .retried(delay: policy.backoff.delay(afterFailures: count, of: lost))
        case .split:
            state = .split
            return .split
        case .giveUp:
            state = .dead
            return .died
        }
    }

    /// The two halves of a range of at least two images, the first one not smaller.
    package static func halves(of range: ShardRange) -> (ShardRange, ShardRange) {
        precondition(range.imageCount > 1, "a shard of one image cannot be split")
        let first = (range.imageCount + 1) / 2
        return (
            ShardRange(firstOrdinal: range.firstOrdinal, imageCount: first),
            ShardRange(firstOrdinal: range.firstOrdinal + first, imageCount: range.imageCount - first)
        )
    }
}
