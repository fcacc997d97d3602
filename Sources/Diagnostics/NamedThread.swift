internal import Foundation

/// A thread for blocking work, which can be joined.
public final class NamedThread: @unchecked Sendable {
    private let condition = MonotonicCondition()
    private var hasEnded = false

    /// Starts a thread that runs `body` once.
    public init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread { [self] in
            body()
            condition.locked {
                hasEnded = true
                condition.broadcast()
            }
        }
        thread.name = name
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Waits for the thread's end.
    public func join() {
        condition.locked { while !hasEnded { condition.wait() } }
    }

    /// Waits for the thread's end until `deadline`.
    /// - Returns: whether it has ended.
    public func join(until deadline: Deadline) -> Bool {
        condition.locked {
            while !hasEnded, condition.wait(until: deadline) {}
            return hasEnded
        }
    }
}
