/// Whether expired leases may be reclaimed: after an outage in which this coordinator did not reach the database, workers may not have either,
/// and get a grace period to reconnect.
struct OutageWatch {
    /// Longer than this without a poll of the database is an outage.
    static let longestGap = Duration.seconds(5)
    /// How long workers have after one; they try again every two seconds at least.
    static let grace = Duration.seconds(5)

    private var lastContact: ContinuousClock.Instant?
    private var graceEnd: ContinuousClock.Instant?

    /// Says that the database answered.
    mutating func noteContact(at now: ContinuousClock.Instant) {
        // Nothing is known of the time before the first poll.
        if lastContact.map({ now - $0 > Self.longestGap }) ?? true { graceEnd = now + Self.grace }
        lastContact = now
    }

    /// Whether expired leases may be reclaimed at this moment.
    func allowsExpiry(at now: ContinuousClock.Instant) -> Bool {
        guard let lastContact, now - lastContact <= Self.longestGap else { return false }
        return graceEnd.map { now >= $0 } ?? true
    }
}
