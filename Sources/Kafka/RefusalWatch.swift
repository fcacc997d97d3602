/// Tells a cluster that keeps refusing a client's credentials from one that did so in passing.
///
/// librdkafka tries again for ever, and tells of the same error of the same broker once in 30 seconds.
package struct RefusalWatch {
    /// Refusals further apart than this have nothing to do with each other.
    package static let memory: Duration = .seconds(90)

    private let grace: Duration
    private var first: ContinuousClock.Instant?
    private var last: ContinuousClock.Instant?

    /// - Parameter grace: how long refusals are put up with.
    package init(grace: Duration) {
        self.grace = grace
    }

    /// Notes a refusal.
    /// - Returns: whether refusals have gone on for the grace or longer.
    package mutating func noteRefusal(at now: ContinuousClock.Instant) -> Bool {
        let isContinued = last.map { now - $0 <= Self.memory } ?? false
        let start = isContinued ? first ?? now : now
        first = start
        last = now
        return now - start >= grace
    }

    /// Notes that the cluster served this client.
    package mutating func noteService() {
        first = nil
        last = nil
    }
}
