internal import Foundation
internal import Synchronization

/// What goes wrong between programs and PostgreSQL, shared by all connections through a ``FaultProxy``. All calls are thread-safe.
package final class LinkFaults: Sendable {
    /// Where a connection can be cut.
    package enum Cut: Sendable, Hashable, CaseIterable {
        /// In the middle of a CopyData message.
        case inCopy
        /// A COMMIT was sent and does not arrive.
        case beforeCommit
        /// A COMMIT has been answered and the answer does not arrive.
        case afterCommit
    }

    private struct State {
        var armed: [Cut: Int] = [:]
        var done: [Cut: Int] = [:]
        var delayMilliseconds = 0
        var isStalled = false
    }

    private let state = Mutex(State())

    package init() {}

    /// Lets the next `count` connections that get there be cut.
    package func arm(_ cut: Cut, count: Int) {
        state.withLock { $0.armed[cut, default: 0] += count }
    }

    /// Cuts done so far.
    package var done: [Cut: Int] { state.withLock { $0.done } }

    /// Delays everything by so many milliseconds, in both directions.
    package func setDelay(milliseconds: Int) {
        state.withLock { $0.delayMilliseconds = milliseconds }
    }

    /// Lets nothing through, without breaking connections, or lets it through again.
    package func setStalled(_ isStalled: Bool) {
        state.withLock { $0.isStalled = isStalled }
    }

    /// Nothing goes wrong from now on.
    package func clear() {
        state.withLock { state in
            state.armed = [:]
            state.delayMilliseconds = 0
            state.isStalled = false
        }
    }

    /// The first cut that is armed for one of `marks`, and where; it is used up.
    func cut(for marks: [FrontendStream.Mark]) -> (cut: Cut, position: Int)? {
        state.withLock { state in
            guard state.armed.values.contains(where: { $0 > 0 }) else { return nil }
            for mark in marks {
                let possible: (cuts: [Cut], position: Int) =
                    switch mark {
                    case .copyData(let position): ([.inCopy], position)
                    case .commit(let position): ([.beforeCommit, .afterCommit], position)
                    }
                guard let cut = possible.cuts.first(where: { state.armed[$0, default: 0] > 0 }) else { continue }
                state.armed[cut, default: 0] -= 1
                state.done[cut, default: 0] += 1
                return (cut, possible.position)
            }
            return nil
        }
    }

    /// Blocks as long as the link is stalled or slow, or until `isOver`.
    func hold(until isOver: () -> Bool) {
        let delay = state.withLock { $0.delayMilliseconds }
        if delay > 0 { usleep(UInt32(delay) * 1000) }
        while state.withLock({ $0.isStalled }), !isOver() { usleep(20_000) }
    }
}
