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

    /// Whether another shard may be claimed now. A suspect is computed alone, so nothing is claimed beside one.
    package var hasFreeSlot: Bool {
        stop == .none && holdings.count < count && !holdings.values.contains { $0.lease.isSuspect }
    }

    package var isEmpty: Bool { holdings.isEmpty }

    /// Leases that are held, by token.
    package var leases: [Lease] { holdings.values.map(\.lease).sorted { $0.token < $1.token } }

    package mutating func add(_ lease: Lease, at now: ContinuousClock.Instant) {
        holdings[lease.token] = Holding(lease: lease, progressAt: now)
        waiting.append(lease.token)
    }

    /// The next shard for a thread to compute; nil where there is none, or none that may be computed beside what runs.
    package mutating func startNext() -> Lease? {
        let running = holdings.values.filter(\.isComputing)
        guard !running.contains(where: { $0.lease.isSuspect }) else { return nil }
        let next = waiting.firstIndex { token in holdings[token].map { !$0.lease.isSuspect || running.isEmpty } ?? false }
        guard let next else { return nil }
        let token = waiting.remove(at: next)
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
