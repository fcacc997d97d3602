internal import Diagnostics

/// What a coordinator's threads share: whether to go on, and whether this coordinator leads. All calls are thread-safe.
final class StopSignal: @unchecked Sendable {
    private let condition: MonotonicCondition
    private var isStopping = false
    /// Until when this coordinator leads; nil where it does not.
    private var leadership: Deadline?
    private var isResting = false
    private var failure: (any Error)?

    init(clock: SteadyClock) {
        condition = MonotonicCondition(clock: clock)
    }

    @discardableResult
    private func locked<Result>(_ body: () -> Result) -> Result { condition.locked(body) }

    func stop() {
        locked {
            isStopping = true
            condition.broadcast()
        }
    }

    /// Ends all threads because of an error that one of them cannot go on with.
    func stop(because error: any Error) {
        locked {
            failure = failure ?? error
            isStopping = true
            condition.broadcast()
        }
    }

    /// - Throws: what ``stop(because:)`` was told.
    func rethrow() throws {
        if let failure = locked({ failure }) { throw failure }
    }

    var goesOn: Bool { locked { !isStopping } }

    var leads: Bool { locked { isLeading && !isStopping } }

    private var isLeading: Bool { leadership.map { !$0.isPast } ?? false }

    func lead(until end: Deadline) {
        locked {
            leadership = end
            condition.broadcast()
        }
    }

    func stopLeading() { locked { leadership = nil } }

    /// Whether there is nothing to do, as ``WorkWatch`` last saw it.
    var isIdle: Bool { locked { isResting } }

    func setIdle(_ isIdle: Bool) {
        locked {
            isResting = isIdle
            condition.broadcast()
        }
    }

    /// Blocks until `seconds` passed, while there is nothing to do until `idleSeconds` passed, or until the coordinator is to end.
    /// - Returns: whether to go on.
    func pause(seconds: Double, idleSeconds: Double) -> Bool {
        guard pause(seconds: seconds) else { return false }
        return locked {
            let deadline = Deadline(in: .seconds(max(idleSeconds - seconds, 0)), on: condition.clock)
            while !isStopping, isResting, condition.wait(until: deadline) {}
            return !isStopping
        }
    }

    /// Blocks until `seconds` passed or the coordinator is to end.
    /// - Returns: whether to go on.
    func pause(seconds: Double) -> Bool {
        locked {
            let deadline = Deadline(in: .seconds(seconds), on: condition.clock)
            while !isStopping, condition.wait(until: deadline) {}
            return !isStopping
        }
    }

    /// Blocks until this coordinator leads or is to end.
    /// - Returns: whether to go on.
    func waitToLead() -> Bool {
        locked {
            while !isStopping, !isLeading { condition.wait() }
            return !isStopping
        }
    }
}
