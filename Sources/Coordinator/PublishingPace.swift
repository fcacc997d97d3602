internal import Evaluation

/// How many shards were published in the last second: as many as workers took, once the window is full.
struct PublishingPace {
    private static let span = Duration.seconds(1)
    private var recent: [(at: ContinuousClock.Instant, count: Int)] = []

    mutating func note(_ count: Int, at now: ContinuousClock.Instant) {
        recent.removeAll { now - $0.at > Self.span }
        if count > 0 { recent.append((now, count)) }
    }

    var perSecond: Double { Double(recent.reduce(0) { $0 + $1.count }) }
}

/// The 95th percentile of shard times in runs that near their end, refreshed now and then.
struct PercentileCache {
    private var known: [RunID: (at: ContinuousClock.Instant, value: Double?)] = [:]

    mutating func value(
        of run: RunID, at now: ContinuousClock.Instant, every seconds: Double, ask: (RunID) throws -> Double?
    ) rethrows -> Double? {
        if let entry = known[run], now - entry.at < .seconds(seconds) { return entry.value }
        if known.count > 100 { known = [:] }
        let value = try ask(run)
        known[run] = (now, value)
        return value
    }
}
