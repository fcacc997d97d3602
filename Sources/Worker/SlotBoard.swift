internal import Evaluation
internal import Foundation

/// What the worker's threads share: which shards wait, run or are lost, and whether to stop. All calls are thread-safe.
final class SlotBoard: @unchecked Sendable {
    /// How far a stop has come.
    enum Stop: Int, Comparable {
        /// Take work.
        case none
        /// Claim nothing more; finish what runs.
        case draining
        /// Give back what runs after the current image.
        case handingBack

        static func < (left: Stop, right: Stop) -> Bool { left.rawValue < right.rawValue }
    }

    private let condition = NSCondition()
    private let slots: Int
    private var waiting: [Lease] = []
    private var held: [String: Lease] = [:]
    private var lost: Set<String> = []
    private var stop = Stop.none
    private var images = 0

    init(slots: Int) {
        self.slots = slots
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }

    /// Whether another shard may be claimed now.
    var hasFreeSlot: Bool { locked { held.count < slots && stop == .none } }

    var stopState: Stop { locked { stop } }

    var isIdle: Bool { locked { held.isEmpty } }

    /// Leases to be renewed.
    var leases: [Lease] { locked { held.values.sorted { $0.token < $1.token } } }

    /// Images finished so far.
    var finishedImages: Int { locked { images } }

    func add(_ lease: Lease) {
        locked {
            held[lease.token] = lease
            waiting.append(lease)
            condition.broadcast()
        }
    }

    /// The next shard for a thread; blocks. Nil when there will be none.
    func next() -> Lease? {
        locked {
            while waiting.isEmpty && stop == .none { condition.wait() }
            return waiting.isEmpty ? nil : waiting.removeFirst()
        }
    }

    func finish(_ lease: Lease) {
        locked {
            held[lease.token] = nil
            lost.remove(lease.token)
            condition.broadcast()
        }
    }

    func countImage() {
        locked { images += 1 }
    }

    func markLost(_ lease: Lease) {
        locked { if held[lease.token] != nil { lost.insert(lease.token) } }
    }

    func isLost(_ lease: Lease) -> Bool { locked { lost.contains(lease.token) } }

    func raise(_ stop: Stop) {
        locked {
            self.stop = max(self.stop, stop)
            condition.broadcast()
        }
    }

    /// Blocks for at most `seconds`, less when the board changes.
    func wait(seconds: Double) {
        locked { _ = condition.wait(until: Date().addingTimeInterval(seconds)) }
    }
}
