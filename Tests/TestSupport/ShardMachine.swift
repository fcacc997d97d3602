package import Evaluation

/// Everything that can happen to a shard, as a value: the model that the guarded statements of `ShardQueue` are held to.
///
/// Every transition looks at the state it expects and says whether it happened; one that did not changes nothing. Time is not in here:
/// the database's clock decides when a lease has expired, which is a failure of class `unknown` to ``end(_:_:policy:)``.
package struct ShardMachine: Sendable, Hashable {
    /// Who computes the shard.
    package struct Holder: Sendable, Hashable {
        package var token: String
        package var worker: Int64

        package init(token: String, worker: Int64) {
            self.token = token
            self.worker = worker
        }
    }

    package var id: ShardAttempt
    package var imageCount: Int
    /// Whether it came from a shard that was split.
    package var isPart: Bool
    package var state = ShardState.pending
    /// Attempts that crashed, or failed for the shard's own sake.
    package var failures = 0
    /// Attempts that failed because something around it was missing.
    package var transientFailures = 0
    /// The worker that has the lease. It stays after the store, to recognise a store whose answer was lost.
    package var primary: Holder?
    /// A second worker on a late shard.
    package var backup: Holder?
    /// Whether another worker may become ``backup``.
    package var isBackupOffered = false

    package init(id: ShardAttempt, imageCount: Int, isPart: Bool = false) {
        self.id = id
        self.imageCount = imageCount
        self.isPart = isPart
    }

    /// A message for it is about to be sent.
    package mutating func publish() -> Bool {
        guard state == .pending else { return false }
        state = .published
        return true
    }

    /// Its message could not be sent, or its run is paused.
    package mutating func unpublish(attempt: Int) -> Bool {
        guard state == .published, id.attempt == attempt else { return false }
        state = .pending
        return true
    }

    /// A worker read a message that names `attempt`.
    package mutating func claim(attempt: Int, _ holder: Holder) -> Bool {
        guard state == .published, id.attempt == attempt else { return false }
        state = .running
        primary = holder
        return true
    }

    /// It is late: a second worker is invited. Not to one that has failed before: it might kill two workers instead of one.
    package mutating func offerBackup() -> Bool {
        guard state == .running, backup == nil, !isBackupOffered, failures == 0, transientFailures == 0 else { return false }
        isBackupOffered = true
        return true
    }

    /// Another worker read the invitation.
    package mutating func claimBackup(attempt: Int, _ holder: Holder) -> Bool {
        guard state == .running, id.attempt == attempt, isBackupOffered, backup == nil, primary?.worker != holder.worker else {
            return false
        }
        backup = holder
        return true
    }

    /// Whether a holder's lease stands, and so is renewed.
    package func renew(_ token: String) -> Bool {
        state == .running && (primary?.token == token || backup?.token == token)
    }

    package enum StoreOutcome: Sendable, Hashable {
        case stored
        /// This lease stored the same rows before.
        case storedBefore
        case refused
    }

    /// A holder brings the rows; the first one counts.
    package mutating func store(_ token: String) -> StoreOutcome {
        if state == .done, primary?.token == token { return .storedBefore }
        guard renew(token) else { return .refused }
        if backup?.token == token { primary = backup }
        backup = nil
        isBackupOffered = false
        state = .done
        return .stored
    }

    /// The holder of `token` stops, and could not finish.
    /// - Returns: whether nobody computes the shard any more.
    package mutating func handBack(_ token: String) -> Bool {
        guard drop(token), primary == nil else { return false }
        state = .pending
        return true
    }

    /// The attempt of the holder of `token` failed.
    /// - Returns: nil where the token is no holder's.
    package mutating func end(_ token: String, _ failure: FailureClass, policy: AttemptPolicy) -> AttemptConsequence? {
        let isBackup = backup?.token == token
        guard drop(token) else { return nil }
        if isBackup { return .backupEnded }
        let lost = id
        id.attempt += 1
        if failure == .transient { transientFailures += 1 } else { failures += 1 }
        if primary != nil { return .promoted }
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

    /// The holder of `token` is one no more, and the second worker takes the place of the first.
    private mutating func drop(_ token: String) -> Bool {
        guard renew(token) else { return false }
        if primary?.token == token { primary = backup }
        (backup, isBackupOffered) = (nil, false)
        return true
    }

    /// Its run was cancelled.
    package mutating func cancel() -> Bool {
        guard !state.isTerminal else { return false }
        state = .cancelled
        (primary, backup, isBackupOffered) = (nil, nil, false)
        return true
    }

    /// Its images are to be tried again, from the start.
    package mutating func revive() -> Bool {
        guard state == .dead else { return false }
        state = .pending
        id.attempt += 1
        (failures, transientFailures) = (0, 0)
        return true
    }
}
