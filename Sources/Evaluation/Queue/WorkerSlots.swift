/// The leases of one worker and what its threads do with them, as a value.
package struct WorkerSlots: Sendable, Hashable {
    /// How far a stop has come.
    package enum Stop: Int, Sendable, Hashable, Comparable {
        /// Take work.
        case none
        /// Claim nothing more; finish what runs.
        case draining
        /// Give back what runs after the current image.
        case handingBack
        /// Wait for nothing more: what hangs is left behind.
        case over

        package static func < (left: Stop, right: Stop) -> Bool { left.rawValue < right.rawValue }
    }

    private struct Holding: Sendable, Hashable {
        var lease: Lease
        var isComputing = false
        var isLost = false
        /// Images finished, to see whether there is progress.
        var images = 0
        /// When an image was finished last, or the lease added.
        var progressAt: ContinuousClock.Instant
    }

    /// Worker threads.
    package let count: Int
    package private(set) var stop = Stop.none
    private var holdings: [String: Holding] = [:]
    /// Tokens that wait for a thread, in the order they came.
    private var waiting: [String] = []

    package init(count: Int) {
        self.count = count
    }

    /// Whether another shard may be claimed now.
    package var hasFreeSlot: Bool { stop == .none && holdings.count < count }

    /// Whether a shard is held that a worker was lost with before. One at a time: should it take this worker too, it alone is blamed.
    package var hasSuspect: Bool { holdings.values.contains { $0.lease.isSuspect } }

    package var isEmpty: Bool { holdings.isEmpty }

    /// Leases that are held, by token.
    package var leases: [Lease] { holdings.values.map(\.lease).sorted { $0.token < $1.token } }

    package mutating func add(_ lease: Lease, at now: ContinuousClock.Instant) {
        holdings[lease.token] = Holding(lease: lease, progressAt: now)
        waiting.append(lease.token)
    }

    /// The next shard for a thread to compute; nil where there is none.
    package mutating func startNext() -> Lease? {
        guard !waiting.isEmpty else { return nil }
        let token = waiting.removeFirst()
        holdings[token]?.isComputing = true
        return holdings[token]?.lease
    }

    /// Whether a thread that finds nothing to start may end: there will be nothing more.
    package var isDone: Bool { stop != .none && waiting.isEmpty }

    package mutating func noteImage(of token: String, at now: ContinuousClock.Instant) {
        holdings[token]?.images += 1
        holdings[token]?.progressAt = now
    }

    /// Leases whose shards finished no image for `time`: the worker takes them for hung, and lets them run out.
    package func stalled(for time: Duration, at now: ContinuousClock.Instant) -> Set<String> {
        Set(holdings.values.filter { $0.isComputing && now - $0.progressAt > time }.map(\.lease.token))
    }

    package mutating func markLost(_ token: String) {
        holdings[token]?.isLost = true
    }

    package func isLost(_ token: String) -> Bool { holdings[token]?.isLost ?? true }

    package mutating func finish(_ token: String) {
        holdings[token] = nil
        waiting.removeAll { $0 == token }
    }

    /// Stops further than before, never less far.
    package mutating func raise(_ stop: Stop) {
        self.stop = max(self.stop, stop)
    }
}
