internal import Diagnostics
internal import Evaluation

/// What the worker's threads share: ``WorkerSlots`` behind a lock, and waiting for it to change. All calls are thread-safe.
final class SlotBoard: @unchecked Sendable {
    private let condition: MonotonicCondition
    private var slots: WorkerSlots
    private var images = 0
    private let drainTime: Duration
    private var drainEnd: Deadline?
    /// Images finished of the shards that are held, by the lease's token.
    private var computed: [String: Int] = [:]
    private var whenFree: (@Sendable () -> Void)?

    /// - Parameter drainTime: how long a worker that is told to stop goes on with what it has.
    init(slots: Int, drainTime: Duration, clock: SteadyClock) {
        self.slots = WorkerSlots(count: slots)
        self.drainTime = drainTime
        condition = MonotonicCondition(clock: clock)
    }

    @discardableResult
    private func locked<Result>(_ body: () -> Result) -> Result { condition.locked(body) }

    /// Whether another shard may be claimed now.
    var hasFreeSlot: Bool { locked { slots.hasFreeSlot } }

    var stopState: WorkerSlots.Stop { locked { slots.stop } }

    var isIdle: Bool { locked { slots.isEmpty } }

    /// Whether what is held is to be given back, or left behind.
    var isHandingBack: Bool { stopState >= .handingBack }

    /// Whether a shard is held that a worker was lost with before.
    var hasSuspect: Bool { locked { slots.hasSuspect } }

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
            slots.add(lease, at: now)
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
            slots.noteImage(of: lease.token, at: now)
        }
    }

    func stalled(for time: Duration) -> Set<String> { locked { slots.stalled(for: time, at: now) } }

    func markLost(_ lease: Lease) {
        locked { slots.markLost(lease.token) }
    }

    func isLost(_ lease: Lease) -> Bool { locked { slots.isLost(lease.token) } }

    /// When what is not finished is handed back; nil until the worker is told to stop.
    var drainDeadline: Deadline? { locked { drainEnd } }

    func raise(_ stop: WorkerSlots.Stop) {
        locked {
            slots.raise(stop)
            drainEnd = drainEnd ?? Deadline(in: drainTime, on: condition.clock)
            condition.broadcast()
        }
    }

    /// Blocks until `deadline`, or until the board changes.
    func wait(until deadline: Deadline) {
        locked { condition.wait(until: deadline) }
    }

    /// Blocks for at most `seconds`, less when the board changes.
    func wait(seconds: Double) {
        locked { condition.wait(until: Deadline(in: .seconds(seconds), on: condition.clock)) }
    }

    private var now: ContinuousClock.Instant { condition.clock.now }
}
