internal import Evaluation
internal import Foundation

/// What the worker's threads share: ``WorkerSlots`` behind a lock, and waiting for it to change. All calls are thread-safe.
final class SlotBoard: @unchecked Sendable {
    private let condition = NSCondition()
    private var slots: WorkerSlots
    private var images = 0
    /// Images finished of the shards that are held, by the lease's token.
    private var computed: [String: Int] = [:]
    private var whenFree: (@Sendable () -> Void)?
    private var unfitSince: [RunID: Double] = [:]

    /// Seconds that a worker remembers what it could not do.
    private static let unfitSeconds = 60.0

    init(slots: Int) {
        self.slots = WorkerSlots(count: slots)
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }

    /// Whether another shard may be claimed now.
    var hasFreeSlot: Bool { locked { slots.hasFreeSlot } }

    var stopState: WorkerSlots.Stop { locked { slots.stop } }

    var isIdle: Bool { locked { slots.isEmpty } }

    /// Leases that are held.
    var leases: [Lease] { locked { slots.leases } }

    /// Images finished so far.
    var finishedImages: Int { locked { images } }

    /// Images finished of these shards so far.
    func computedImages(of leases: [Lease]) -> [Int] { locked { leases.map { computed[$0.token, default: 0] } } }

    /// Calls `body`, on whichever thread, each time a slot may have become free.
    func whenFree(_ body: (@Sendable () -> Void)?) {
        locked { whenFree = body }
    }

    func add(_ lease: Lease) {
        locked {
            slots.add(lease, at: Self.now)
            condition.broadcast()
        }
    }

    /// The next shard for a thread; blocks. Nil when there will be none.
    func next() -> Lease? {
        locked {
            while true {
                if let lease = slots.startNext() { return lease }
                if slots.isDone { return nil }
                condition.wait()
            }
        }
    }

    func finish(_ lease: Lease) {
        let notify = locked {
            slots.finish(lease.token)
            computed[lease.token] = nil
            condition.broadcast()
            return whenFree
        }
        notify?()
    }

    func countImage(of lease: Lease) {
        locked {
            images += 1
            computed[lease.token, default: 0] += 1
            slots.noteImage(of: lease.token, at: Self.now)
        }
    }

    func stalled(forSeconds seconds: Double) -> Set<String> { locked { slots.stalled(forSeconds: seconds, at: Self.now) } }

    /// Notes that this worker lacks something that a run needs.
    func noteUnfit(for run: RunID) {
        locked { unfitSince[run] = Self.now }
    }

    func isUnfit(for run: RunID) -> Bool { locked { unfitSince[run].map { Self.now - $0 < Self.unfitSeconds } ?? false } }

    func markLost(_ lease: Lease) {
        locked { slots.markLost(lease.token) }
    }

    func isLost(_ lease: Lease) -> Bool { locked { slots.isLost(lease.token) } }

    func raise(_ stop: WorkerSlots.Stop) {
        locked {
            slots.raise(stop)
            condition.broadcast()
        }
    }

    /// Blocks for at most `seconds`, less when the board changes.
    func wait(seconds: Double) {
        locked { _ = condition.wait(until: Date().addingTimeInterval(seconds)) }
    }

    private static var now: Double { ProcessInfo.processInfo.systemUptime }
}
