/// A refusal that only the cluster's administrator can end. librdkafka tries again for ever, and tells of the same error of the same broker once
/// in 30 seconds.
package struct StandingProblem {
    /// A refusal that is not repeated for so long has ended.
    package static let memory = Duration.seconds(90)
    /// Between two lines in the log.
    package static let tellingInterval = Duration.seconds(60)

    package init() {}

    private var text: String?
    private var last: ContinuousClock.Instant?
    private var toldAt: ContinuousClock.Instant?

    /// Notes a refusal.
    /// - Returns: whether it is to be told now: it is another one, or was last told a minute ago.
    package mutating func note(_ problem: String, at now: ContinuousClock.Instant) -> Bool {
        let isNew = problem != text
        text = problem
        last = now
        guard isNew || toldAt.map({ now - $0 >= Self.tellingInterval }) ?? true else { return false }
        toldAt = now
        return true
    }

    /// Notes that the cluster served this client.
    package mutating func noteService() {
        text = nil
    }

    package func problem(at now: ContinuousClock.Instant) -> String? {
        last.map { now - $0 <= Self.memory } ?? false ? text : nil
    }
}

/// Tells trouble that lasts from trouble in passing.
package struct LastingTrouble {
    let grace: Duration
    private var first: ContinuousClock.Instant?

    package init(grace: Duration) {
        self.grace = grace
    }

    /// Notes trouble.
    /// - Returns: whether it has gone on for the grace or longer.
    package mutating func noteTrouble(at now: ContinuousClock.Instant) -> Bool {
        let start = first ?? now
        first = start
        return now - start >= grace
    }

    package mutating func noteService() {
        first = nil
    }
}
